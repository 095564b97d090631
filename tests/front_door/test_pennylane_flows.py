"""What is Pennylane's own in each flow, which tells of no payment by itself: many stories side by side.

What people do at Pennylane is found by the sweep alone, so sweeps follow one another here.
"""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetActivityRequest
from temporalio.client import WorkflowFailureError

from raccord.domain.service.sweep import Sweep
from raccord.domain.values.deal import DealRef
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import DEAL_WON, DUNNING, FLOWS_QUEUE
from sandbox.pennylane.person import PennylanePerson
from tests.front_door.desk import words_of
from tests.front_door.payments import ONE_BY_ONE, raise_limits, shows, told
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_contacts import SUBSCRIPTIONS
from tests.front_door.test_payments import begun
from tests.front_door.test_pennylane import TOKEN, PennylaneLane
from tests.front_door.test_sweep import swept
from tests.patience import patience

DAY = timedelta(days=1)
IN_FULL = "1305.39"
SECTIONS = """
[company]
name = "Hexalab SAS"

[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{smtp}"
encryption = "none"
timeout = 2
sender = "Hexalab <compta@hexalab.example>"

[dunning]
levels = [{{ day = 1, tone = "courteous" }}, {{ day = 15, tone = "firm" }}]
sends_at = "00:00"
sends_until = "23:59:59.999999"
weekdays = [0, 1, 2, 3, 4, 5, 6]
on_holidays = true
"""
OVERRIDES = (
    {name: value for name, value in ONE_BY_ONE.items() if "STRIPE" not in name}
    | TOKEN
    | {
        "RACCORD_MODES__DUNNING": "live",
        "RACCORD_MODES__CONTACT": "live",
        "RACCORD_CONTACT__QUIET": "0.5",
        "RACCORD_PENNYLANE__REQUESTS_PER_SECOND": "200",
    }
)


class Pair(PennylaneLane):
    """A lane with every flow, and somebody of the finance department in Pennylane."""

    finance: PennylanePerson

    def write_configuration(self) -> None:
        super().write_configuration()
        more = SECTIONS.format(**self.ports)
        self.config_file.write_text('mailer = "smtp"\n' + self.config_file.read_text() + more)

    async def of_deal(self, deal: str) -> list[dict[str, Any]]:
        """Return the invoices about a deal, drafts included, as Pennylane holds them."""
        found = await self.finance.invoices()
        return [each for each in found if f"hubspot:{deal}/" in (each["external_reference"] or "")]


@dataclass(frozen=True)
class Billed:
    """A won deal with its one issued invoice."""

    company: str
    deal: str
    invoice: int
    number: str
    customer: int


async def billed(pair: Pair, *, company: str = "", **more: Any) -> Billed:
    company = company or await pair.account.company(phone="01 42 68 53 00")
    deal = await pair.account.deal(company, **more)
    await pair.account.win(deal)
    assert (await pair.outcome(deal))["ending"] == "invoiced"
    (found,) = await pair.of_deal(deal)
    invoice = await pair.finance.invoice(found["id"])
    return Billed(company, deal, invoice["id"], invoice["invoice_number"], invoice["customer"]["id"])


Story = Callable[[Pair], Awaitable[None]]
STORIES: list[Story] = []


def story(told: Story) -> Story:
    STORIES.append(told)
    return told


@story
async def a_part_and_then_the_rest_are_told_one_by_one(pair: Pair) -> None:
    its = await billed(pair)
    await pair.finance.pay_by_transfer(its.invoice, "400.00")
    await shows(pair, its.deal, status="partly_paid", paid="400.00", due="905.39", on="")
    await told(pair, its.number, "400,00")
    await pair.finance.pay_by_transfer(its.invoice)
    await shows(pair, its.deal, status="paid", paid=IN_FULL, due="0.00")
    await told(pair, its.number, "400,00", "905,39")


@story
async def what_is_credited_in_full_is_a_question_until_the_deal_is_lost(pair: Pair) -> None:
    its = await billed(pair)
    note = await pair.finance.credit(its.invoice)
    await pair.question(its.deal, cause="withdrawn")
    shown = await pair.account.shown(its.deal)
    number = (await pair.finance.invoice(note))["invoice_number"]
    assert (shown["billing_status"], shown["billing_credit_notes"]) == ("credited", number)
    assert shown["billing_amount_credited"] == IN_FULL
    await shows(pair, its.deal, status="credited", paid="0.00", due="0.00")
    await pair.account.move(its.deal, "closedlost")
    assert (await pair.outcome(its.deal))["ending"] == "not_for_us"


