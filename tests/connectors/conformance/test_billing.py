"""What every billing system does with customers, VAT rates and invoices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, count

import pytest

from raccord.connectors.billing import Billing
from raccord.connectors.capabilities import Uniqueness
from raccord.connectors.errors import (
    DUE_DATE_PAST,
    VAT_RATE_MISSING,
    ConnectorError,
    NotFound,
    Permanent,
    Poison,
)
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceOrder, InvoiceState
from raccord.domain.values.parties import Customer, CustomerIdentity, IdentityKind
from tests.connectors.conformance.cases import BillingCase, cases, found
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import DEAL, ODD, PROFILE, line, order, today

TWENTY, REDUCED = Decimal(20), Decimal("5.5")
DAY = timedelta(days=1)
DEALS = (DEAL, *(DealRef(connection="crm", id=id) for id in ("988", "989")))
MISSHAPEN = [
    pytest.param(case, effect, id=f"{case.vendor}-{' '.join(chain.from_iterable(effect.items()))}")
    for case in found(BillingCase)
    for effect in case.misshapen
]
_keys = count(1)


def key() -> str:
    return f"key/{next(_keys)}"


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


async def rated(billing: Billing, wanted: InvoiceOrder) -> None:
    """Make sure that the account has the VAT rates of an order."""
    for rate in {each.vat_rate for each in wanted.lines}:
        if await billing.find_vat_rate(rate) is None:
            await billing.create_vat_rate(rate, key=key())


async def draft(billing: Billing, wanted: InvoiceOrder) -> Invoice:
    await rated(billing, wanted)
    made = await billing.create_draft(wanted, key=key())
    return await billing.set_lines(made.id, wanted, key=key())


async def issued(billing: Billing, wanted: InvoiceOrder) -> Invoice:
    return await billing.finalise((await draft(billing, wanted)).id, key=key())


async def two_issued_and_a_draft(billing: Billing, customer: Customer) -> tuple[Invoice, Invoice, Invoice]:
    """Return them, each of a deal of its own: a reference may be good for one invoice alone."""
    first, second, third = (order(customer.id, deal=each) for each in DEALS)
    return await issued(billing, first), await issued(billing, second), await draft(billing, third)


async def test_a_customer_is_found_as_it_was_written(billing: Billing, customer: Customer) -> None:
    assert (customer.name, customer.email) == (ODD, PROFILE.email)
    assert (customer.siren, customer.vat_number) == (PROFILE.siren, PROFILE.vat_number)
    assert customer.reference == PROFILE.identity.reference
    for linked in (None, customer.id, "gone"):
        assert await billing.find_customers(PROFILE, linked_id=linked) == (customer,)


async def test_nobody_is_found_who_is_not_there(billing: Billing) -> None:
    assert await billing.find_customers(PROFILE, linked_id=None) == ()
    assert await billing.find_customers(PROFILE, linked_id="gone") == ()
    assert await billing.invoices_of(DEAL, customer_id="gone", invoice_id="gone") == ()
    assert await billing.invoices_of(DEAL, customer_id=None, invoice_id=None) == ()
    assert await billing.invoices_of_customer("gone", since=today() - DAY, until=today() + DAY) == ()
    assert await billing.find_vat_rate(Decimal("13.7")) is None


async def test_a_claimed_customer_keeps_what_it_had(billing: Billing) -> None:
    theirs = PROFILE.model_copy(
        update={"identity": PROFILE.identity.model_copy(update={"value": "crm:1"}), "crm_company": "crm:1"}
    )
    made = await billing.create_customer(theirs, key=key())
    claimed = await billing.claim_customer(made.id, PROFILE, key=key())
    assert claimed.reference == PROFILE.identity.reference
    assert claimed.crm_company == PROFILE.crm_company
    assert claimed.model_copy(update={"reference": made.reference, "crm_company": made.crm_company}) == made


async def test_all_customers_of_an_address_are_found(billing: Billing) -> None:
    """More than a page of them: an accountant's address serves many companies."""
    crm = PROFILE.model_copy(update={"siren": None, "siret": None, "vat_number": None})
    identities = [CustomerIdentity(kind=IdentityKind.CRM, value=f"crm:{n}") for n in range(104)]
    companies = [crm.model_copy(update={"identity": each, "crm_company": each.value}) for each in identities]
    made = await asyncio.gather(*(billing.create_customer(each, key=key()) for each in companies))
    found = await billing.find_customers(companies[0], linked_id=None)
    assert {c.id for c in found} == {c.id for c in made}
    assert len(found) == 104


