from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from raccord.domain.values.clock import BusinessClock
from raccord.vendors.hubspot.values import (
    parse_business_date,
    parse_date,
    parse_decimal,
    parse_instant,
    parse_language,
    parse_percent,
)

PARIS = BusinessClock()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1200", "1200"),
        ("1200.00", "1200.00"),
        ("-3.5", "-3.5"),
        (".5", "0.5"),
        (" 42 ", "42"),
        ("1 200,50", "1200.50"),
        ("1\u00a0200,50", "1200.50"),
        ("12\u202f345\u202f678,9", "12345678.9"),
        ("1 200.50", "1200.50"),
        ("5,5", "5.5"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("1.200", "1.200"),
        ("1.2E7", "12000000"),
        ("0", "0"),
        ("00012", "12"),
        ("3.3000000000000003", "3.3"),
        ("0.30000000000000004", "0.3"),
        ("1200.4999999999998", "1200.5"),
        ("89.99999999999999", "90"),
        ("123456789012.345", "123456789012.345"),
        ("12345678901234567", "12345678901234567"),
    ],
)
def test_numbers_are_read_exactly(text: str, expected: str) -> None:
    assert parse_decimal(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "12k",
        "1,200",
        "-12,345",
        "1.200,50",
        "1,200.50",
        "1 20",
        "12 34,5",
        "1,2,3",
        "1200 €",
        "EUR 12",
        "",
        " ",
        "NaN",
        "Infinity",
        "-inf",
        "0x10",
        "1_000",
        "١٢",
        "1e400",
        "1E99999999",
        "--1",
        "9" * 40,
        "1,",
        ",5",
        "1.2.3",
    ],
)
def test_what_may_mean_two_numbers_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20", "20"),
        ("20 %", "20"),
        ("20%", "20"),
        ("5,5", "5.5"),
        ("5.5", "5.5"),
        ("5,5\u00a0%", "5.5"),
        ("2.10", "2.1"),
        ("TVA 20 %", "20"),
        ("TVA à 5,5 %", "5.5"),
        ("Taux de TVA : 10", "10"),
        ("20 % TVA", "20"),
        ("VAT 20%", "20"),
        ("tva_20", "20"),
    ],
)
def test_vat_rates_are_read_as_percent(text: str, expected: str) -> None:
    assert parse_percent(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["20 % HT", "TVA", "TVA 20 % ou 10 %", "TVA non applicable", "%", "vingt", "20 %%", "FR_200"]
)
def test_an_unclear_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_percent(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20",
        "1795132800000",
        "2026-11-20T00:00:00Z",
        "2026-11-20T00:00:00.000Z",
        "2026-11-20T10:15:00+01:00",
    ],
)
def test_a_date_is_the_day_that_was_meant(text: str) -> None:
    assert parse_date(text, PARIS) == date(2026, 11, 20)


def test_a_date_at_midnight_utc_is_that_day_also_west_of_greenwich() -> None:
    assert parse_date("1795132800000", BusinessClock(zone="America/Cayenne")) == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "20/11/2026",
        "2026-11-31",
        "2026-13-01",
        "demain",
        "999999999999999",
        "-999999999999999",
        "1.5",
        "2026-11-20T10:15:00",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the calendar or of ours
        parse_date(text, PARIS)


def test_the_day_of_closing_is_the_company_s_day() -> None:
    assert parse_business_date("2026-11-20T23:30:00Z", PARIS) == date(2026, 11, 21)
    assert parse_business_date("2026-11-20T22:59:59.999Z", PARIS) == date(2026, 11, 20)
    assert parse_business_date("2026-07-20T22:00:00Z", PARIS) == date(2026, 7, 21)
    assert parse_business_date("1795217400000", PARIS) == date(2026, 11, 21)
    assert parse_business_date("2026-11-20", PARIS) == date(2026, 11, 20)


def test_instants_are_aware_and_exact() -> None:
    assert parse_instant("1750339999870") == datetime(2025, 6, 19, 13, 33, 19, 870000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr-FR", "fr"),
        ("fr_CA", "fr"),
        ("Français", "fr"),
        ("English", "en"),
        ("en-gb", "en"),
        ("de", ""),
        ("", ""),
        ("French fries", ""),
        ("france", ""),
    ],
)
def test_languages_are_ours_or_left_open(text: str, expected: str) -> None:
    assert parse_language(text) == expected