@story
async def what_is_credited_in_part_is_shown_and_asked_about_by_nobody(pair: Pair) -> None:
    its = await billed(pair)
    await pair.finance.credit(its.invoice, "100.00")
    await shows(pair, its.deal, status="open", paid="0.00", due="1185.39")
    await until(lambda: credited(pair, its), what=f"{its.deal} shows its credit note")


async def credited(pair: Pair, its: Billed) -> bool:
    shown = await pair.account.shown(its.deal)
    return (shown["billing_status"], shown["billing_amount_credited"]) == ("partially_credited", "120.00")


async def late(pair: Pair, its: Billed) -> str:
    """Let an invoice have been due yesterday, and wait for the reminder; return its address."""
    today = date.fromisoformat((await pair.account.state("pennylane"))["today"])
    await pair.finance.postpone(its.invoice, today - DAY)
    (address,) = (await pair.finance.get(f"/customers/{its.customer}"))["emails"]
    await until(lambda: reminded(pair, address, its.number), what=f"{its.number} is reminded of")
    return str(address)


async def reminders(pair: Pair, address: str, number: str) -> list[dict[str, Any]]:
    found = await pair.account.mails(number)
    return [each for each in found if each["to"] == [address] and "Rappel" in each["subject"]]


async def reminded(pair: Pair, address: str, number: str) -> bool:
    return bool(await reminders(pair, address, number))


async def no_longer_reminded(pair: Pair, its: Billed, address: str) -> None:
    subject = Subject(kind=SubjectKind.CUSTOMER, connection="pennylane", id=str(its.customer))
    flow = pair.client.get_workflow_handle(DUNNING.id_of(subject))
    end: Any = await asyncio.wait_for(flow.result(), patience(60))
    assert (end["ending"], end["sent"]) == ("settled", 1)
    assert len(await reminders(pair, address, its.number)) == 1


@story
async def who_is_late_is_reminded_until_somebody_marks_it_as_paid(pair: Pair) -> None:
    its = await billed(pair)
    address = await late(pair, its)
    (mail,) = await reminders(pair, address, its.number)
    assert "1 305,39 €" in mail["text"].replace("\u202f", " ").replace("\xa0", " ")
    await pair.finance.pay(its.invoice)
    await shows(pair, its.deal, status="paid", paid=IN_FULL, means="outside")
    await no_longer_reminded(pair, its, address)


@story
async def what_is_typed_in_the_crm_comes_to_stand_in_pennylane(pair: Pair) -> None:
    its = await remembered(pair, await billed(pair))
    before = await pair.finance.get(f"/customers/{its.customer}")
    edits = {"phone": "+33 4 72 00 00 00", "city": "Villeurbanne", "billing_email": "factures@neuf.example"}
    await pair.account.edit("companies", its.company, **edits)

    async def stands() -> bool:
        after = await pair.finance.get(f"/customers/{its.customer}")
        return (after["phone"], after["billing_address"]["city"], after["emails"]) == (
            "+33 4 72 00 00 00",
            "Villeurbanne",
            ["factures@neuf.example"],
        )

    await until(stands, what="Pennylane has the new phone, town and address")
    after = await pair.finance.get(f"/customers/{its.customer}")
    for each in ("name", "vat_number", "reg_no", "external_reference", "reference", "billing_language"):
        assert after[each] == before[each]


@story
async def what_is_typed_in_pennylane_comes_to_stand_in_the_crm(pair: Pair) -> None:
    its = await remembered(pair, await billed(pair))
    address = {"address": "9 quai Neuf", "postal_code": "69009", "city": "Lyon", "country_alpha2": "FR"}
    emails = ["factures@canal.example", "patron@canal.example"]
    await pair.finance.edit_customer(its.customer, emails=emails, billing_address=address)

    async def stands() -> bool:
        names = ("billing_email", "address", "zip")
        found = await pair.account.crm.values("companies", its.company, *names)
        return [found[each] for each in names] == ["factures@canal.example", "9 quai Neuf", "69009"]

    await until(stands, what="the CRM has the new e-mail address and street")
    assert (await pair.finance.get(f"/customers/{its.customer}"))["emails"] == emails


