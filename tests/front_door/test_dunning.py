"""Money that is late, from the invoice to the last reminder: many customers, in days of two seconds.

The worker dies at every new write on the way, and mail servers behave as some do. What the calendar does, and
whatever else may befall a customer, is tried in one process.
"""

import asyncio
import itertools
import math
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetActivityRequest

from raccord.domain.dunning.memory import Fate
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import DUNNING, Changed, wake
from sandbox.mailbox.mailbox import Mailbox
from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.payments import FINANCE, ONE_BY_ONE, raise_limits
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_payments import begun
from tests.patience import patience

SECTIONS = """
[company]
name = "Hexalab"
day_length = 2
epoch = "{epoch}"

[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{mail}"
encryption = "none"
timeout = 2
sender = "Hexalab <compta@hexalab.example>"

[dunning]
finance = ["{finance}"]
"""
COURTEOUS, FIRM, LAST = (
    "[TEST] Rappel : ",
    "[TEST] Facture {number} toujours impayée",
    "[TEST] Dernier rappel",
)
FINANCE_READS = "[TEST] Atelier"
GAP = 5
NOT_YET = 1000
"""Days within which any command is done, however busy the machine is."""
Meeting = Callable[[SMTP], Awaitable[str | None]]


class Server(Mailbox):
    """The customers' mail server. What it does to an address in a way of its own it does once.

    `named` meets a mail once its recipient was said, `read` when it was read, `kept` once it is kept; each
    may answer in place of the server.
    """

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, Meeting] = {}
        self.read: dict[str, Meeting] = {}
        self.kept: dict[str, Meeting] = {}
        self.came: list[tuple[datetime, dict[str, Any]]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await _met(self.named, address, server)
        return said or await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        address = envelope.rcpt_tos[0]
        if said := await _met(self.read, address, server):
            return said
        answer = await super().handle_DATA(server, session, envelope)
        self.came.append((datetime.now(UTC), self.messages()[-1]))
        return await _met(self.kept, address, server) or answer

    def sent_to(self, address: str) -> list[dict[str, Any]]:
        return [mail for _, mail in self.came if address in mail["to"]]


async def _met(meetings: dict[str, Meeting], address: str, server: SMTP) -> str | None:
    meeting = meetings.pop(address, None)
    return await meeting(server) if meeting else None


async def dropped(server: SMTP) -> str:
    """The connection breaks."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
    return "421 4.3.0 Nobody hears this"


async def busy(_: SMTP) -> str:
    """Not now (RFC 5321, section 4.2.1: what is refused with 4yz may be tried again)."""
    return "451 4.3.0 Busy, try again later"


async def greylisted(_: SMTP) -> str:
    """Nobody knows this sender yet (RFC 6647, section 2: a legitimate one comes again)."""
    return "450 4.7.1 Greylisted, try again in a while"


async def slow(_: SMTP) -> None:
    """The mail is looked through for longer than any other answer takes (RFC 5321, section 4.5.3.2.6)."""
    await asyncio.sleep(8)


class Hanging:
    """The mail is kept, and its answer never comes. `gone` is set once the client waits no longer."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def __call__(self, _: SMTP) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.gone.set()


async def nobody_here(_: SMTP) -> str:
    return "550 5.1.1 No such user here"


class Reminding(Lane):
    """A lane whose customers are reminded, by a mail server that stands in this process."""

    post: Server
    clock: BusinessClock

    def write_configuration(self) -> None:
        super().write_configuration()
        epoch = datetime.now(UTC).replace(microsecond=0).isoformat()
        more = SECTIONS.format(epoch=epoch, mail=self.post.port, finance=FINANCE)
        text = self.config_file.read_text().replace("[modes]", '[modes]\ndunning = "live"')
        self.config_file.write_text(f'mailer = "smtp"\n{text}{more}')
        self.clock = self.configuration().settings.clock

    def in_days(self, days: int) -> datetime:
        """Return the end of a business date so many days from now."""
        return self.clock.end_of(self.clock.date_of(datetime.now(UTC)) + days * DAY)

    async def dies(self, server: SMTP) -> str:
        """The worker's process ends, and never hears the answer."""
        with suppress(ProcessLookupError):
            os.kill(self.worker.pid, signal.SIGKILL)
        return await dropped(server)

    async def ended(self, customer: str) -> Any:
        """Wait for the end of a customer's flow, over all its runs, and return its result."""
        handle = self.client.get_workflow_handle(DUNNING.id_of(subject(customer)))
        return await handle.result()


def subject(customer: str) -> Subject:
    return Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=customer)


@dataclass(frozen=True)
class Debtor:
    customer: str
    address: str
    invoices: tuple[str, ...]
    numbers: tuple[str, ...]


