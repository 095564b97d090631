"""What people change while the flow is on its way: the deal, the mode, and what comes of an event."""

from decimal import Decimal

import pytest

from raccord.connectors.errors import Permanent
from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from tests.domain import samples
from tests.workflows.deal_won.test_endings import nothing_was_written
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server


def lower(home: House, mode: Mode, *, before: str) -> None:
    """Let somebody lower the mode right before this call of the billing system."""

    async def lowered() -> None:
        home.set_mode(mode)

    home.billing.before(before, lowered)


@pytest.mark.parametrize("before", ["invoices_of", "find_customers"])
async def test_a_mode_that_is_lowered_before_the_first_write_holds(at_home: House, before: str) -> None:
    await at_home.work(Mode.LIVE)
    lower(at_home, Mode.SHADOW, before=before)
    assert (await at_home.outcome())["ending"] == "shadow"
    await nothing_was_written(at_home)


async def test_a_mode_that_is_lowered_to_draft_leaves_the_last_word_to_a_person(at_home: House) -> None:
    await at_home.work(Mode.LIVE)
    lower(at_home, Mode.DRAFT, before="find_customers")
    await at_home.change()
    await at_home.question("approval")
    assert at_home.billing.issued == []


@pytest.mark.parametrize("before", ["finalise", "deliver"])
async def test_what_was_begun_is_finished_in_a_lower_mode(at_home: House, before: str) -> None:
    await at_home.work(Mode.LIVE)
    lower(at_home, Mode.SHADOW, before=before)
    assert (await at_home.outcome())["ending"] == "invoiced"
    (invoice,) = at_home.billing.issued
    assert at_home.billing.mails == [invoice.id]
    assert at_home.crm.shown[REF.id].number == invoice.number


@pytest.mark.parametrize("told", [True, False], ids=["by an event", "by nobody"])
async def test_an_edit_while_the_draft_is_made_is_in_the_one_invoice(at_home: House, told: bool) -> None:
    async def edited() -> None:
        at_home.edit(lines=(samples.line(unit_price=Decimal("75.00")),))
        if told:
            await at_home.change(key="edited")

    await at_home.work()
    at_home.billing.before("set_lines", edited)
    assert (await at_home.outcome())["ending"] == "invoiced"
    (invoice,) = at_home.billing.invoices.values()
    assert invoice.totals.net.amount == Decimal("150.00")
    assert at_home.billing.calls["create_draft"] == 2


@pytest.mark.parametrize("told", [True, False], ids=["by an event", "by nobody"])
async def test_a_deal_lost_while_the_draft_is_made_leaves_nothing(at_home: House, told: bool) -> None:
    async def lost() -> None:
        at_home.edit(won=False)
        if told:
            await at_home.change(key="lost")

    await at_home.work()
    at_home.billing.before("set_lines", lost)
    assert (await at_home.outcome())["ending"] == "not_for_us"
    assert at_home.billing.invoices == {}


async def test_an_event_that_changes_nothing_costs_one_read_of_the_deal(at_home: House) -> None:
    """The echo of our own write, mostly; without it the deal is read twice."""

    async def echo() -> None:
        await at_home.change(key="echo")

    await at_home.work()
    at_home.crm.before("write_invoice", echo)
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert at_home.crm.calls["read_deal"] == 3
    assert at_home.billing.calls["find_customers"] == 2, "once in the books, once before it is created"


async def test_whoever_asks_for_a_thorough_look_gets_one_although_nothing_changed(at_home: House) -> None:
    await at_home.work()
    await at_home.outcome()
    before = at_home.billing.calls["invoices_of"]
    end = await at_home.outcome(thorough=True)
    assert (end["ending"], end["echo"]) == ("already_invoiced", False)
    assert at_home.billing.calls["invoices_of"] == before + 1


async def test_a_last_step_that_a_person_skipped_is_not_asked_about_again(at_home: House) -> None:
    at_home.crm.fail(Permanent("The property does not exist."), "write_invoice")
    await at_home.work()
    await at_home.change()
    await at_home.answer(await at_home.question("refused"), Choice.SKIP)
    await at_home.end()
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert at_home.crm.calls["write_invoice"] >= 2, "it is tried again"
    assert await at_home.records.waiting.list() == ()
