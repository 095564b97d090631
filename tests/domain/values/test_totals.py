"""The totals proof against a model that knows only integers, and against invoices worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raccord.domain.deal_won.line_rules import price_after_discount
from raccord.domain.values.deal import Discount
from raccord.domain.values.message import Percent, message
from raccord.domain.values.money import Money
from raccord.domain.values.names import line_name
from raccord.domain.values.totals import PricedLine, VatRounding, VatTotal, compute_totals
from tests.domain.samples import line, priced, totals
from tests.domain.spoken import spoken

PER_LINE, PER_RATE = VatRounding.PER_LINE, VatRounding.PER_RATE
CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3}

# A number of the model is (digits, places): digits / 10**places.
Number = tuple[int, int]
Line = tuple[Number, Number, Number]


def numbers(*, places: int, largest: int, smallest: int = 0) -> st.SearchStrategy[Number]:
    return st.integers(0, places).flatmap(
        lambda p: st.tuples(st.integers(smallest, largest * 10**p), st.just(p))
    )


RATES: st.SearchStrategy[Number] = st.sampled_from([(20, 0), (10, 0), (55, 1), (21, 1), (0, 0), (85, 1)])
LINES = st.lists(
    st.tuples(numbers(places=12, largest=10_000), numbers(places=6, largest=1_000_000), RATES), max_size=12
)


def half_up(numerator: int, denominator: int) -> int:
    """Round a fraction to an integer, halves away from zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def model(lines: list[Line], decimals: int, rounding: VatRounding) -> tuple[int, dict[int, int], int]:
    """Net, VAT by rate (in thousandths of a percent) and gross, all in minor units."""
    nets: dict[int, list[int]] = {}
    for (quantity, qp), (price, pp), (rate, rp) in lines:
        net = half_up(quantity * price * 10**decimals, 10 ** (qp + pp))
        nets.setdefault(rate * 10 ** (3 - rp), []).append(net)
    vat = {
        rate: sum(half_up(n * rate, 100_000) for n in of_rate)
        if rounding is PER_LINE
        else half_up(sum(of_rate) * rate, 100_000)
        for rate, of_rate in nets.items()
    }
    net = sum(map(sum, nets.values()))
    return net, vat, net + sum(vat.values())


def text(number: Number) -> str:
    """Write a number of the model with a decimal point."""
    digits, places = number
    padded = str(abs(digits)).rjust(places + 1, "0")
    cut = len(padded) - places
    return ("-" if digits < 0 else "") + (f"{padded[:cut]}.{padded[cut:]}" if places else padded)


def of_model(lines: list[Line]) -> list[PricedLine]:
    return [priced(text(q), text(p), text(r)) for q, p, r in lines]


@settings(max_examples=60)
@given(LINES, st.sampled_from(sorted(CURRENCIES)), st.sampled_from(VatRounding))
def test_totals_are_those_of_integer_arithmetic(
    lines: list[Line], currency: str, rounding: VatRounding
) -> None:
    found = compute_totals(of_model(lines), currency, rounding)
    vat = {int(t.rate * 1000): t.vat.minor for t in found.vat}
    assert (found.net.minor, vat, found.gross.minor) == model(lines, CURRENCIES[currency], rounding)


@settings(max_examples=60)
@given(LINES, st.sampled_from(sorted(CURRENCIES)), st.sampled_from(VatRounding))
def test_lines_add_up_to_net_and_net_and_vat_to_gross(
    lines: list[Line], currency: str, rounding: VatRounding
) -> None:
    made = of_model(lines)
    found = compute_totals(made, currency, rounding)
    nets = [Money(amount=one.net(currency), currency=currency).minor for one in made]
    assert sum(nets) == found.net.minor == sum(t.base.minor for t in found.vat)
    assert found.net.minor + sum(t.vat.minor for t in found.vat) == found.gross.minor
    assert {found.net.currency, found.gross.currency} == {currency}