@story
async def a_corrected_vat_number_of_another_country_goes_over(pair: Pair) -> None:
    company = await pair.account.company(country="Belgique", siren="", vat_number="BE0600610340")
    its = await remembered(pair, await billed(pair, company=company))
    await pair.account.edit("companies", company, vat_number="BE0417285387")

    async def stands() -> bool:
        return bool((await pair.finance.get(f"/customers/{its.customer}"))["vat_number"] == "BE0417285387")

    await until(stands, what="Pennylane has the new number")


@story
async def two_names_are_a_question_and_the_answer_stands_on_both_sides(pair: Pair) -> None:
    its = await remembered(pair, await billed(pair))
    await asyncio.gather(
        pair.account.edit("companies", its.company, name="Canal Conseil"),
        pair.finance.do("PUT", f"/company_customers/{its.customer}", {"name": "Canal SAS"}),
    )
    found: list[dict[str, Any]] = []

    async def asked() -> bool:
        found[:] = [each for each in await pair.account.messages("Canal Conseil") if _asks(each)]
        return bool(found)

    await until(asked, what="a question about two names")
    assert "Canal SAS" in words_of(found[0])
    await pair.account.press(found[0], "Celle de la facturation")

    async def stands() -> bool:
        return (await pair.account.crm.values("companies", its.company, "name"))["name"] == "Canal SAS"

    await until(stands, what="the CRM has the name that was chosen")


def _asks(message: dict[str, Any]) -> bool:
    return any(block["type"] == "actions" for block in message["blocks"])


async def remembered(pair: Pair, its: Billed) -> Billed:
    async def so() -> bool:
        async with pair.records() as records:
            return any(link.agreed for link in await records.agreed.of(str(its.customer), "pennylane"))

    await until(so, what=f"what both sides say of {its.customer} is remembered")
    return its


def created(deal: str) -> dict[str, str]:
    """The request that creates a deal's draft, as faults name it."""
    return _posted("/customer_invoices", f"hubspot:{deal}/")


def _posted(path: str, containing: str) -> dict[str, str]:
    where = f"/api/external/v2{path}"
    return {"vendor": "pennylane", "method": "POST", "path": where, "containing": containing}


@story
async def answers_that_got_lost_and_lists_that_lag_make_one_customer_and_one_invoice(pair: Pair) -> None:
    company = await pair.account.company()
    deal = await pair.account.deal(company)
    lost = [
        await pair.account.fault(**each, when="after", effect={"reset": True})
        for each in (_posted("/company_customers", f'"hubspot:{company}"'), created(deal))
    ]
    await pair.account.win(deal)
    assert (await pair.outcome(deal))["ending"] == "invoiced"
    assert [await pair.account.fired(each) for each in lost] == [1, 1]
    (found,) = await pair.of_deal(deal)
    assert not found["draft"]
    references = [each["reference"] for each in await pair.finance.customers()]
    assert references.count(f"hubspot:{company}") == 1


@pytest.fixture(scope="module")
async def pair(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    lane = Pair(server, tmp_path_factory.mktemp("pair"), "pair", payment="live", overrides=OVERRIDES)
    async with lane:
        lane.finance = PennylanePerson(lane.account.http)
        await raise_limits(lane.account)
        await lane.account.settings("hubspot", subscriptions=SUBSCRIPTIONS)
        await lane.account.settings("pennylane", pdf_seconds=0.0, rate_limits=False, filter_lag=0.5)
        await until(lambda: swept(lane), what="the sweep of the start is over")
        sweeping = asyncio.create_task(_sweeps(lane))
        yield lane
        sweeping.cancel()


async def _sweeps(lane: Lane) -> None:
    """Look for everything that no webhook tells, again and again."""
    for number in itertools.count():
        # One during which a worker dies is made up for by the next one.
        with suppress(WorkflowFailureError):
            await lane.client.execute_workflow(
                "Reconciliation", Sweep(full=True), id=f"reconciliation/{number}", task_queue=FLOWS_QUEUE
            )


@dataclass(frozen=True)
class Played:
    """Every story, begun; and what was issued by hand and paid in part a week ago."""

    stories: dict[Story, asyncio.Task[None]]
    by_hand: dict[str, Any]


@pytest.fixture(scope="module")
async def played(pair: Pair) -> Played:
    await pair.account.settings("pennylane", clock_offset=-7 * 86_400)
    customer = await pair.finance.add_company("Atelier du Quai")
    invoice = await pair.finance.write(customer, deadline=date(2099, 12, 31))
    await pair.finance.pay_by_transfer(invoice, "50.00")
    await pair.account.settings("pennylane", clock_offset=0)
    by_hand = await pair.finance.invoice(invoice)
    return Played({told: asyncio.ensure_future(told(pair)) for told in STORIES}, by_hand)


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.__name__)
async def test_every_flow_does_on_pennylane_what_it_does(played: Played, told: Story) -> None:
    await played.stories[told]