async def test_a_vat_rate_is_found_once_it_was_made(billing: Billing) -> None:
    for rate in (TWENTY, REDUCED, Decimal("2.1"), Decimal(0)):
        made = await billing.create_vat_rate(rate, key=key())
        assert await billing.find_vat_rate(rate) == made


async def test_an_account_is_described_by_what_it_has(case: BillingCase, lab: Lab, billing: Billing) -> None:
    for rate in () if case.rates else (REDUCED, TWENTY):
        await billing.create_vat_rate(rate, key=key())
    before = await lab.written(case.vendor)
    found = await billing.describe()
    assert await lab.written(case.vendor) == before
    assert (found.country, found.vat_rates, found.unread) == ("FR", case.rates or (TWENTY, REDUCED), ())
    assert found.name


async def test_an_invoice_goes_from_draft_to_delivered(
    case: BillingCase, billing: Billing, customer: Customer
) -> None:
    wanted = order(
        customer.id,
        line(name=ODD, description="Deux\nlignes", quantity=Decimal("1.5"), price="19.99"),
        line(name="Livre", price="33.30", quantity=Decimal(3), vat_rate=REDUCED),
        siret=PROFILE.siret,
        purchase_order="BC-17 é",
    )
    await rated(billing, wanted)
    begun = await billing.create_draft(wanted, key=key())
    assert (begun.state, begun.customer_id) == (InvoiceState.DRAFT, customer.id)
    assert begun.reference == wanted.reference
    assert begun == await billing.read_invoice(begun.id)
    filled = await billing.set_lines(begun.id, wanted, key=key())
    assert filled.totals == wanted.totals(billing.capabilities.vat_rounding)
    assert (filled.content_hash, filled.line_count) == (wanted.content_hash, 2)
    assert filled.due_on == wanted.due_on
    assert filled == await billing.read_invoice(begun.id)
    assert (filled.number, filled.finalised) == (None, False)
    final = await billing.finalise(begun.id, key=key())
    assert (final.state, final.issued_on) == (InvoiceState.OPEN, today())
    assert final.number
    assert bool(final.url) is case.links
    assert final.totals == filled.totals
    assert final == await billing.read_invoice(begun.id)
    if billing.capabilities.delivers:
        assert not await billing.was_delivered(begun.id)
        await billing.deliver(begun.id, key=key())
        assert await billing.was_delivered(begun.id) is billing.capabilities.tells_delivery


async def test_every_line_is_read_back_however_many_there_are(billing: Billing, customer: Customer) -> None:
    several = [line(name=f"Ligne {n}", quantity=Decimal(n + 1) / 8, price="0.345") for n in range(130)]
    made = await draft(billing, order(customer.id, *several))
    assert made.line_count == 130
    found = await billing.invoiced_lines(made.id)
    assert [each.name for each in found] == [each.name for each in several]
    assert [each.quantity for each in found] == [each.quantity for each in several]
    assert [each.net.amount for each in found] == [each.priced.net("EUR") for each in several]
    assert {each.vat_rate for each in found} == {TWENTY}


