"""Months at the desk, in milliseconds: nothing is lost, nobody called twice, the invoice is of its day."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.temporal.flows import AT_LEISURE, DEAL_WON, Changed, wake
from tests.domain import samples
from tests.front_door.stack import until
from tests.workflows.deal_won.test_endings import NO_POSTCODE
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
MONTHS = timedelta(days=90)


async def test_a_deal_that_is_repaired_after_months_is_invoiced_by_itself(at_home: House) -> None:
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await at_home.change()
    row = await at_home.question("address")
    await at_home.pass_time(MONTHS)
    assert (await at_home.question()).incident == row.incident
    at_home.edit(companies=(samples.company(),))
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert await at_home.records.waiting.list() == ()


async def test_a_change_that_is_told_without_a_reason_is_looked_at(at_home: House) -> None:
    """As from a console of Temporal's own: a handler that wants more than it is given sticks the flow."""
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await at_home.change()
    await at_home.question("address")
    at_home.edit(companies=(samples.company(),))
    await at_home.flow(DEAL_WON.id_of(REF.subject)).signal("changed")
    assert (await at_home.end())["ending"] == "invoiced"


async def test_nobody_answers_for_months_and_the_next_person_is_called_once(at_home: House) -> None:
    at_home.edit(**NO_POSTCODE)
    await at_home.work(desk='escalate_to = ["chef@hexalab.example"]')
    await at_home.change()
    await at_home.question("address")
    await until(at_home.is_told, what="the question is shown")
    await at_home.pass_time(MONTHS)
    question, call = at_home.messenger.messages.values()
    assert question.below is None
    assert call.below is not None
    assert call.notice.people == ("chef@hexalab.example",)


async def test_an_invoice_that_is_approved_after_months_is_dated_on_that_day(at_home: House) -> None:
    await at_home.work(Mode.DRAFT)
    await at_home.change()
    row = await at_home.question("approval")
    (draft,) = at_home.billing.invoices.values()
    await at_home.pass_time(MONTHS)
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["ending"] == "invoiced"
    (invoice,) = at_home.billing.invoices.values()
    assert invoice.issued_on == await at_home.today()
    assert (invoice.due_on or samples.TODAY) > (draft.due_on or samples.TODAY)
    assert invoice.totals.gross.amount == Decimal("120.00")


async def test_one_press_issues_though_a_warning_has_another_date_meanwhile(at_home: House) -> None:
    at_home.edit(payment_terms=samples.terms(90))
    await at_home.work(Mode.DRAFT)
    await at_home.change()
    row = await at_home.question("approval")
    assert {w.message.code for w in row.question.warnings} == {
        "service_date.close_date_taken",
        "terms.too_long",
    }
    await at_home.pass_time(MONTHS)
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["ending"] == "invoiced"


async def test_a_draft_that_nobody_wants_is_deleted_and_not_made_again(at_home: House) -> None:
    await at_home.work(Mode.DRAFT)
    await at_home.change()
    await at_home.answer(await at_home.question("approval"), Choice.CANCEL)
    assert (await at_home.end())["ending"] == "closed"
    made = at_home.billing.calls["create_draft"]
    assert (await at_home.outcome(thorough=True))["ending"] == "closed"
    assert at_home.billing.invoices == {}
    assert at_home.billing.calls["create_draft"] == made


async def test_a_small_invoice_needs_no_approval(at_home: House) -> None:
    await at_home.work(desk="approve_above = 100")
    assert (await at_home.outcome())["ending"] == "invoiced", "100.00 is not above it"


async def test_a_large_invoice_is_issued_by_a_person_in_live_mode_too(at_home: House) -> None:
    await at_home.work(desk="approve_above = 99.99")
    await at_home.change()
    row = await at_home.question("approval")
    assert at_home.billing.issued == []
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["ending"] == "invoiced"


async def test_what_a_sweep_began_goes_on_as_soon_as_whoever_repairs_it_wants(at_home: House) -> None:
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await wake(at_home.client, DEAL_WON, REF.subject, Changed(key="sweep"), priority=AT_LEISURE)
    await at_home.question("address")
    await until(partial(at_home.has_read, 2), what="it waits for the answer")
    at_home.edit(companies=(samples.company(),))
    assert (await at_home.outcome())["ending"] == "invoiced"
    placed = await at_home.places(DEAL_WON.id_of(REF.subject))
    assert (placed["crm.read_deal"][0], placed["crm.read_deal"][-1]) == (5, 3)
    assert placed["crm.write_invoice"] == [3]