async def said(pair: Pair, *words: str) -> Any:
    """Return what a command says to a machine."""
    done = await pair.command(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_lists_and_figures_are_pennylane_s(pair: Pair, played: Played) -> None:
    await asyncio.gather(*played.stories.values(), return_exceptions=True)
    by_hand, day = played.by_hand, played.by_hand["date"]
    proof = (await said(pair, "reconcile", "--once"))["proof"]
    gaps = {(gap["kind"], gap["invoice_id"], gap["standing"]) for gap in proof["gaps"]}
    assert gaps == {("of_no_deal", str(by_hand["id"]), "for_a_person")}
    assert (await said(pair, "contacts", "diff"))["differences"] == []

    figures = (await said(pair, "report", "--week", day))["figures"]
    assert [(what, each["count"], each["sums"]) for what, each in figures.items() if each["count"]] == [
        ("issued", 1, [{"amount": "120.00", "currency": "EUR"}]),
        ("received", 1, [{"amount": "50.00", "currency": "EUR"}]),
    ]
    today = (await pair.account.state("pennylane"))["today"]
    listed = await said(pair, "invoices", "--month", today[:7])
    states = Counter(each["state"] for each in listed["invoices"] if each["id"] != str(by_hand["id"]))
    assert states == {"open": 6, "paid": 2, "credited": 1}
    customers = [each["customer"]["name"] for each in (*listed["invoices"], *listed["credit_notes"])]
    assert all(name.startswith(("Atelier ", "Canal ")) for name in customers)
    (totals,), (notes,) = listed["totals"], listed["credit_totals"]
    assert (totals["voided"], totals["credited"], notes["gross"]) == (0, "1425.39", "1425.39")


async def test_an_invoice_whose_pdf_takes_its_time_is_sent_once_and_asked_about_by_nobody(
    pair: Pair, played: Played
) -> None:
    await asyncio.gather(*played.stories.values(), return_exceptions=True)
    await pair.account.settings("pennylane", pdf_seconds=4.0)
    deal = await pair.account.deal()
    await pair.account.win(deal)
    flow = pair.client.get_workflow_handle(DEAL_WON.id_of(DealRef(connection="hubspot", id=deal).subject))
    waits: list[timedelta] = []

    async def put_off() -> bool:
        if not await begun(pair, flow.id):
            return False
        pending = (await flow.describe()).raw_description.pending_activities
        found = [
            each for each in pending if each.activity_type.name == "billing.deliver" and each.attempt > 1
        ]
        waits[:] = [each.current_retry_interval.ToTimedelta() for each in found]
        return bool(waits)

    await until(put_off, what="sending is put off")
    assert all(timedelta(minutes=1) <= each < timedelta(minutes=2) for each in waits)
    (found,) = await pair.of_deal(deal)

    async def made() -> bool:
        return bool((await pair.finance.invoice(found["id"]))["public_file_url"])

    await until(made, what="the PDF is made")
    # Somebody at Temporal's page lets it be tried now: a test has no minute.
    now = ResetActivityRequest(
        namespace=pair.namespace, execution=WorkflowExecution(workflow_id=flow.id), type="billing.deliver"
    )
    await pair.client.workflow_service.reset_activity(now)
    assert (await pair.outcome(deal))["ending"] == "invoiced"
    assert len(await pair.account.mails((await pair.finance.invoice(found["id"]))["invoice_number"])) == 1
    assert await pair.waiting() == ()
