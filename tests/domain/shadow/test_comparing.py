"""What people invoiced against what shadow computed: a difference is never missed, and none is made up."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raccord.domain.shadow.comparing import Aspect, Comparison, Made, compare
from raccord.domain.shadow.computed import Computed
from raccord.domain.values.invoice import InvoicedLine, InvoiceLine
from raccord.domain.values.money import Money
from raccord.domain.values.totals import PricedLine, VatRounding, compute_totals
from raccord.texts import say
from tests.domain.samples import invoice, profile

DUE = date(2026, 12, 20)


def sold(name: str, quantity: str, price: str, rate: str = "20") -> InvoiceLine:
    return InvoiceLine(
        name=name,
        quantity=Decimal(quantity),
        list_price=Decimal(price),
        unit_price=Decimal(price),
        vat_rate=Decimal(rate),
    )


AUDIT, TRIP = sold("Audit", "2", "450"), sold("Déplacement", "1", "120.50", "10")


def billed(line: InvoiceLine, **changes: object) -> InvoicedLine:
    net = Money(amount=line.priced.net("EUR"), currency="EUR")
    same = InvoicedLine(name=line.name, quantity=line.quantity, net=net, vat_rate=line.vat_rate)
    return same.model_copy(update=changes)


def computed(*lines: InvoiceLine) -> Computed:
    totals = compute_totals((line.priced for line in lines), "EUR", VatRounding.PER_LINE)
    return Computed(profile=profile(), lines=lines, totals=totals)


def made(lines: Sequence[InvoicedLine], *, customer_id: str | None = "cus_1", **changes: object) -> Made:
    priced = (
        PricedLine(quantity=Decimal(1), unit_price=each.net.amount, vat_rate=each.vat_rate or Decimal(0))
        for each in lines
    )
    totals = compute_totals(priced, "EUR", VatRounding.PER_LINE)
    found = invoice(totals=totals, due_on=DUE, number="F-1").model_copy(update=changes)
    return Made(invoice=found, lines=tuple(lines), customer_id=customer_id, due_on=DUE)


def aspects(found: Comparison) -> list[tuple[Aspect, int | None]]:
    return [(each.aspect, each.line) for each in found.differences]


def euro(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_an_invoice_that_says_the_same_agrees_in_any_order_and_words() -> None:
    theirs = (billed(TRIP, name="Frais de route"), billed(AUDIT, name="Audit énergétique"))
    found = compare(computed(AUDIT, TRIP), made(theirs))
    assert found == Comparison()
    assert found.agrees


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"vat_rate": Decimal(20)}, [(Aspect.VAT, 2)]),
        ({"net": euro("120.00")}, [(Aspect.UNIT_PRICE, 2)]),
        ({"quantity": Decimal(2), "net": euro("241.00")}, [(Aspect.QUANTITY, 2)]),
        ({"quantity": Decimal(2)}, [(Aspect.QUANTITY, 2), (Aspect.UNIT_PRICE, 2)]),
        ({"quantity": Decimal(0), "net": euro("0")}, [(Aspect.QUANTITY, 2)]),
    ],
)
def test_each_line_says_what_differs(
    changed: dict[str, object], expected: list[tuple[Aspect, int | None]]
) -> None:
    theirs = (billed(AUDIT), billed(TRIP, **changed))
    assert aspects(compare(computed(AUDIT, TRIP), made(theirs))) == expected


def test_a_line_that_only_one_side_has_is_named() -> None:
    gift = sold("Cadeau", "1", "5")
    assert aspects(compare(computed(AUDIT, TRIP), made((billed(AUDIT),)))) == [(Aspect.LINES, 2)]
    more = (billed(AUDIT), billed(TRIP), billed(gift))
    assert aspects(compare(computed(AUDIT, TRIP), made(more))) == [(Aspect.LINES, None)]


def test_a_rounded_amount_does_not_speak_against_a_fine_unit_price() -> None:
    fine = sold("Appels", "3", "0.0345")
    assert compare(computed(fine), made((billed(fine),))).agrees


def test_equal_lines_with_another_vat_amount_differ_in_their_totals() -> None:
    ours = computed(sold("A", "1", "0.03", "20"), sold("B", "1", "0.03", "20"))
    per_rate = compute_totals((line.priced for line in ours.lines), "EUR", VatRounding.PER_RATE)
    found = made([billed(line) for line in ours.lines], totals=per_rate)
    assert per_rate != ours.totals
    assert aspects(compare(ours, found)) == [(Aspect.TOTALS, None)]


def test_customer_and_due_date_are_compared() -> None:
    theirs = made((billed(AUDIT),), customer_id="cus_2", due_on=date(2027, 1, 1))
    assert aspects(compare(computed(AUDIT), theirs)) == [(Aspect.CUSTOMER, None), (Aspect.DUE_ON, None)]


def test_of_another_currency_nothing_else_is_said() -> None:
    assert aspects(compare(computed(AUDIT), made((billed(AUDIT),), currency="CHF"))) == [
        (Aspect.CURRENCY, None)
    ]


def test_what_the_billing_system_does_not_tell_is_no_difference_and_is_said() -> None:
    theirs = made((billed(AUDIT, vat_rate=None),), customer_id=None, due_on=None)
    with_vat = theirs.model_copy(
        update={"invoice": theirs.invoice.model_copy(update={"totals": computed(AUDIT).totals})}
    )
    found = compare(computed(AUDIT), with_vat)
    assert found.agrees
    assert found.untold == (Aspect.CUSTOMER, Aspect.VAT, Aspect.DUE_ON)


def test_a_difference_reads_in_both_languages() -> None:
    (found,) = compare(
        computed(AUDIT, TRIP), made((billed(AUDIT), billed(TRIP, vat_rate=Decimal(20))))
    ).differences
    assert say(found.said, "en") == "Line 2 “Déplacement”, VAT: 10% computed, 20% invoiced."
    assert "Ligne 2" in say(found.said, "fr")


LINES = st.lists(
    st.builds(
        lambda name, quantity, price, rate: sold(name, str(quantity), str(price), rate),
        st.sampled_from(["Audit", "Conseil", "Pose"]),
        st.integers(1, 9),
        st.decimals("0.01", "999", places=2),
        st.sampled_from(["20", "10", "5.5", "0"]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(lines=LINES, order=st.randoms(use_true_random=False))
def test_any_invoice_with_the_same_lines_agrees_in_any_order(lines: list[InvoiceLine], order: object) -> None:
    theirs = [billed(line) for line in lines]
    order.shuffle(theirs)  # type: ignore[attr-defined]
    assert compare(computed(*lines), made(theirs)).agrees


@settings(max_examples=60, deadline=None)
@given(lines=LINES, place=st.integers(0, 4), cents=st.integers(1, 500))
def test_any_other_amount_on_any_line_is_a_difference(
    lines: list[InvoiceLine], place: int, cents: int
) -> None:
    theirs = [billed(line) for line in lines]
    at = place % len(theirs)
    theirs[at] = theirs[at].model_copy(update={"net": theirs[at].net + Money.of_minor(cents, "EUR")})
    assert not compare(computed(*lines), made(theirs)).agrees


@settings(max_examples=60, deadline=None)
@given(ours=LINES, theirs=LINES)
def test_two_invoices_agree_exactly_when_their_lines_come_to_the_same(
    ours: list[InvoiceLine], theirs: list[InvoiceLine]
) -> None:
    def weights(lines: list[InvoiceLine]) -> list[tuple[Decimal, Decimal, Decimal]]:
        return sorted((line.quantity, line.priced.net("EUR"), line.vat_rate) for line in lines)

    found = compare(computed(*ours), made([billed(line) for line in theirs]))
    assert found.agrees == (weights(ours) == weights(theirs))
