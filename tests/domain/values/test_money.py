"""Money is exact, in one currency, and is written as people expect."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from raccord.domain.values.money import (
    CurrencyMismatch,
    Money,
    currency_in_use,
    exponent,
    known_currency,
    round_half_up,
)

MINOR = st.integers(-(10**29), 10**29)
CURRENCY = st.sampled_from(["EUR", "JPY", "KWD", "RSD", "CLF"])


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


@given(MINOR, CURRENCY)
def test_minor_units_come_back_unchanged(minor: int, currency: str) -> None:
    assert Money.of_minor(minor, currency).minor == minor


@given(MINOR, MINOR, CURRENCY)
def test_adding_and_subtracting_is_integer_arithmetic(left: int, right: int, currency: str) -> None:
    a, b = Money.of_minor(left, currency), Money.of_minor(right, currency)
    assert ((a + b).minor, (a - b).minor) == (left + right, left - right)


@given(st.integers(-(10**20), 10**20), st.integers(0, 12), st.integers(0, 4))
def test_rounding_is_half_away_from_zero(digits: int, places: int, decimals: int) -> None:
    rounded = round_half_up(Decimal(digits).scaleb(-places), decimals)
    doubled = 2 * abs(digits) * 10**decimals + 10**places
    expected = doubled // (2 * 10**places)
    assert rounded == Decimal(expected if digits >= 0 else -expected).scaleb(-decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("0.015", 2, "0.02"),
        ("0.025", 2, "0.03"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999999", 2, "0.00"),
        ("0.5", 0, "1"),
        ("1.0005", 3, "1.001"),
    ],
)
def test_a_half_goes_away_from_zero(value: str, decimals: int, expected: str) -> None:
    assert round_half_up(Decimal(value), decimals) == Decimal(expected)


@pytest.mark.parametrize(
    ("code", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("RSD", 2), ("XPF", 0), ("CLF", 4)]
)
def test_a_currency_has_the_decimals_of_iso_4217(code: str, decimals: int) -> None:
    assert exponent(code) == exponent(code.lower()) == exponent(f" {code} ") == decimals


@pytest.mark.parametrize("code", ["EUR", "eur", " eur ", "JPY", "KWD", "CHF"])
def test_a_currency_is_known_in_any_case(code: str) -> None:
    assert known_currency(code)
    assert money("0", code).currency == code.strip().upper()


@pytest.mark.parametrize("code", ["", "€", "EURO", "BTC", "ZZZ", "12", "EU R"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    assert not known_currency(code)
    with pytest.raises(ValidationError, match="ISO 4217"):
        money("0", code)


@pytest.mark.parametrize("code", ["EUR", " eur ", "USD", "JPY", "KWD", "CHF", "XPF", "XAF", "XCG", "ZWG"])
def test_a_currency_people_pay_in_is_in_use(code: str) -> None:
    assert currency_in_use(code)


@pytest.mark.parametrize("code", ["FRF", "DEM", "HRK", "BGN", "ZWD", "XXX", "XTS", "XAU", "XDR", "", "EURO"])
def test_a_withdrawn_currency_is_kept_on_old_invoices_and_in_no_new_one(code: str) -> None:
    assert not currency_in_use(code)
    assert known_currency("FRF")


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "EUR"), ("0.5", "JPY"), ("0.0001", "KWD")])
def test_an_amount_finer_than_its_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValidationError, match="more decimals"):
        money(amount, currency)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_an_amount_that_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        money(amount)


def test_zeros_at_the_end_are_no_decimals() -> None:
    assert money("1.5000") == money("1.5")
    assert money("100.00", "JPY").minor == 100


def test_two_currencies_are_never_combined() -> None:
    with pytest.raises(CurrencyMismatch):
        money("1", "EUR") + money("1", "USD")
    with pytest.raises(CurrencyMismatch):
        money("1", "EUR") - money("0", "USD")


def test_money_is_frozen() -> None:
    with pytest.raises(ValidationError):
        money("1").amount = Decimal(2)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("amount", "currency", "french", "english"),
    [
        ("1234.56", "EUR", "1 234,56 €", "€1,234.56"),
        ("-0.5", "EUR", "-0,50 €", "-€0.50"),
        ("1234", "JPY", "1 234 JPY", "¥1,234"),
        ("1.5", "KWD", "1,500 KWD", "KWD1.500"),
        # Unicode shows these without decimals, which would print another amount than is owed.
        ("1234.56", "RSD", "1 234,56 RSD", "RSD1,234.56"),
        ("0.123", "IQD", "0,123 IQD", "IQD0.123"),
    ],
)
def test_a_person_reads_the_whole_amount(amount: str, currency: str, french: str, english: str) -> None:
    def plain(text: str) -> str:
        return " ".join(text.split())

    assert plain(money(amount, currency).text()) == french
    assert plain(money(amount, currency).text("en")) == english


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("1.5", "EUR", "1.50 EUR"), ("3", "JPY", "3 JPY"), ("1", "KWD", "1.000 KWD")],
)
def test_a_log_reads_the_decimals_of_the_currency(amount: str, currency: str, shown: str) -> None:
    assert str(money(amount, currency)) == shown
