"""The connector against the simulated Stripe: what one writes, the other shows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.customer.matching import Evidence, choose_customer
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceReference, InvoiceState
from raccord.domain.values.parties import TaxTreatment
from raccord.domain.values.totals import VatRounding
from raccord.vendors.stripe.connector import StripeBilling
from tests.patience import patience
from tests.sandbox.stripe_bench import KEY, Bench, stripe_bench
from tests.sandbox.stripe_bench import line as by_hand
from tests.vendors.stripe.samples import DEAL, PROFILE, line, order, settings

CLOCK = BusinessClock()
DAY = timedelta(days=1)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with stripe_bench() as served:
        yield served


@pytest.fixture
async def account(bench: Bench) -> AsyncIterator[StripeBilling]:
    known = settings(f"{bench.base}/stripe", api_key=KEY, timeout=patience(5))
    billing = StripeBilling("stripe", known, CLOCK)
    yield billing
    await billing.close()


async def draft(account: StripeBilling, *lines: Any, **more: Any) -> tuple[str, str]:
    """Create the customer and a filled draft; return both ids."""
    customer = await account.create_customer(PROFILE, key="cus")
    wanted = order(
        *lines, customer_id=customer.id, due_on=CLOCK.date_of(datetime.now(UTC)) + 30 * DAY, **more
    )
    for rate in sorted({each.vat_rate for each in wanted.lines}):
        await account.create_vat_rate(rate, key=f"vat/{rate}")
    made = await account.create_draft(wanted, key=wanted.key)
    await account.set_lines(made.id, wanted, key=f"{wanted.key}/lines")
    return customer.id, made.id


async def test_every_line_comes_back_as_it_was_invoiced(account: StripeBilling) -> None:
    lines = (
        line(name="Conseil", quantity=Decimal("0.333"), unit_price=Decimal("19.99")),
        line(name="Livre", quantity=Decimal(3), unit_price=Decimal("33.30"), vat_rate=Decimal("5.5")),
        line(name="Offert", unit_price=Decimal(0), vat_rate=Decimal(0)),
        *(line(name=f"Ligne {n}") for n in range(12)),
    )
    _, draft_id = await draft(account, *lines)
    found = await account.invoiced_lines(draft_id)
    assert [(f.quantity, f.net.amount, f.vat_rate) for f in found] == [
        (wanted.quantity, wanted.priced.net("EUR"), wanted.vat_rate) for wanted in lines
    ]
    assert all(f.name.startswith(wanted.name) for f, wanted in zip(found, lines, strict=True))


async def test_ours_and_theirs_are_listed_for_their_customer_alone(
    account: StripeBilling, bench: Bench
) -> None:
    customer, ours = await draft(account)
    issued = await bench.issued(customer=customer)
    await bench.issued()
    today = CLOCK.date_of(datetime.now(UTC))
    found = {
        i.id: i for i in await account.invoices_of_customer(customer, since=today - DAY, until=today + DAY)
    }
    assert set(found) == {ours, issued.id}
    assert found[ours].reference == InvoiceReference(deal=DEAL)
    assert (found[ours].state, found[issued.id].state) == (InvoiceState.DRAFT, InvoiceState.OPEN)
    assert found[issued.id].reference is None
    expected = order().totals(VatRounding.PER_LINE)
    assert (found[issued.id].totals.net, found[issued.id].totals.gross) == (expected.net, expected.gross)
    long_ago = today - 60 * DAY
    assert await account.invoices_of_customer(customer, since=long_ago, until=long_ago + DAY) == ()


async def test_an_exempt_customer_is_an_ordinary_one_to_stripe(account: StripeBilling, bench: Bench) -> None:
    exempt = PROFILE.model_copy(update={"tax_treatment": TaxTreatment.EXEMPT})
    made = await account.create_customer(exempt, key="cus")
    shown = await bench.client.v1.customers.retrieve_async(made.id)
    assert shown.tax_exempt == "none"


async def test_a_customer_that_was_reverse_charged_is_invoiced_with_vat_later(
    account: StripeBilling,
) -> None:
    reverse = PROFILE.model_copy(update={"tax_treatment": TaxTreatment.REVERSE_CHARGE})
    made = await account.create_customer(reverse, key="cus")
    asked = order(line(), customer_id=made.id)
    await account.create_vat_rate(Decimal(20), key="vat/20")
    begun = await account.create_draft(asked, key=asked.key)
    filled = await account.set_lines(begun.id, asked, key=f"{asked.key}/lines")
    assert filled.totals == asked.totals(VatRounding.PER_LINE)
    assert filled.totals.gross != filled.totals.net


async def test_the_customer_of_a_united_company_is_found_and_chosen(account: StripeBilling) -> None:
    lost = PROFILE.model_copy(
        update={
            "crm_company": "hubspot:41",
            "identity": PROFILE.identity.model_copy(update={"value": "hubspot:41"}),
            "email": "other@acme.example",
            "siren": None,
            "vat_number": None,
        }
    )
    made = await account.create_customer(lost, key="cus")
    kept = PROFILE.model_copy(update={"former_companies": ("hubspot:41",)})
    found = await account.find_customers(kept, linked_id=None)
    choice = choose_customer(found, kept, None)
    assert choice.customer is not None
    assert (choice.customer.id, choice.evidence) == (made.id, Evidence.COMPANY)
    assert (
        choose_customer(await account.find_customers(PROFILE, linked_id=None), PROFILE, None).customer is None
    )


async def test_a_probe_of_a_healthy_account_says_nothing(account: StripeBilling) -> None:
    await account.probe()


async def test_a_line_billed_by_hand_is_read_too(account: StripeBilling, bench: Bench) -> None:
    rate = await bench.vat("20", inclusive=True)
    theirs = await bench.issued(by_hand("12000", tax_rates=[rate]))
    (found,) = await account.invoiced_lines(theirs.id)
    assert (f"{found.net}", found.vat_rate, found.quantity) == ("100.00 EUR", Decimal(20), Decimal(1))
