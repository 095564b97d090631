"""A person voids or credits the invoice of a deal: the deal shows it, and gets no other without a word."""

from decimal import Decimal
from typing import Any

from raccord.connectors.errors import Permanent
from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import CreditNote, Invoice, InvoiceState
from raccord.domain.values.money import Money
from tests.domain import samples
from tests.domain.spoken import say_reason
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server


async def invoiced(home: House) -> Invoice:
    await home.work()
    await home.outcome()
    (invoice,) = home.billing.issued
    return invoice


def credit(home: House, invoice: Invoice, gross: str) -> None:
    """Let a person issue a credit note."""
    money = Money(amount=Decimal(gross), currency="EUR")
    note = CreditNote(number=f"{invoice.number}-CN-01", gross=money)
    credited: dict[str, Any] = {"credited": money, "credit_notes": (note,)}
    home.billing.invoices[invoice.id] = invoice.model_copy(update=credited)


def void(home: House, invoice: Invoice) -> None:
    """Let a person void it."""
    home.billing.invoices[invoice.id] = invoice.model_copy(update={"state": InvoiceState.VOID})


async def test_a_credited_invoice_is_shown_and_never_replaced_unasked(at_home: House) -> None:
    invoice = await invoiced(at_home)
    credit(at_home, invoice, "120")
    await at_home.change(thorough=True)
    row = await at_home.question("withdrawn")
    shown = at_home.crm.shown[REF.id]
    assert (shown.status, shown.credit_notes, shown.credited) == ("credited", "F-0001-CN-01", Decimal(120))
    assert (shown.invoice_id, shown.number) == (invoice.id, invoice.number)
    assert len(at_home.billing.invoices) == 1
    await at_home.answer(row, Choice.CHOOSE, "again")
    end = await at_home.end()
    assert (end["ending"], end["number"]) == ("invoiced", "F-0002")
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert len(at_home.billing.mails) == 2


async def test_without_a_new_invoice_it_stays_credited(at_home: House) -> None:
    invoice = await invoiced(at_home)
    void(at_home, invoice)
    await at_home.change(thorough=True)
    await at_home.answer(await at_home.question("withdrawn"), Choice.CANCEL)
    assert (await at_home.end())["ending"] == "closed"
    assert (await at_home.outcome(thorough=True))["ending"] == "closed"
    assert at_home.crm.shown[REF.id].status == "void"
    assert len(at_home.billing.invoices) == 1


async def test_a_deal_that_was_lost_in_between_is_invoiced_again_unasked(at_home: House) -> None:
    invoice = await invoiced(at_home)
    void(at_home, invoice)
    at_home.edit(won=False)
    assert (await at_home.outcome(thorough=True))["ending"] == "not_for_us"
    assert at_home.crm.shown[REF.id].status == "void"
    at_home.edit(won=True)
    assert (await at_home.outcome(thorough=True))["ending"] == "invoiced"
    assert len(at_home.billing.issued) == 2


async def test_the_question_about_a_lost_deal_settles_itself(at_home: House) -> None:
    invoice = await invoiced(at_home)
    at_home.edit(won=False)
    await at_home.change()
    await at_home.question("lost_after_issue")
    credit(at_home, invoice, "120")
    assert (await at_home.outcome(thorough=True))["ending"] == "not_for_us"
    assert await at_home.records.waiting.list() == ()
    assert at_home.crm.shown[REF.id].status == "credited"


async def test_the_question_about_an_edited_deal_is_settled_by_what_was_credited(at_home: House) -> None:
    invoice = await invoiced(at_home)
    at_home.edit(lines=(samples.line(unit_price=Decimal(40)),))
    await at_home.change()
    await at_home.question("edited_after_issue")
    credit(at_home, invoice, "24")
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert await at_home.records.waiting.list() == ()
    shown = at_home.crm.shown[REF.id]
    assert (shown.status, shown.credited) == ("partially_credited", Decimal(24))


async def test_an_amount_that_was_edited_alone_is_asked_about_until_it_is_seen(at_home: House) -> None:
    invoice = await invoiced(at_home)
    at_home.edit(amount=Decimal(60))
    await at_home.change()
    row = await at_home.question("edited_after_issue")
    (found,) = row.question.problems
    assert say_reason(found, "en") == "The deal says €60.00 net, its lines come to €100.00."
    at_home.edit(amount=invoice.totals.net.amount)
    assert (await at_home.outcome())["ending"] == "already_invoiced"
    assert await at_home.records.waiting.list() == ()
    at_home.edit(amount=Decimal(70))
    await at_home.change()
    await at_home.answer(await at_home.question("edited_after_issue"), Choice.SKIP)
    assert (await at_home.end())["ending"] == "already_invoiced"
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert await at_home.records.waiting.list() == ()


async def test_once_an_invoice_is_credited_no_amount_is_wrong(at_home: House) -> None:
    invoice = await invoiced(at_home)
    credit(at_home, invoice, "24")
    at_home.edit(amount=Decimal(80))
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"


async def test_a_credit_that_the_crm_cannot_show_holds_nothing_up(at_home: House) -> None:
    invoice = await invoiced(at_home)
    credit(at_home, invoice, "24")
    at_home.crm.fail(Permanent("The property billing_credit_notes does not exist."), "write_invoice")
    end = await at_home.outcome(thorough=True)
    assert end["ending"] == "already_invoiced"
    assert "billing_credit_notes" in str(end["warnings"])
    assert await at_home.records.waiting.list() == ()


async def test_in_shadow_a_credited_deal_is_what_a_person_would_be_asked(at_home: House) -> None:
    invoice = await invoiced(at_home)
    void(at_home, invoice)
    at_home.set_mode(Mode.SHADOW)
    end = await at_home.outcome(thorough=True)
    assert (end["ending"], end["problems"][0]["cause"]) == ("problems", "withdrawn")
    assert at_home.crm.shown[REF.id].status == "issued"
