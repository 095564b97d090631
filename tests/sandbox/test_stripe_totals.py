"""How invoices are added up: as values, and through the API."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe.totals import Rate, Taxed, line_amount, totals
from tests.sandbox.stripe_bench import Bench, line

VAT = Rate(id="txr_20", percentage=Decimal(20), inclusive=False)
REDUCED = Rate(id="txr_5_5", percentage=Decimal("5.5"), inclusive=False)
INCLUDED = Rate(id="txr_in", percentage=Decimal(20), inclusive=True)


@pytest.mark.parametrize(
    ("quantity", "unit", "amount"),
    [
        ("3", "33.333333333333", 100),
        ("1", "0.5", 1),
        ("1", "0.499999999999", 0),
        ("0.5", "-1", -1),
        ("2.5", "199", 498),
    ],
)
def test_a_line_is_rounded_half_up_to_the_minor_unit(quantity: str, unit: str, amount: int) -> None:
    assert line_amount(Decimal(quantity), Decimal(unit)) == amount


def test_the_two_vat_roundings_differ_by_cents() -> None:
    lines = [Taxed(amount=33, rates=(REDUCED,)) for _ in range(3)]
    # 33 x 5.5 % = 1.815: rounded on every line 2 + 2 + 2, rounded once 5.445 -> 5.
    assert totals(lines, exempt="none", per_rate=False).total == 99 + 6
    assert totals(lines, exempt="none", per_rate=True).total == 99 + 5


def test_a_half_cent_of_vat_is_rounded_up() -> None:
    assert (
        totals([Taxed(amount=1250, rates=(Rate("t", Decimal("2.2"), False),))], exempt="none", per_rate=False)
        .taxes[0]
        .amount
        == 28
    )


def test_an_included_tax_is_taken_out_of_the_amount() -> None:
    sums = totals([Taxed(amount=12000, rates=(INCLUDED,))], exempt="none", per_rate=False)
    assert (sums.subtotal, sums.subtotal_excluding_tax, sums.total) == (12000, 10000, 12000)
    assert (sums.taxes[0].amount, sums.taxes[0].taxable) == (2000, 10000)


@given(
    amounts=st.lists(st.tuples(st.integers(-(10**9), 10**9), st.sampled_from([VAT, REDUCED])), max_size=20),
    per_rate=st.booleans(),
)
def test_the_total_is_net_plus_taxes_and_both_roundings_stay_close(
    amounts: list[tuple[int, Rate]], per_rate: bool
) -> None:
    lines = [Taxed(amount=amount, rates=(rate,)) for amount, rate in amounts]
    sums = totals(lines, exempt="none", per_rate=per_rate)
    assert sums.subtotal == sum(amount for amount, _ in amounts)
    assert sums.total == sums.subtotal + sum(tax.amount for tax in sums.taxes)
    exact = sum((Decimal(amount) * rate.percentage / 100 for amount, rate in amounts), Decimal(0))
    allowed = Decimal("0.5") * (2 if per_rate else max(len(lines), 1))
    assert abs(sums.total - sums.subtotal - exact) <= allowed


async def test_total_taxes_are_listed_per_rate(bench: Bench) -> None:
    normal, reduced = await bench.vat("20"), await bench.vat("5.5")
    draft = await bench.draft(
        line("10000", tax_rates=[normal]), line("5000", tax_rates=[normal]), line("333", tax_rates=[reduced])
    )
    taxes = {
        each.tax_rate_details.tax_rate: (each.amount, each.taxable_amount)
        for each in draft.total_taxes or []
        if each.tax_rate_details
    }
    assert taxes == {normal: (3000, 15000), reduced: (18, 333)}
    assert (draft.subtotal, draft.total, draft.total_excluding_tax) == (15333, 18351, 15333)


async def test_the_rounding_rule_is_a_setting_of_the_account(bench: Bench) -> None:
    reduced = await bench.vat("5.5")
    draft = await bench.draft(*[line("33", tax_rates=[reduced]) for _ in range(3)])
    assert draft.total == 105
    await bench.settings(vat_per_rate=True)
    assert (await bench.client.v1.invoices.retrieve_async(draft.id)).total == 104


async def test_default_rates_apply_where_a_line_names_none(bench: Bench) -> None:
    normal, reduced = await bench.vat("20"), await bench.vat("10")
    draft = await bench.draft(line("1000"), line("1000", tax_rates=[reduced]), default_tax_rates=[normal])
    assert draft.total == 2000 + 200 + 100


@pytest.mark.parametrize(("exempt", "reason"), [("reverse", "reverse_charge"), ("exempt", "customer_exempt")])
async def test_an_exempt_customer_pays_no_tax_and_the_reason_is_frozen(
    bench: Bench, exempt: str, reason: str
) -> None:
    customer = await bench.customer(tax_exempt=exempt)
    invoice = await bench.issued(line(tax_rates=[await bench.vat()]), customer=customer.id)
    assert (invoice.total, invoice.customer_tax_exempt) == (10000, exempt)
    assert [(tax.amount, tax.taxability_reason) for tax in invoice.total_taxes or []] == [(0, reason)]
    await bench.client.v1.customers.update_async(customer.id, {"tax_exempt": "none"})
    assert (await bench.client.v1.invoices.retrieve_async(invoice.id)).total == 10000


async def test_taxes_computed_by_the_merchant_are_taken_as_they_are(bench: Bench) -> None:
    given_tax = {
        "amount": 2001,
        "taxable_amount": 10000,
        "tax_rate_data": {"display_name": "TVA", "inclusive": False, "percentage": "20"},
    }
    draft = await bench.draft(line(tax_amounts=[given_tax]))
    assert draft.total == 12001
    (rate,) = (await bench.state())["tax_rates"]
    assert rate["active"] is False


async def test_a_zero_decimal_currency_counts_whole_units(bench: Bench) -> None:
    yen = {"price_data": {"currency": "jpy", "product_data": {"name": "x"}, "unit_amount": 1999}}
    invoice = await bench.issued(yen, currency="jpy")
    await bench.settings(mails_in_test=True)
    await bench.client.v1.invoices.send_invoice_async(invoice.id)
    assert invoice.total == 1999
    assert "1\u202f999" in (await bench.emails())[0]["text"]