@settings(max_examples=60)
@given(LINES, st.randoms(use_true_random=False), st.sampled_from(VatRounding))
def test_the_order_of_lines_never_changes_the_totals(
    lines: list[Line], random: object, rounding: VatRounding
) -> None:
    made = of_model(lines)
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert compute_totals(made, "EUR", rounding) == compute_totals(shuffled, "EUR", rounding)


@settings(max_examples=60)
@given(LINES, st.sampled_from(sorted(CURRENCIES)))
def test_the_two_rules_agree_on_net_and_differ_by_half_a_unit_per_line_at_most(
    lines: list[Line], currency: str
) -> None:
    made = of_model(lines)
    by_line, by_rate = (compute_totals(made, currency, rule) for rule in (PER_LINE, PER_RATE))
    assert by_line.net == by_rate.net
    apart = abs(by_line.gross.minor - by_rate.gross.minor)
    assert 2 * apart <= len(made) + len(by_line.vat)


@settings(max_examples=60)
@given(
    numbers(places=12, largest=10_000, smallest=1),
    numbers(places=6, largest=1_000_000),
    numbers(places=6, largest=100),
    st.sampled_from(sorted(CURRENCIES)),
)
def test_a_percentage_off_is_taken_exactly_before_the_only_rounding(
    quantity: Number, price: Number, percent: Number, currency: str
) -> None:
    (q, qp), (p, pp), (d, dp) = quantity, price, percent
    item = line(unit_price=Decimal(text(price)), discount=Discount(percent=Decimal(text(percent))))
    reduced = price_after_discount(item, line_name(item, ()), CURRENCIES[currency])
    assert isinstance(reduced, Decimal)
    net = PricedLine(quantity=Decimal(text(quantity)), unit_price=reduced, vat_rate=Decimal(20)).net(currency)
    numerator = q * p * (100 * 10**dp - d) * 10 ** CURRENCIES[currency]
    assert Money(amount=net, currency=currency).minor == half_up(numerator, 10 ** (qp + pp + dp + 2))


@settings(max_examples=60)
@given(
    numbers(places=12, largest=10_000, smallest=1),
    numbers(places=6, largest=1_000_000),
    st.integers(0, 10**6),
    st.sampled_from(sorted(CURRENCIES)),
)
def test_an_amount_off_each_unit_is_taken_exactly_before_the_only_rounding(
    quantity: Number, price: Number, millionths: int, currency: str
) -> None:
    (q, qp), (p, pp) = quantity, price
    off = p * millionths // 10**6
    item = line(unit_price=Decimal(text(price)), discount=Discount(per_unit=Decimal(text((off, pp)))))
    reduced = price_after_discount(item, line_name(item, ()), CURRENCIES[currency])
    assert isinstance(reduced, Decimal)
    net = PricedLine(quantity=Decimal(text(quantity)), unit_price=reduced, vat_rate=Decimal(20)).net(currency)
    numerator = q * (p - off) * 10 ** CURRENCIES[currency]
    assert Money(amount=net, currency=currency).minor == half_up(numerator, 10 ** (qp + pp))


@settings(max_examples=60)
@given(
    numbers(places=3, largest=100_000, smallest=1),
    numbers(places=2, largest=10_000, smallest=1),
    st.integers(0, 10**6),
    st.sampled_from(sorted(CURRENCIES)),
)
def test_an_amount_off_the_whole_line_is_taken_to_the_minor_unit(
    quantity: Number, price: Number, millionths: int, currency: str
) -> None:
    (q, qp), (p, pp) = quantity, price
    off = q * p * millionths // 10**6
    whole = Discount(whole=Decimal(text((off, qp + pp))))
    item = line(quantity=Decimal(text(quantity)), unit_price=Decimal(text(price)), discount=whole)
    reduced = price_after_discount(item, line_name(item, ()), CURRENCIES[currency])
    assert isinstance(reduced, Decimal)
    net = PricedLine(quantity=Decimal(text(quantity)), unit_price=reduced, vat_rate=Decimal(20)).net(currency)
    numerator = (q * p - off) * 10 ** CURRENCIES[currency]
    assert Money(amount=net, currency=currency).minor == half_up(numerator, 10 ** (qp + pp))


