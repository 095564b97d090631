"""Deposit and balance come to the whole, rate by rate, whatever the share and the rounding."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from raccord.domain.deal_won.deposit import deductions, deposit_on
from raccord.domain.values.deal import LineItem
from raccord.domain.values.invoice import Invoice, InvoiceReference, Part
from raccord.domain.values.totals import Totals, VatRounding
from tests.domain.deal_won.selling import plan_of
from tests.domain.samples import DEAL, TODAY, deal, invoice, line, policy

SHARES = ("1", "10", "30", "33.33", "33.333333", "50", "66.67", "87.5", "99")
SALES = (
    (("1", "1000.00", "20"),),
    (("1", "0.05", "20"), ("1", "1000.03", "20")),
    (("3", "33.33", "20"), ("7", "1.07", "5.5"), ("1", "19.99", "10")),
    (("3", "1.10", "2.1"), ("11", "0.97", "2.1"), ("1", "500", "10")),
    (("1", "999999.99", "20"), ("0.333", "77.77", "2.1")),
)


def sale(rows: tuple[tuple[str, str, str], ...]) -> tuple[LineItem, ...]:
    return tuple(
        line(id=str(n), name=f"L{n}", quantity=Decimal(q), unit_price=Decimal(p), vat_rate=Decimal(r))
        for n, (q, p, r) in enumerate(rows)
    )


def issued(totals: Totals) -> Invoice:
    return invoice(
        id="in_7",
        number="F-0007",
        issued_on=date(2026, 11, 1),
        totals=totals,
        reference=InvoiceReference(deal=DEAL, part=Part.DEPOSIT),
    )


@pytest.mark.parametrize(("share", "rows", "rounding"), list(product(SHARES, SALES, VatRounding)))
def test_deposit_and_balance_are_the_whole(
    share: str, rows: tuple[tuple[str, str, str], ...], rounding: VatRounding
) -> None:
    whole = plan_of(deal(lines=sale(rows), deposit_percent=Decimal(share)))
    deposit = whole.next_to(None)
    balance = whole.next_to(issued(deposit.totals(rounding)))
    everything, ahead, rest = (each.totals(rounding) for each in (whole, deposit, balance))
    assert rest.net == everything.net - ahead.net
    assert ahead.gross.amount > 0
    assert rest.gross.amount > 0
    before = {vat.rate: vat for vat in ahead.vat}
    after = {vat.rate: vat for vat in rest.vat}
    for vat in everything.vat:
        base = before[vat.rate].base.amount if vat.rate in before else Decimal(0)
        tax = before[vat.rate].vat.amount if vat.rate in before else Decimal(0)
        assert after[vat.rate].base.amount == vat.base.amount - base
        exact = vat.base.amount * Decimal(share) / 100
        assert abs(base - exact) <= Decimal("0.005")
        # Where VAT is computed once a rate, each of two invoices rounds its own.
        most = Decimal(0) if rounding is VatRounding.PER_LINE else Decimal("0.01")
        assert abs(after[vat.rate].vat.amount - (vat.vat.amount - tax)) <= most


@pytest.mark.parametrize(
    ("language", "reference", "title", "deducted"),
    [
        (
            "fr",
            "D-117",
            "Acompte de 33,3 % sur D-117",
            "Déduction de l'acompte, facture F-0007 du 01/11/2026",
        ),
        (
            "fr",
            "",
            "Acompte de 33,3 % sur la commande",
            "Déduction de l'acompte, facture F-0007 du 01/11/2026",
        ),
        ("en", "D-117", "33.3% deposit on D-117", "Less the deposit, invoice F-0007 of 2026-11-01"),
    ],
)
def test_each_says_what_it_is_in_the_invoice_s_language(
    language: str, reference: str, title: str, deducted: str
) -> None:
    found = deal(language=language, reference=reference, deposit_percent=Decimal("33.3"))
    whole = plan_of(found)
    (only,) = whole.next_to(None).lines
    assert (only.name, only.description, only.unit_price) == (title, "Conseil", Decimal("33.30"))
    *sold, last = whole.next_to(issued(whole.next_to(None).totals(VatRounding.PER_LINE))).lines
    assert tuple(sold) == whole.lines
    assert (last.name, last.unit_price) == (deducted, Decimal("-33.30"))


def test_a_deposit_names_no_service_date_and_the_balance_that_of_delivery() -> None:
    found = deal(deposit_percent=Decimal(30), service_date=date(2026, 12, 24))
    first = plan_of(found).next_to(None)
    order = first.order(InvoiceReference(deal=DEAL, part=first.part), "cus_1", TODAY, policy())
    assert (order.service_date, order.deducts) == (None, "")
    assert [w.field for w in first.warnings] == []
    whole = plan_of(found.model_copy(update={"delivered_on": TODAY}))
    rest = whole.next_to(issued(first.totals(VatRounding.PER_LINE)))
    order = rest.order(InvoiceReference(deal=DEAL, part=rest.part), "cus_1", TODAY, policy())
    assert (order.service_date, order.deducts) == (TODAY, "in_7")


def test_the_names_of_many_lines_are_not_all_repeated() -> None:
    lines = tuple(line(id=str(n), name=f"L{n}") for n in range(12))
    (only,) = plan_of(deal(lines=lines, deposit_percent=Decimal(30))).next_to(None).lines
    assert only.description == "L0; L1; L2; L3; L4; L5; L6; L7; L8; L9; …"


def test_an_invoice_of_the_whole_is_named_as_it_always_was() -> None:
    whole, part = InvoiceReference(deal=DEAL), InvoiceReference(deal=DEAL, part=Part.BALANCE)
    assert str(whole) == "crm:7/1/1"
    assert str(part) == "crm:7/1/1/balance"
    assert "part" not in whole.model_dump_json()
    order = plan_of(deal()).order(whole, "cus_1", TODAY, policy())
    assert "deducts" not in order.model_dump_json()


def test_what_is_deducted_is_what_the_deposit_asked_for() -> None:
    found = deal(lines=sale(SALES[2]), deposit_percent=Decimal(30))
    deposit = deposit_on(found, plan_of(found).lines, "fr")
    assert deposit is not None
    taken = deductions(deposit, issued(plan_of(found).next_to(None).totals(VatRounding.PER_LINE)), "fr")
    assert [(t.unit_price, t.vat_rate) for t in taken] == [(-d.unit_price, d.vat_rate) for d in deposit.lines]
