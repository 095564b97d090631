"""A deal with a deposit gets two invoices, each once, that come to the whole of it together."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import Invoice, InvoiceState, Part
from raccord.domain.values.money import Money
from tests.domain import samples
from tests.front_door.stack import until
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
LINES = (
    samples.line(id="1", unit_price=Decimal("500.00")),
    samples.line(
        id="2", name="Livre", quantity=Decimal(3), unit_price=Decimal("33.30"), vat_rate=Decimal("5.5")
    ),
)
"""1 000.00 net at 20 % and 99.90 at 5.5 %: 1 305.39 gross."""


async def deposited(home: House, mode: Mode = Mode.LIVE, **changes: Any) -> Invoice:
    """Have the deposit of 30 % issued."""
    home.edit(lines=LINES, deposit_percent=Decimal(30), **changes)
    await home.work(mode)
    await home.outcome()
    (deposit,) = home.billing.issued
    return deposit


async def delivered(home: House, **changes: Any) -> date:
    today = await home.today()
    home.edit(delivered_on=today, **changes)
    return today


async def test_the_deposit_comes_first_and_the_balance_once_it_is_delivered(at_home: House) -> None:
    deposit = await deposited(at_home, reference="D-117")
    assert (deposit.part, deposit.totals.net.amount) == (Part.DEPOSIT, Decimal("329.97"))
    assert deposit.totals.gross.amount == Decimal("391.62")
    order = at_home.billing.orders[deposit.id]
    assert order.service_date is None
    assert {line.name for line in order.lines} == {"Acompte de 30 % sur D-117"}
    shown = at_home.crm.shown[REF.id]
    assert (shown.number, shown.deposit_number) == ("F-0001", "F-0001")
    again = await at_home.outcome(thorough=True)
    assert (again["ending"], again["number"], again["part"]) == ("already_invoiced", "F-0001", "deposit")
    today = await delivered(at_home)
    end = await at_home.outcome()
    assert (end["ending"], end["number"], end["part"]) == ("invoiced", "F-0002", "balance")
    deposit, balance = at_home.billing.issued
    whole = samples.totals(
        *(samples.priced(str(n.quantity), str(n.unit_price), str(n.vat_rate)) for n in LINES)
    )
    assert balance.totals.net == whole.net - deposit.totals.net
    assert balance.totals.gross == whole.gross - deposit.totals.gross
    order = at_home.billing.orders[balance.id]
    assert order.service_date == today
    deducted = [line for line in order.lines if line.unit_price < 0]
    assert [(line.unit_price, line.vat_rate) for line in deducted] == [
        (Decimal("-29.97"), Decimal("5.5")),
        (Decimal("-300.00"), Decimal(20)),
    ]
    assert all("F-0001 du" in line.name for line in deducted)
    assert at_home.billing.mails == [deposit.id, balance.id]
    assert (at_home.crm.shown[REF.id].number, at_home.crm.shown[REF.id].deposit_number) == ("F-0002", "")
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert len(at_home.billing.invoices) == 2
    assert await at_home.records.waiting.list() == ()


async def test_a_person_approves_each_and_is_told_which_it_is(at_home: House) -> None:
    at_home.edit(lines=LINES, deposit_percent=Decimal(30))
    await at_home.work(Mode.DRAFT)
    await at_home.change()
    row = await at_home.question("approval")
    assert row.question.title.code == "approval.title_deposit"
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["number"] == "F-0001"
    await delivered(at_home)
    await at_home.change()
    row = await at_home.question("approval")
    assert row.question.title.code == "approval.title_balance"
    assert len(at_home.billing.issued) == 1
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["number"] == "F-0002"


async def test_a_balance_that_is_not_due_any_more_leaves_no_draft(at_home: House) -> None:
    at_home.edit(lines=LINES, deposit_percent=Decimal(30))
    await at_home.work(Mode.DRAFT)
    await at_home.change()
    await at_home.answer(await at_home.question("approval"), Choice.CHOOSE, "issue")
    await at_home.end()
    await delivered(at_home)
    await at_home.change()
    await at_home.question("approval")
    assert len(at_home.billing.invoices) == 2
    at_home.edit(delivered_on=None)
    end = await at_home.outcome(thorough=True)
    assert (end["ending"], end["part"]) == ("already_invoiced", "deposit")
    (deposit,) = at_home.billing.invoices.values()
    assert at_home.billing.mails == [deposit.id]
    at_home.edit(won=False)
    await at_home.change()
    await at_home.question("lost_after_issue")


@pytest.mark.parametrize(
    "edited",
    [
        {"deposit_percent": Decimal(40)},
        {"deposit_percent": None},
        {"lines": (LINES[0],)},
        {"lines": (*LINES, samples.line(id="3"))},
        {"currency": "USD", "lines": (samples.line(vat_rate=Decimal(0)),)},
    ],
)
@pytest.mark.parametrize("due", [False, True])
async def test_a_deal_edited_after_its_deposit_is_asked_about(
    at_home: House, edited: dict[str, Any], due: bool
) -> None:
    await deposited(at_home)
    if due:
        await delivered(at_home)
    at_home.edit(**edited)
    await at_home.change()
    row = await at_home.question("edited_after_issue")
    assert row.question.step == "deposit"
    assert len(at_home.billing.invoices) == 1
    at_home.edit(lines=LINES, deposit_percent=Decimal(30), currency="EUR")
    end = await at_home.outcome(thorough=True)
    assert end["number"] == ("F-0002" if due else "F-0001")


async def test_a_deposit_credited_in_part_holds_its_balance_up(at_home: House) -> None:
    deposit = await deposited(at_home)
    money = Money(amount=Decimal(10), currency="EUR")
    at_home.billing.invoices[deposit.id] = deposit.model_copy(update={"credited": money})
    await delivered(at_home)
    await at_home.change()
    assert (await at_home.question("edited_after_issue")).question.step == "deposit"
    assert len(at_home.billing.invoices) == 1


async def test_a_voided_deposit_is_asked_about_and_made_again_before_delivery(at_home: House) -> None:
    deposit = await deposited(at_home)
    at_home.billing.invoices[deposit.id] = deposit.model_copy(update={"state": InvoiceState.VOID})
    await at_home.change(thorough=True)
    await at_home.answer(await at_home.question("withdrawn"), Choice.CHOOSE, "again")
    end = await at_home.end()
    assert (end["ending"], end["number"], end["part"]) == ("invoiced", "F-0002", "deposit")
    await delivered(at_home)
    end = await at_home.outcome()
    assert (end["number"], end["part"]) == ("F-0003", "balance")
    assert await at_home.records.waiting.list() == ()


async def test_a_deposit_voided_after_its_balance_is_asked_about(at_home: House) -> None:
    deposit = await deposited(at_home)
    await delivered(at_home)
    await at_home.outcome()
    at_home.billing.invoices[deposit.id] = deposit.model_copy(update={"state": InvoiceState.VOID})
    await at_home.change(thorough=True)
    row = await at_home.question("edited_after_issue")
    assert row.question.problems[0].message.code == "deposit.withdrawn"
    assert len(at_home.billing.invoices) == 2


async def test_a_voided_balance_is_made_again_only_when_a_person_says_so(at_home: House) -> None:
    await deposited(at_home)
    await delivered(at_home)
    await at_home.outcome()
    _, balance = at_home.billing.issued
    at_home.billing.invoices[balance.id] = balance.model_copy(update={"state": InvoiceState.VOID})
    await at_home.change(thorough=True)
    row = await at_home.question("withdrawn")
    await at_home.answer(row, Choice.CHOOSE, "again")
    end = await at_home.end()
    assert (end["number"], end["part"]) == ("F-0003", "balance")
    assert end["totals"] == balance.totals.model_dump(mode="json")


async def test_a_deal_delivered_before_its_deposit_is_a_question(at_home: House) -> None:
    at_home.edit(lines=LINES, deposit_percent=Decimal(30))
    await delivered(at_home)
    await at_home.work()
    await at_home.change()
    row = await at_home.question("lines")
    assert row.question.problems[0].message.code == "deal.deposit_late"
    at_home.edit(deposit_percent=None)
    end = await at_home.outcome(thorough=True)
    assert (end["ending"], "part" in end) == ("invoiced", False)


async def test_a_lost_deal_is_asked_about_with_both_of_its_invoices(at_home: House) -> None:
    await deposited(at_home)
    await delivered(at_home)
    await at_home.outcome()
    at_home.edit(won=False)
    await at_home.change()
    first = await at_home.question("lost_after_issue")
    await at_home.answer(first, Choice.SKIP)

    async def asked_again() -> bool:
        rows = await at_home.records.waiting.list()
        return any(row.question.problems != first.question.problems for row in rows)

    await until(asked_again, what="the other invoice is asked about")
    await at_home.answer(await at_home.question("lost_after_issue"), Choice.SKIP)
    assert (await at_home.end())["ending"] == "not_for_us"


async def test_a_deposit_whose_reference_was_taken_off_is_known_by_our_records(at_home: House) -> None:
    deposit = await deposited(at_home)
    at_home.billing.invoices[deposit.id] = deposit.model_copy(update={"reference": None})
    await delivered(at_home)
    end = await at_home.outcome()
    assert (end["number"], end["part"]) == ("F-0002", "balance")
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert len(at_home.billing.invoices) == 2