async def owes(lane: Reminding, name: str, *in_days: int) -> Debtor:
    """Let a customer owe 1,000 EUR for each of these due dates, in days from now, also past ones."""
    account, address = lane.account, f"{name}@client.example"
    customer = (await account.stripe_post("/v1/customers", email=address, name=f"Atelier {name}"))["id"]
    issued = [
        await account.billing.issue(
            customer, 100_000, created_at=lane.in_days(min(days, 0) - 30), due_at=lane.in_days(days)
        )
        for days in in_days
    ]
    numbers = [(await account.billing.invoice(each))["number"] for each in issued]
    return Debtor(customer, address, tuple(issued), tuple(numbers))


Story = Callable[[Reminding], Awaitable[None]]
STORIES: list[Story] = []


def side_by_side(story: Story) -> Story:
    STORIES.append(story)
    return story


@side_by_side
async def a_won_deal_that_nobody_pays_is_reminded_of_three_times_and_no_more(lane: Reminding) -> None:
    """The worker dies once the salesperson's second task is written, and again as finance is told."""
    account = lane.account
    company = await account.company()
    deal = await account.deal(company)
    await account.win(deal)
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await account.invoices(deal)
    address, number = invoice["customer_email"], invoice["number"]
    (first,) = await mailed(lane, address, 1)
    assert first["subject"].startswith(COURTEOUS)
    assert number in first["text"]
    assert "1 305,39 €" in first["text"].replace("\u202f", " ").replace("\xa0", " ")
    assert invoice["hosted_invoice_url"] in first["text"]
    await until(lambda: tasked(lane, deal, 1), what="the first task")
    written = {"vendor": "hubspot", "method": "POST", "path": "/crm/v3/objects/tasks"}
    dying = await account.fault(**written, when="after", effect={"kill": lane.worker.pid})
    lane.post.read[FINANCE] = lane.dies
    *_, second = await mailed(lane, address, 2)
    assert second["subject"] == FIRM.format(number=number)
    *_, last = await mailed(lane, address, 3)
    assert last["subject"].startswith(LAST)
    assert last["headers"]["In-Reply-To"] == second["message_id"]
    assert await account.fired(dying) == 1
    row = await lane.question(invoice["customer"], cause="last_reminder")
    assert row.question.amount is not None
    assert row.question.amount.minor == TWO_LINES_GROSS
    assert await tasked(lane, deal, 3)
    # It was read and lost: nobody can know, and it does not leave twice.
    assert lane.post.sent_to(FINANCE) == []
    await account.billing.pay(invoice["id"])
    end = await lane.ended(invoice["customer"])
    assert (end["ending"], end["sent"]) == ("settled", 3)
    assert len(lane.post.sent_to(address)) == 3


@side_by_side
async def three_late_invoices_are_one_mail(lane: Reminding) -> None:
    its = await owes(lane, "grouped", 2, 3, 4)
    (mail,) = await mailed(lane, its.address, 1)
    assert all(number in mail["text"] for number in its.numbers)
    assert "3 000,00 €" in mail["text"].replace("\u202f", " ").replace("\xa0", " ")
    await settled(lane, its, sent=1)


@side_by_side
async def who_pays_while_the_mail_is_at_the_door_gets_none(lane: Reminding) -> None:
    its = await owes(lane, "quick", 2)
    paid = asyncio.Event()

    async def pays(_: SMTP) -> None:
        await lane.account.billing.pay(its.invoices[0])
        paid.set()

    lane.post.named[its.address] = pays
    await asyncio.wait_for(paid.wait(), 120)
    assert (await lane.ended(its.customer))["ending"] == "settled"
    assert lane.post.sent_to(its.address) == []


@side_by_side
async def a_line_that_breaks_before_the_mail_makes_it_late_and_not_two(lane: Reminding) -> None:
    lane.post.named["before@client.example"] = dropped
    its = await owes(lane, "before", 2)
    await mailed(lane, its.address, 1)
    await settled(lane, its, sent=1)


@side_by_side
async def a_line_that_breaks_after_the_mail_is_a_question(lane: Reminding) -> None:
    lane.post.kept["after@client.example"] = dropped
    its = await owes(lane, "after", 2)
    await lane.question(its.customer, cause="unknown_mail")
    await settled(lane, its, sent=1)


@side_by_side
async def an_address_that_nobody_has_is_a_question(lane: Reminding) -> None:
    lane.post.named["nobody@client.example"] = nobody_here
    its = await owes(lane, "nobody", 2)
    await lane.question(its.customer, cause="email")
    assert lane.post.sent_to(its.address) == []
    await lane.account.billing.edit_customer(its.customer, email="somebody@client.example")
    await wake(lane.client, DUNNING, subject(its.customer), Changed(key="edited"))
    await mailed(lane, "somebody@client.example", 1)
    await settled(lane, its, sent=1)