async def test_lines_are_put_once(billing: Billing, customer: Customer) -> None:
    wanted = order(customer.id)
    made = await draft(billing, wanted)
    assert await billing.set_lines(made.id, wanted, key=key()) == made
    with pytest.raises(Permanent):
        await billing.set_lines(made.id, order(customer.id, line(price="7")), key=key())
    assert (await billing.read_invoice(made.id)).totals == made.totals


async def test_no_text_is_too_long(billing: Billing, customer: Customer) -> None:
    endless = "é👩\u200d💻 " * 15_000
    lines = [line(name=endless, description=endless) for _ in range(50)]
    made = await draft(billing, order(customer.id, *lines, memo=endless))
    longest = billing.capabilities.texts.line
    names = [each.name for each in await billing.invoiced_lines(made.id)]
    assert len(names) == 50
    assert all(len(name) <= longest and name.endswith("…") for name in names)


async def test_every_way_to_pay_that_it_offers_is_taken(billing: Billing, customer: Customer) -> None:
    offered = tuple(sorted(billing.capabilities.payment_methods))
    made = await draft(billing, order(customer.id, payment_methods=offered))
    assert made.line_count == 1


async def test_an_order_number_is_refused_and_not_cut(billing: Billing, customer: Customer) -> None:
    too_long = "B" * (billing.capabilities.texts.field + 1)
    with pytest.raises(Permanent) as refused:
        await billing.create_draft(order(customer.id, purchase_order=too_long), key=key())
    assert refused.value.code == "too_long"
    assert await billing.invoices_of(DEAL, customer_id=customer.id, invoice_id=None) == ()


async def test_a_rate_that_the_account_lacks_stops_the_lines(
    case: BillingCase, billing: Billing, customer: Customer
) -> None:
    wanted = order(customer.id, line(vat_rate=Decimal("13.7")))
    empty = None if case.lines_at_once else await billing.create_draft(wanted, key=key())
    with pytest.raises(Permanent) as refused:
        await (
            billing.set_lines(empty.id, wanted, key=key())
            if empty
            else billing.create_draft(wanted, key=key())
        )
    assert refused.value.code == VAT_RATE_MISSING


async def test_a_due_date_that_has_passed_is_told_apart(billing: Billing, customer: Customer) -> None:
    with pytest.raises(Permanent) as refused:
        await billing.create_draft(order(customer.id, due_on=today() - 3 * DAY), key=key())
    assert refused.value.code == DUE_DATE_PAST


async def test_the_invoices_of_a_deal_are_its_own(billing: Billing, customer: Customer) -> None:
    other = DealRef(connection="crm", id="98")
    mine = await draft(billing, order(customer.id))
    theirs = await draft(billing, order(customer.id, deal=other))
    ways = ((customer.id, None), (None, mine.id), (customer.id, mine.id), (None, None))
    for customer_id, invoice_id in ways:
        found = await billing.invoices_of(DEAL, customer_id=customer_id, invoice_id=invoice_id)
        assert [invoice.id for invoice in found] == [mine.id]
    found = await billing.invoices_of_customer(customer.id, since=today() - DAY, until=today() + DAY)
    assert {invoice.id for invoice in found} == {mine.id, theirs.id}
    long_ago = today() - 60 * DAY
    assert await billing.invoices_of_customer(customer.id, since=long_ago, until=long_ago + DAY) == ()


async def test_all_invoices_of_a_customer_are_listed(billing: Billing, customer: Customer) -> None:
    """More than a page of them."""
    deals = [DealRef(connection="crm", id=str(n)) for n in range(104)]
    made = await asyncio.gather(
        *(billing.create_draft(order(customer.id, deal=deal), key=key()) for deal in deals)
    )
    found = await billing.invoices_of_customer(customer.id, since=today() - DAY, until=today() + DAY)
    assert {invoice.id for invoice in found} == {invoice.id for invoice in made}
    first = await billing.invoices_of(deals[0], customer_id=customer.id, invoice_id=None)
    assert [invoice.id for invoice in first] == [made[0].id]


