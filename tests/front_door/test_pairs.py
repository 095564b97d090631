"""One everyday story of each flow on every pair of a CRM and a billing system, on one lane a pair.

A webhook goes in, or the sweep finds what the vendor does not tell; what comes out is read at the vendors.
What else may happen to a flow is played at length on one pair.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from raccord.domain.values.clock import DAY
from raccord.domain.values.deal import DealRef
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import CUSTOMER_ONBOARDING, DUNNING
from tests.front_door.books import Billed
from tests.front_door.crms import POSTCODE, STREET, TOWN, Paid
from tests.front_door.everyday import Everyday, everyday
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.pairs import PAIRS, Pair
from tests.front_door.payments import told
from tests.front_door.reporting import totals
from tests.front_door.stack import TemporalServer, until
from tests.patience import patience
from tests.slice import Slice

GROSS = "1305.39"


@dataclass(frozen=True)
class Played:
    """A pair, and the lane on which it is played."""

    pair: Pair
    lane: Everyday

    async def won(self) -> tuple[str, Billed]:
        """Have a deal won and invoiced."""
        crm, lane = self.pair.crm, self.lane
        deal = await crm.deal(lane)
        await crm.win(lane, deal)
        assert (await lane.outcome(deal))["ending"] == "invoiced"
        its = await self.pair.books.judge(lane, deal)
        assert await crm.number(lane, deal) == its.number
        return deal, its

    async def shown_as_paid(self, deal: str) -> Paid:
        """Wait until the deal shows that all of it was paid."""
        crm = self.pair.crm
        seen: list[Paid] = []

        async def so() -> bool:
            seen[:] = [await crm.payment(self.lane, deal)]
            return seen[0].status == crm.paid

        await until(so, what=f"deal {deal} shows that it is paid")
        assert (seen[0].paid, Decimal(seen[0].due)) == (GROSS, Decimal(0))
        return seen[0]

    def today(self) -> date:
        return self.lane.configuration().settings.clock.date_of(datetime.now(UTC))

    def subject(self, its: Billed) -> Subject:
        return Subject(kind=SubjectKind.CUSTOMER, connection=self.pair.books.name, id=its.customer)


Story = Callable[[Played], Awaitable[None]]


async def a_won_deal_is_one_customer_one_invoice_and_its_number_on_the_deal(at: Played) -> None:
    await at.won()


async def what_is_paid_is_shown_with_its_day_and_told(at: Played) -> None:
    began = at.today()
    deal, its = await at.won()
    await at.pair.books.pay(at.lane, its)
    assert began <= date.fromisoformat((await at.shown_as_paid(deal)).on) <= at.today()
    (said,) = await told(at.lane, its.number, f"Facture {its.number} payée : 1 305,39 €")
    assert "<@U0CAMILLE>" in said
    subject = DealRef(connection=at.lane.crm, id=deal).subject
    flow = at.lane.client.get_workflow_handle(CUSTOMER_ONBOARDING.id_of(subject))

    async def welcomed() -> bool:
        return bool(await at.lane.account.mails("Bienvenue chez Hexalab SAS", its.number))

    await until(welcomed, what=f"the customer of {its.number} is welcomed")
    assert (await asyncio.wait_for(flow.result(), patience(60)))["ending"] == "onboarded"
    (task,) = await at.pair.crm.tasks(at.lane, deal)
    assert task.startswith("Appeler Atelier")


async def what_is_unpaid_after_a_week_is_reminded_of_once_until_it_is_paid(at: Played) -> None:
    deal, its = await at.won()
    address = await at.pair.crm.billing_email(at.lane, deal)

    async def reminders() -> list[str]:
        found = await at.lane.account.mails(its.number)
        return [each["text"] for each in found if each["to"] == [address] and "Rappel" in each["subject"]]

    async def reminded() -> bool:
        return bool(await reminders())

    async def tasked() -> bool:
        found = await at.pair.crm.tasks(at.lane, deal)
        return any(each.startswith("Relance n° 1") for each in found)

    await at.pair.books.let_be_due(at.lane, its, at.today() - 7 * DAY)
    await at.lane.sweep(f"late-{deal}")
    await until(reminded, what=f"{its.number} is reminded of")
    await until(tasked, what=f"the salesperson's task about {its.number}")
    await at.pair.books.pay(at.lane, its)
    flow = at.lane.client.get_workflow_handle(DUNNING.id_of(at.subject(its)))
    end = await asyncio.wait_for(flow.result(), patience(60))
    assert (end["ending"], end["sent"]) == ("settled", 1)
    (text,) = await reminders()
    assert "1 305,39 €" in text.replace("\u202f", " ").replace("\xa0", " ")


async def what_is_typed_on_one_side_comes_to_stand_on_the_other(at: Played) -> None:
    deal, its = await at.won()
    crm, books, lane = at.pair.crm, at.pair.books, at.lane

    async def remembered() -> bool:
        async with lane.records() as records:
            return any(link.agreed for link in await records.agreed.of(its.customer, books.name))

    await until(remembered, what=f"what both sides say of {its.customer} is remembered")
    await crm.move_house(lane, deal)

    async def moved() -> bool:
        return await books.place(lane, its) == (STREET, POSTCODE, TOWN)

    await until(moved, what=f"{books.name} has the address that was typed in {crm.name}")
    email = f"factures@deal-{deal}.example"
    await books.edit_email(lane, its, email)

    async def known() -> bool:
        return await crm.billing_email(lane, deal) == email

    await until(known, what=f"{crm.name} has the e-mail address that was typed in {books.name}")
    assert await moved()


async def on_monday_management_reads_of_the_deal_its_invoice_and_its_payment(at: Played) -> None:
    deal, its = await at.won()
    await at.pair.books.pay(at.lane, its)
    paid = await at.shown_as_paid(deal)
    mail, rows = await at.lane.told_on_monday(date.fromisoformat(paid.on))
    ((_, customer, owner, _, *amounts),) = [row for row in rows if row[3] == its.number]
    assert customer.startswith("Atelier ")
    assert owner == "Camille Lefèvre"
    # A column of links follows where the CRM has addresses for people.
    assert amounts[:6] == ["1099,90", "EUR", "1305,39", "EUR", "1305,39", "EUR"]
    assert {"Gagné", "Facturé", "Reçu"} <= totals(mail).keys()


async def every_write_was_intended(lane: Everyday, since: int) -> None:
    """Wait until no write is under way, and hold the audit against what reached the vendors since then."""
    wrong: list[AssertionError] = []

    async def so() -> bool:
        requests = await lane.account.requests(since=str(since))
        try:
            every_write_has_its_pair(await lane.audit(), requests)
        except AssertionError as error:
            wrong[:] = [error]
            return False
        return True

    try:
        await until(so)
    except AssertionError:
        raise wrong[0] from None


MONDAY = on_monday_management_reads_of_the_deal_its_invoice_and_its_payment
STORIES: tuple[Story, ...] = (
    a_won_deal_is_one_customer_one_invoice_and_its_number_on_the_deal,
    what_is_paid_is_shown_with_its_day_and_told,
    what_is_unpaid_after_a_week_is_reminded_of_once_until_it_is_paid,
    what_is_typed_on_one_side_comes_to_stand_on_the_other,
    MONDAY,
)
FEWEST = 5
"""Stories a pair, so that none is lost unseen: one of each flow."""
OF_A_SLICE = 2


@pytest.mark.quick
@pytest.mark.timeout(300)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_every_flow_does_its_everyday_work_on_every_pair(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice, pair: Pair
) -> None:
    stories = chosen.some(STORIES, OF_A_SLICE)
    # Monday comes once for all of them.
    beside, last = (
        [each for each in stories if each is not MONDAY],
        [each for each in stories if each is MONDAY],
    )
    failures: list[str] = []

    async def play(story: Story, at: Played) -> None:
        try:
            await story(at)
        except (AssertionError, TimeoutError) as error:
            failures.append(f"{story.__name__}: {error!r}")

    async with everyday(server, tmp_path_factory.mktemp("every"), pair) as lane:
        at, since = Played(pair, lane), len(await lane.account.requests())
        await asyncio.gather(*(play(each, at) for each in beside))
        for story in last:
            await play(story, at)
        await every_write_was_intended(lane, since)
        waiting = await lane.waiting()
    print(  # noqa: T201 - fewer stories must be seen
        f"\nstories played on {pair}: {len(stories)} of {len(STORIES)}, failed: {len(failures)}"
    )
    assert len(STORIES) >= FEWEST
    assert not failures, "\n".join(failures)
    assert waiting == ()