@side_by_side
async def a_server_that_is_busy_after_the_mail_gets_it_again(lane: Reminding) -> None:
    lane.post.read["busy@client.example"] = busy
    await comes_again(lane, await owes(lane, "busy", 2))


@side_by_side
async def a_server_that_greylists_gets_the_mail_again(lane: Reminding) -> None:
    lane.post.named["grey@client.example"] = greylisted
    await comes_again(lane, await owes(lane, "grey", 2))


async def comes_again(lane: Reminding, its: Debtor) -> None:
    """A mail that was put off waits for minutes, asks nobody, and is taken when it is tried again."""
    flow = lane.client.get_workflow_handle(DUNNING.id_of(subject(its.customer)))
    waits: list[timedelta] = []

    async def put_off() -> bool:
        if not await begun(lane, flow.id):
            return False
        pending = (await flow.describe()).raw_description.pending_activities
        found = [each for each in pending if each.activity_type.name == "dunning.send" and each.attempt > 1]
        waits[:] = [each.current_retry_interval.ToTimedelta() for each in found]
        return bool(waits)

    await until(put_off, what=f"the mail to {its.address} is put off")
    assert all(timedelta(minutes=5) <= each < timedelta(minutes=6) for each in waits)
    assert lane.post.sent_to(its.address) == []
    # Somebody at Temporal's page lets it be tried now: a test has no five minutes.
    now = ResetActivityRequest(
        namespace=lane.namespace, execution=WorkflowExecution(workflow_id=flow.id), type="dunning.send"
    )
    await lane.client.workflow_service.reset_activity(now)
    await mailed(lane, its.address, 1)
    assert its.customer not in [row.question.subject.id for row in await lane.waiting()]
    await settled(lane, its, sent=1)


@side_by_side
async def a_server_that_takes_its_time_gets_one_mail(lane: Reminding) -> None:
    lane.post.kept["slow@client.example"] = slow
    its = await owes(lane, "slow", 2)
    await mailed(lane, its.address, 1)
    await until(lambda: counted(lane, its), what="the mail counts as one that left")
    await settled(lane, its, sent=1)
    assert len(lane.post.sent_to(its.address)) == 1


@side_by_side
async def a_server_that_never_answers_for_the_mail_is_a_question(lane: Reminding) -> None:
    lane.post.kept["hangs@client.example"] = hanging = Hanging()
    its = await owes(lane, "hangs", 2)
    await mailed(lane, its.address, 1)
    await asyncio.wait_for(hanging.gone.wait(), patience(90))
    await lane.question(its.customer, cause="unknown_mail")
    await settled(lane, its, sent=1)
    assert len(lane.post.sent_to(its.address)) == 1


@side_by_side
async def a_promise_that_is_kept_is_silence_and_one_word_of_thanks(lane: Reminding) -> None:
    its = await owes(lane, "keeps", NOT_YET)
    last_day = await promises(lane, its, by=NOT_YET)
    await late_by(lane, its, lane.clock.date_of(datetime.now(UTC)) - 9 * DAY)
    await asyncio.sleep(10 * lane.clock.day_length.total_seconds())
    assert lane.clock.date_of(datetime.now(UTC)) < last_day
    assert lane.post.sent_to(its.address) == []
    await settled(lane, its, sent=0)
    (mail,) = lane.post.sent_to(its.address)
    assert "erci" in mail["text"]


@side_by_side
async def a_promise_that_is_broken_is_one_level_up(lane: Reminding) -> None:
    """By then the second level is due by its day, and the customer has not heard the first."""
    its = await owes(lane, "breaks", NOT_YET)
    last_day = await promises(lane, its, by=math.ceil(patience(15)))
    await late_by(lane, its, last_day - 16 * DAY)
    (mail,) = await mailed(lane, its.address, 1)
    assert mail["subject"].startswith(COURTEOUS)
    came = next(at for at, each in lane.post.came if each is mail)
    assert lane.clock.date_of(came) > last_day
    await settled(lane, its, sent=1)


async def promises(lane: Reminding, its: Debtor, *, by: int) -> date:
    """Let the customer promise, by the command, to pay by a day, so many from now; return the day."""
    day = lane.clock.date_of(datetime.now(UTC)) + by * DAY
    done = await lane.command("dunning", "promise", its.customer, day.isoformat(), "--reason", "by phone")
    assert done.returncode == 0, done.stderr
    return day


