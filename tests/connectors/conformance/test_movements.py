"""What every billing system tells of what moved money and receivables."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count

import pytest

from raccord.connectors.billing import Billing
from raccord.connectors.errors import NotFound
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.movement import InvoiceMovements, Movement, MovementKind
from raccord.domain.values.parties import Customer
from tests.connectors.conformance.cases import BillingCase, cases
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import ODD, PROFILE, line, order, today

DAY = timedelta(days=1)
ISSUED = ("issued", "120.00 EUR", 120)
_keys = count(1)


def key() -> str:
    return f"movements/{next(_keys)}"


@pytest.fixture(params=cases(BillingCase))
def case(request: pytest.FixtureRequest) -> BillingCase:
    asked: BillingCase = request.param
    return asked


@pytest.fixture
async def billing(case: BillingCase, lab: Lab) -> AsyncIterator[Billing]:
    await lab.option(case.vendor, **case.quiet)
    async with case.open(lab) as billing:
        yield billing


@pytest.fixture
async def customer(billing: Billing) -> Customer:
    return await billing.create_customer(PROFILE, key=key())


async def drafted(billing: Billing, customer: Customer) -> Invoice:
    wanted = order(customer.id, line(), deal=DealRef(connection="crm", id=key()))
    if await billing.find_vat_rate(line().vat_rate) is None:
        await billing.create_vat_rate(line().vat_rate, key=key())
    made = await billing.create_draft(wanted, key=key())
    return await billing.set_lines(made.id, wanted, key=key())


async def issued(billing: Billing, customer: Customer) -> Invoice:
    return await billing.finalise((await drafted(billing, customer)).id, key=key())


async def listed(billing: Billing, since: date) -> tuple[dict[str, InvoiceMovements], dict[str, Movement]]:
    """Return every part of the list: the invoices by their ids, and all movements by theirs."""
    part = await billing.list_movements(since=since, after="")
    parts = [part]
    while part.after:
        part = await billing.list_movements(since=since, after=part.after)
        parts.append(part)
    invoices = {each.listed.invoice.id: each for part in parts for each in part.invoices}
    told = [*(one for part in parts for one in part.movements)]
    told += [one for each in invoices.values() for one in each.movements]
    found: dict[str, Movement] = {}
    for each in told:
        assert found.setdefault(each.id, each) == each, "what is told twice is told the same"
    assert [part.unreadable for part in parts if part.unreadable] == []
    return invoices, found


def shown(movements: tuple[Movement, ...]) -> list[tuple[str, str, int]]:
    return [(each.kind.value, str(each.amount), int(each.owed)) for each in movements]


async def test_what_an_invoice_brought_is_told_movement_by_movement(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    invoice = await issued(billing, customer)
    assert shown((await billing.read_movements(invoice.id)).movements) == [ISSUED]
    await case.pay(lab, invoice.id, 4_000)
    await case.pay(lab, invoice.id)
    read = await billing.read_movements(invoice.id)
    assert shown(read.movements)[0] == ISSUED
    # Both may be of the same second.
    assert sorted(shown(read.movements)[1:]) == [
        ("received", "40.00 EUR", -40),
        ("received", "80.00 EUR", -80),
    ]
    assert (read.listed.invoice.number, str(read.listed.due)) == (invoice.number, "0.00 EUR")
    assert read.customer == ODD
    assert all(each.at.tzinfo and each.invoice_id == invoice.id for each in read.movements)
    assert (await listed(billing, today()))[0] == {invoice.id: read}


async def test_a_refund_is_money_that_went_and_no_debt(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    if not case.refunds:
        pytest.skip(f"{case.vendor} knows no refund of a part")
    invoice = await issued(billing, customer)
    await case.pay(lab, invoice.id)
    await case.refund(lab, invoice.id, 3_000)
    _, movements = await listed(billing, today())
    (back,) = [each for each in movements.values() if each.kind is MovementKind.REFUNDED]
    assert (back.invoice_id, str(back.amount)) == (invoice.id, "30.00 EUR")
    assert back.owed == 0


async def test_what_is_open_is_listed_however_old_and_drafts_never(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    waiting, settled = await issued(billing, customer), await issued(billing, customer)
    draft = await drafted(billing, customer)
    await case.pay(lab, settled.id)
    assert (await listed(billing, today()))[0].keys() == {waiting.id, settled.id}
    invoices, movements = await listed(billing, today() + DAY)
    assert invoices.keys() == {waiting.id}
    assert {each.invoice_id for each in movements.values()} == {waiting.id}
    assert (await billing.read_movements(draft.id)).movements == ()


async def test_money_that_names_no_invoice_moved_none(case: BillingCase, lab: Lab, billing: Billing) -> None:
    if not case.names_payments:
        pytest.skip(f"{case.vendor} tells of payments by their invoices alone")
    await case.receive(lab, 5_000)
    assert await listed(billing, today()) == ({}, {})


async def test_what_moved_an_invoice_that_is_gone_is_not_found(billing: Billing) -> None:
    with pytest.raises(NotFound):
        await billing.read_movements("gone")