async def test_a_discarded_draft_is_gone(billing: Billing, customer: Customer) -> None:
    made = await draft(billing, order(customer.id))
    await billing.discard_draft(made.id, key=key())
    await billing.discard_draft(made.id, key=key())
    with pytest.raises(NotFound):
        await billing.read_invoice(made.id)
    with pytest.raises(NotFound):
        await billing.invoiced_lines(made.id)
    assert await billing.invoices_of(DEAL, customer_id=customer.id, invoice_id=made.id) == ()


async def test_an_issued_invoice_is_never_discarded(billing: Billing, customer: Customer) -> None:
    made = await issued(billing, order(customer.id))
    with pytest.raises(Permanent) as refused:
        await billing.discard_draft(made.id, key=key())
    assert not isinstance(refused.value, NotFound)
    assert await billing.read_invoice(made.id) == made


async def test_a_repeat_under_one_key_happens_once(case: BillingCase, lab: Lab, billing: Billing) -> None:
    if billing.capabilities.uniqueness is not Uniqueness.IDEMPOTENCY_KEY:
        pytest.skip(f"{case.vendor} has no idempotency keys")
    first = await billing.create_customer(PROFILE, key="same")
    assert await billing.create_customer(PROFILE, key="same") == first
    wanted = order(first.id)
    drafted = await billing.create_draft(wanted, key="inv/same")
    assert (await billing.create_draft(wanted, key="inv/same")).id == drafted.id
    assert await lab.written(case.vendor) == 2


@pytest.mark.parametrize(("case", "effect"), MISSHAPEN, indirect=["case"])
async def test_an_answer_of_another_shape_is_set_aside(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer, effect: dict[str, str]
) -> None:
    made = await draft(billing, order(customer.id))
    await lab.switches.fault(vendor=case.vendor, effect=effect, when="after", method="GET")
    with pytest.raises(Poison) as caught:
        await billing.read_invoice(made.id)
    assert "shape" in str(caught.value) or "unknown" in str(caught.value)


async def test_amounts_of_every_kind_of_currency_are_exact(billing: Billing, customer: Customer) -> None:
    for currency, price in (("JPY", "1500"), ("EUR", "0.005"), ("USD", "19.99")):
        deal = DealRef(connection="crm", id=currency)
        wanted = order(customer.id, line(price=price, quantity=Decimal(3)), currency=currency, deal=deal)
        try:
            made = await draft(billing, wanted)
        except ConnectorError as error:
            pytest.fail(f"{currency}: {error}")
        assert made.totals == wanted.totals(billing.capabilities.vat_rounding)