async def late_by(lane: Reminding, its: Debtor, due_on: date) -> None:
    """Let what was not late while a command took its time be due on another day, and its flow look."""
    await lane.account.billing.move_due_date(its.invoices[0], lane.clock.end_of(due_on))
    await wake(lane.client, DUNNING, subject(its.customer), Changed(key="moved"))


async def counted(lane: Reminding, its: Debtor) -> bool:
    """Whether what is remembered of a customer says that its mail left."""
    async with lane.records() as records:
        memory = await records.dunning.memory(str(subject(its.customer)))
    return [each.fate for each in memory.rounds] == [Fate.SENT]


async def mailed(lane: Reminding, address: str, count: int) -> list[dict[str, Any]]:
    """Wait until so many mails came to an address, each another reminder, and return the first of them."""

    async def there() -> bool:
        return len(lane.post.sent_to(address)) >= count

    await until(there, what=f"{count} mail(s) to {address}")
    found = lane.post.sent_to(address)
    subjects = [mail["subject"] for mail in found]
    assert len(set(subjects)) == len(found), f"{address} was told twice: {subjects}"
    return found[:count]


async def tasked(lane: Reminding, deal: str, count: int) -> bool:
    found = [task["hs_task_subject"] or "" for task in await lane.account.tasks(deal)]
    reminders = [subject for subject in found if subject.startswith("Relance n° ")]
    assert len(reminders) <= count, f"{reminders} instead of {count}"
    return len(reminders) == count


async def settled(lane: Reminding, its: Debtor, *, sent: int) -> None:
    """Let everything be paid: the flow ends, and so do its mails."""
    for invoice in its.invoices:
        await lane.account.billing.pay(invoice)
    end = await lane.ended(its.customer)
    assert (end["ending"], end["sent"]) == ("settled", sent)


@pytest.fixture(scope="module")
async def post() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
async def reminding(
    post: Server, server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reminding]:
    where: Path = tmp_path_factory.mktemp("reminding")
    overrides = ONE_BY_ONE | {"RACCORD_DESK__TASKS": "false", "RACCORD_INVOICE__PAYMENT_TERMS_DAYS": "3"}
    lane = Reminding(server, where, "reminding", payment="live", overrides=overrides)
    lane.post = post
    async with lane:
        await raise_limits(lane.account)
        await lane.account.settings("stripe", late_finalisation=True)
        # From now on reminders leave: who is late from here on is no backlog.
        await wake(lane.client, DUNNING, subject("cus_nobody"), Changed(key="began"))
        await lane.ended("cus_nobody")
        keeping = asyncio.create_task(kept_alive(lane))
        yield lane
        keeping.cancel()


async def kept_alive(lane: Reminding) -> None:
    """Start another worker whenever one died."""
    while True:
        await lane.worker.wait()
        await lane.restart_worker()


@pytest.fixture(scope="module")
async def playing(reminding: Reminding) -> dict[Story, asyncio.Task[None]]:
    """Every story, begun."""
    return {story: asyncio.ensure_future(story(reminding)) for story in STORIES}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_customers_are_reminded(playing: dict[Story, asyncio.Task[None]], story: Story) -> None:
    await playing[story]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("moment", "mails"), [("read", 0), ("kept", 1)])
async def test_a_worker_that_dies_at_the_mail_leaves_a_question_and_no_second_mail(
    reminding: Reminding, playing: dict[Story, asyncio.Task[None]], moment: str, mails: int
) -> None:
    await asyncio.gather(*playing.values(), return_exceptions=True)
    address = f"{moment}@client.example"
    getattr(reminding.post, moment)[address] = reminding.dies
    its = await owes(reminding, moment, -8)
    await reminding.question(its.customer, cause="unknown_mail")
    assert len(reminding.post.sent_to(address)) == mails
    await settled(reminding, its, sent=1)
    assert len(reminding.post.sent_to(address)) == mails


async def test_no_two_mails_came_within_the_gap_and_every_write_was_intended(
    reminding: Reminding, playing: dict[Story, asyncio.Task[None]]
) -> None:
    await asyncio.gather(*playing.values(), return_exceptions=True)
    days: dict[str, list[Any]] = {}
    for at, mail in reminding.post.came:
        days.setdefault(mail["to"][0], []).append(reminding.clock.date_of(at))
    close = {
        to: came for to, came in days.items() if any((b - a).days < GAP for a, b in itertools.pairwise(came))
    }
    assert close == {}
    rows = await reminding.audit()
    keys = [row["key"] for row in rows if row["kind"] != "note"]
    # Nobody can write down what became of a mail at which a line broke or a worker died.
    unknown = {key for key in keys if keys.count(key) == 1 and key.startswith("dun/")}
    assert len(unknown) == 5
    every_write_has_its_pair(
        [row for row in rows if row["key"] not in unknown], await reminding.account.requests()
    )
