from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raccord.connectors.errors import Permanent, Poison
from raccord.domain.values.money import Money, exponent
from raccord.vendors.stripe.money import Plain, of_minor, quantity, to_minor, unit_amount

TABLE = [
    ("19.99", "EUR", 1999),
    ("-0.01", "EUR", -1),
    ("1500", "JPY", 1500),
    ("1500", "XOF", 1500),
    ("1500", "MGA", 1500),
    ("1.230", "KWD", 1230),
    ("1.23", "TND", 1230),
    ("1500", "ISK", 150000),
    ("1500", "UGX", 150000),
    ("12.34", "HUF", 1234),
    ("12.34", "TWD", 1234),
]


@pytest.mark.parametrize(("amount", "currency", "minor"), TABLE)
def test_amounts_are_counted_stripes_way(amount: str, currency: str, minor: int) -> None:
    money = Money(amount=Decimal(amount), currency=currency)
    assert to_minor(money) == minor
    assert of_minor(minor, currency.lower()) == money
    assert unit_amount(Decimal(amount), currency) == minor


@pytest.mark.parametrize(("amount", "currency"), [("1.234", "KWD"), ("0.001", "BHD"), ("10.50", "MGA")])
def test_an_amount_stripe_cannot_hold_is_refused_in_words(amount: str, currency: str) -> None:
    with pytest.raises(Permanent, match=currency) as refused:
        to_minor(Money(amount=Decimal(amount), currency=currency))
    assert refused.value.code == "not_representable"


def test_a_fraction_that_the_currency_does_not_have_is_poison() -> None:
    with pytest.raises(Poison, match="1050 minor units in ISK"):
        of_minor(1050, "isk")


@given(
    minor=st.integers(min_value=-(10**12), max_value=10**12),
    currency=st.sampled_from(["EUR", "USD", "JPY", "KRW", "KWD", "TND", "ISK", "UGX", "MGA", "HUF", "TWD"]),
)
def test_every_amount_stripe_holds_survives_the_round_trip(minor: int, currency: str) -> None:
    step = {"KWD": 10, "TND": 10, "ISK": 100, "UGX": 100}.get(currency, 1)
    assert to_minor(of_minor(minor * step, currency)) == minor * step


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from(["EUR", "JPY", "KWD", "ISK"]))
def test_a_unit_price_is_the_same_number_in_minor_units(places: int, currency: str) -> None:
    price = Decimal(places).scaleb(-exponent(currency) - 3)
    sent = str(unit_amount(price, currency))
    assert set(sent) <= set("0123456789.")
    shift = {"EUR": 100, "JPY": 1, "KWD": 1000, "ISK": 100}[currency]
    assert Decimal(sent) == price * shift


@pytest.mark.parametrize(
    ("price", "sent"), [("0.0000000001", "0.00000001"), ("1E+3", "100000"), ("0.03456", "3.456"), ("0", "0")]
)
def test_no_exponent_is_ever_sent(price: str, sent: str) -> None:
    assert str(unit_amount(Decimal(price), "EUR")) == sent


def test_twelve_decimals_of_a_cent_are_the_last_that_fit() -> None:
    assert str(unit_amount(Decimal("0.00000000000001"), "EUR")) == "0.000000000001"
    with pytest.raises(Permanent, match="more decimals") as refused:
        unit_amount(Decimal("0.000000000000001"), "EUR")
    assert refused.value.field == "price"


def test_a_whole_quantity_is_an_integer_and_a_fraction_stays_exact() -> None:
    whole, half = quantity(Decimal("3.00")), quantity(Decimal("1.50"))
    assert (type(whole), whole) == (int, 3)
    assert (type(half), str(half)) == (Plain, "1.5")
    with pytest.raises(Permanent, match="quantity"):
        quantity(Decimal("0.0000000000001"))