@settings(max_examples=60)
@given(LINES.filter(bool), st.integers(-3, 3).filter(bool))
def test_one_minor_unit_more_or_less_is_always_named(lines: list[Line], cents: int) -> None:
    mine = compute_totals(of_model(lines), "EUR", PER_LINE)
    step = Money.of_minor(cents, "EUR")
    assert mine.differences(mine) == ()
    other = mine.model_copy(update={"gross": mine.gross + step})
    (gross,) = mine.differences(other)
    assert gross == message("totals.gross", mine=mine.gross, theirs=other.gross)
    first = mine.vat[0]
    taxed = mine.model_copy(
        update={"vat": (first.model_copy(update={"vat": first.vat + step}), *mine.vat[1:])}
    )
    (vat,) = mine.differences(taxed)
    rate = Percent(percent=first.rate)
    assert vat == message("totals.vat", rate=rate, mine=first.vat, theirs=first.vat + step)


# (lines, net, VAT by rate, gross) in major units, worked by hand.
GOLDEN = {
    # Each 0.20 of VAT on 1.01 is 0.202: three lines 0.60, together 3.03 x 20 % = 0.606.
    "three small lines, VAT per line": (
        PER_LINE,
        "EUR",
        [("1", "1.01", "20")] * 3,
        "3.03",
        {"20": "0.60"},
        "3.63",
    ),
    "three small lines, VAT per rate": (
        PER_RATE,
        "EUR",
        [("1", "1.01", "20")] * 3,
        "3.03",
        {"20": "0.61"},
        "3.64",
    ),
    # 0.333 h at 85.00 is 28.305, a half cent: up to 28.31; VAT 5.662.
    "a third of an hour": (PER_LINE, "EUR", [("0.333", "85", "20")], "28.31", {"20": "5.66"}, "33.97"),
    # 0.5 x 0.01 = 0.005 up to 0.01; half-even would give 0.00. 2.5 x 0.05 = 0.125, half-even 0.12.
    "half cents go up": (
        PER_LINE,
        "EUR",
        [("0.5", "0.01", "0"), ("2.5", "0.05", "0")],
        "0.14",
        {"0": "0"},
        "0.14",
    ),
    # 10 % of 0.25 is 0.025, up to 0.03.
    "a half cent of VAT goes up": (PER_LINE, "EUR", [("1", "0.25", "10")], "0.25", {"10": "0.03"}, "0.28"),
    "five rates": (
        PER_RATE,
        "EUR",
        [
            ("1", "100", "20"),
            ("2", "50", "10"),
            ("1", "99.99", "5.5"),
            ("3", "33.33", "2.1"),
            ("1", "10", "0"),
        ],
        # 99.99 x 5.5 % = 5.49945; 99.99 x 2.1 % = 2.09979.
        "409.98",
        {"20": "20.00", "10": "10.00", "5.5": "5.50", "2.1": "2.10", "0": "0"},
        "447.58",
    ),
    # 3 x 333 = 999; 10 % is 99.9, up to 100 yen.
    "yen": (PER_LINE, "JPY", [("3", "333", "10")], "999", {"10": "100"}, "1099"),
    # 1.5 x 0.333 = 0.4995, up to 0.500; 5.5 % is 0.0275, up to 0.028.
    "dinars": (PER_LINE, "KWD", [("1.5", "0.333", "5.5")], "0.500", {"5.5": "0.028"}, "0.528"),
    # 7 x 19.99 less 15 % = 7 x 16.9915 = 118.9405.
    "a discounted price keeps its decimals": (
        PER_LINE,
        "EUR",
        [("7", "16.9915", "20")],
        "118.94",
        {"20": "23.79"},
        "142.73",
    ),
    # 0.29 x 100 is 28.999... in binary.
    "no binary fraction": (PER_LINE, "EUR", [("100", "0.29", "20")], "29.00", {"20": "5.80"}, "34.80"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_an_invoice_worked_by_hand_comes_to_the_same(name: str) -> None:
    rounding, currency, lines, net, vat, gross = GOLDEN[name]
    found = totals(*(priced(*one) for one in lines), currency=currency, rounding=rounding)
    assert found.net == Money(amount=Decimal(net), currency=currency)
    assert {t.rate: t.vat.amount for t in found.vat} == {Decimal(r): Decimal(v) for r, v in vat.items()}
    assert found.gross == Money(amount=Decimal(gross), currency=currency)


def test_an_invoice_without_lines_comes_to_nothing() -> None:
    found = compute_totals((), "EUR", PER_LINE)
    assert (found.net, found.vat, found.gross) == (Money.zero("EUR"), (), Money.zero("EUR"))


def test_one_rate_written_in_two_ways_is_one_rate() -> None:
    found = totals(priced("1", "1.01", "20"), priced("1", "1.01", "20.00"), rounding=PER_RATE)
    assert [(t.rate, t.base.minor, t.vat.minor) for t in found.vat] == [(Decimal(20), 202, 40)]


def test_rates_are_listed_in_ascending_order() -> None:
    found = totals(priced("1", "1", "20"), priced("1", "1", "2.1"), priced("1", "1", "10"))
    assert [t.rate for t in found.vat] == [Decimal("2.1"), Decimal(10), Decimal(20)]


def test_a_vendor_that_prints_no_line_for_zero_vat_agrees() -> None:
    mine = totals(priced("1", "10", "20"), priced("1", "5", "0"))
    theirs = mine.model_copy(update={"vat": tuple(t for t in mine.vat if t.rate)})
    assert mine.differences(theirs) == theirs.differences(mine) == ()


def test_a_rate_that_one_side_does_not_know_is_named() -> None:
    twenty, ten = totals(priced("1", "10", "20")), totals(priced("2", "5", "10"))
    assert [spoken(d) for d in twenty.differences(ten)] == [
        "VAT 10% €0.00 / €1.00",
        "VAT 20% €2.00 / €0.00",
        "gross €12.00 / €11.00",
    ]
    assert [spoken(d, "fr") for d in twenty.differences(ten)] == [
        "TVA 10 % 0,00 € / 1,00 €",
        "TVA 20 % 2,00 € / 0,00 €",
        "TTC 12,00 € / 11,00 €",
    ]


def test_the_same_figures_in_another_currency_differ() -> None:
    euros, dollars = totals(priced("1", "10", "20")), totals(priced("1", "10", "20"), currency="USD")
    assert [spoken(d) for d in euros.differences(dollars)] == [
        "net €10.00 / $10.00",
        "VAT 20% €2.00 / $2.00",
        "gross €12.00 / $12.00",
    ]


def test_a_number_longer_than_a_decimal_context_is_rounded_only_once() -> None:
    # The exact product is below 0.125 by 1e-32.
    one = priced("0.99999999999999999999999999999992", "0.125", "20")
    assert one.net("EUR") == Decimal("0.12")


def test_an_absurd_amount_is_a_figure_and_not_a_crash() -> None:
    found = totals(priced("1E+300", "1E+300", "20"))
    assert found.gross.minor == 12 * 10**601


@pytest.mark.parametrize("rounding", VatRounding)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_ten_thousand_lines_add_up_to_the_minor_unit(currency: str, rounding: VatRounding) -> None:
    rates: tuple[Number, ...] = ((20, 0), (10, 0), (55, 1), (21, 1), (0, 0))
    lines: list[Line] = [((i, 3), (i * 7 + 5, 4), rates[i % 5]) for i in range(10_000)]
    found = compute_totals(of_model(lines), currency, rounding)
    vat = {int(t.rate * 1000): t.vat.minor for t in found.vat}
    assert (found.net.minor, vat, found.gross.minor) == model(lines, CURRENCIES[currency], rounding)


def test_a_total_survives_its_journey_as_json() -> None:
    found = totals(priced("0.333", "85", "20"), priced("1", "10", "5.5"))
    assert type(found).model_validate_json(found.model_dump_json()) == found
    assert isinstance(found.vat[0], VatTotal)