async def test_money_that_came_and_went_back_is_read(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    invoice = await issued(billing, order(customer.id))
    unpaid = await billing.read_money(invoice.id)
    assert (str(unpaid.paid), str(unpaid.due), unpaid.payments) == ("0.00 EUR", "120.00 EUR", ())
    await case.pay(lab, invoice.id, 4_000)
    part = await billing.read_money(invoice.id)
    assert (str(part.paid), str(part.due), part.paid_at) == ("40.00 EUR", "80.00 EUR", None)
    await case.pay(lab, invoice.id)
    whole = await billing.read_money(invoice.id)
    assert (str(whole.paid), str(whole.due), str(whole.overpaid)) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")
    # Both may be of the same second.
    assert {str(each.amount) for each in whole.payments} == {"40.00 EUR", "80.00 EUR"}
    assert whole.paid_at == whole.payments[-1].paid_at
    assert (whole.invoice.state, whole.invoice.number) == (InvoiceState.PAID, invoice.number)
    if not case.refunds:
        return
    await case.refund(lab, invoice.id, 3_000)
    back = await billing.read_money(invoice.id)
    assert sum(each.refunded.amount for each in back.payments) == Decimal(30)
    assert (back.paid, back.due, back.paid_at) == (whole.paid, whole.due, whole.paid_at)


async def test_money_that_names_no_invoice_is_put_to_one_once(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    if not case.names_payments:
        pytest.skip(f"{case.vendor} tells of payments by their invoices alone")
    payment = await case.receive(lab, 12_000)
    loose = await billing.read_payment(payment)
    assert (str(loose.amount), loose.invoices, loose.settled) == ("120.00 EUR", (), True)
    invoice = await issued(billing, order(customer.id))
    for _ in range(2):
        await billing.allocate_payment(loose.id, invoice.id, key=f"allocate/{loose.id}/{invoice.id}")
    placed = await billing.read_payment(payment)
    assert (placed.id, placed.invoices) == (loose.id, (invoice.id,))
    (paid,) = (await billing.read_money(invoice.id)).payments
    assert (paid.id, paid.paid_at) == (loose.id, loose.received_at)


async def test_what_waits_for_money_is_listed(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    waiting, settled, _ = await two_issued_and_a_draft(billing, customer)
    await case.pay(lab, settled.id)
    for asked in (customer.id, None):
        (found,) = await billing.unpaid_invoices(customer_id=asked)
        assert (found.id, found.number, str(found.due)) == (waiting.id, waiting.number, "120.00 EUR")
        assert (found.customer_id, found.due_on) == (customer.id, waiting.due_on)
    assert await billing.unpaid_invoices(customer_id="gone") == ()


async def test_what_a_customer_owes_is_read_net_of_what_came(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    waiting, settled, _ = await two_issued_and_a_draft(billing, customer)
    await case.pay(lab, settled.id)
    await case.pay(lab, waiting.id, 4_000)
    account = await billing.read_account(customer.id)
    assert (account.name, account.email, account.language) == (ODD, PROFILE.email, PROFILE.language)
    assert (account.siren, account.business, account.gone) == (PROFILE.siren, True, False)
    (owed,) = account.invoices
    assert (owed.id, owed.number, owed.deal) == (waiting.id, waiting.number, DEAL)
    assert (str(owed.due), str(owed.total)) == ("80.00 EUR", "120.00 EUR")
    assert (owed.issued_on, owed.due_on) == (waiting.issued_on, waiting.due_on)
    assert (owed.disputed, owed.processing) == (False, False)
    assert (await billing.read_account("gone")).gone


async def test_what_was_issued_is_listed_paid_or_not(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    waiting, settled, _ = await two_issued_and_a_draft(billing, customer)
    await case.pay(lab, settled.id)
    assert waiting.issued_on is not None
    assert {*await billing.issued_since(waiting.issued_on)} == {waiting.id, settled.id}
    assert await billing.issued_since(waiting.issued_on + DAY) == ()


async def test_who_owes_something_late_is_named_once_the_day_is_over(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    first, second = [await issued(billing, order(customer.id, deal=each)) for each in DEALS[:2]]
    assert first.due_on is not None
    assert await billing.customers_owing(due_before=first.due_on) == ()
    assert await billing.customers_owing(due_before=first.due_on + DAY) == (customer.id,)
    for each in (first, second):
        await case.pay(lab, each.id)
    assert await billing.customers_owing(due_before=first.due_on + DAY) == ()


async def test_whose_money_changed_is_named(
    case: BillingCase, lab: Lab, billing: Billing, customer: Customer
) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    invoice = await issued(billing, order(customer.id))
    await case.pay(lab, invoice.id)
    payments = (await case.receive(lab, 5_000),) if case.names_payments else ()
    found = await billing.money_changed(since, until=None)
    assert (found.invoices, found.payments, found.unreadable) == ((invoice.id,), payments, 0)


async def test_money_of_what_is_gone_is_not_found(billing: Billing) -> None:
    with pytest.raises(NotFound):
        await billing.read_money("gone")
    with pytest.raises(NotFound):
        await billing.read_payment("gone")
