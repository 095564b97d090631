"""What the law adds to a late invoice between businesses."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from raccord.domain.dunning.interest import Charges, charges_of
from raccord.domain.rules.dunning import Interest
from raccord.domain.values.account import Account
from tests.dunning.year import euros, invoice

BUSINESS = Account(customer_id="cus_1", business=True)
RATES = [
    {"valid_from": "2025-07-01", "percent": "12.15"},
    {"valid_from": "2026-01-01", "percent": "12.15"},
    {"valid_from": "2026-07-01", "percent": "8.5"},
]


def rules(**fields: object) -> Interest:
    return Interest.model_validate({"on": True, "rates": RATES, **fields})


def charged(amount: str, due_on: str, today: str, currency: str = "EUR") -> Charges:
    found = charges_of(invoice("A", due_on, amount, currency), BUSINESS, rules(), date.fromisoformat(today))
    assert found is not None
    return found


def test_penalties_count_each_day_after_the_due_date() -> None:
    # The worked example of the page on French law, and the case of 20 days.
    assert charged("1200.00", "2026-03-01", "2026-04-17").interest == euros("18.77")
    assert charged("1000.00", "2026-08-01", "2026-08-21").interest == euros("4.66")


def test_penalties_over_two_half_years_are_split_at_the_end_of_june() -> None:
    found = charged("1000.00", "2026-06-20", "2026-07-10")

    spans = [(each.first, each.last, each.days, each.percent, each.amount) for each in found.penalties]
    assert spans == [
        (date(2026, 6, 21), date(2026, 6, 30), 10, Decimal("12.15"), euros("3.33")),
        (date(2026, 7, 1), date(2026, 7, 10), 10, Decimal("8.5"), euros("2.33")),
    ]
    assert found.interest == euros("5.66")


def test_penalties_over_the_turn_of_the_year_are_split_at_the_end_of_december() -> None:
    found = charged("1000.00", "2025-12-21", "2026-01-10")

    assert [(each.last, each.days) for each in found.penalties] == [
        (date(2025, 12, 31), 10),
        (date(2026, 1, 10), 10),
    ]


@pytest.mark.parametrize(
    ("due_on", "today", "days"),
    [
        ("2026-06-30", "2026-07-01", [1]),
        ("2026-06-29", "2026-06-30", [1]),
        ("2026-06-29", "2026-07-01", [1, 1]),
    ],
)
def test_a_half_year_ends_with_its_last_day(due_on: str, today: str, days: list[int]) -> None:
    assert [each.days for each in charged("1000.00", due_on, today).penalties] == days


def test_penalties_are_of_what_is_left_now() -> None:
    owed = invoice("A", "2026-08-01", "1000.00").model_copy(update={"due": euros("500.00")})
    found = charges_of(owed, BUSINESS, rules(), date(2026, 8, 21))

    assert found is not None
    assert found.interest == euros("2.33")


def test_without_the_rate_of_one_half_year_there_is_no_amount_at_all() -> None:
    found = charged("1000.00", "2026-12-20", "2027-01-10")

    assert (found.interest, found.penalties, found.missing) == (None, (), (date(2027, 1, 1),))
    assert found.indemnity == euros("40")


def test_the_indemnity_is_in_euros_and_the_penalties_in_the_currency_of_the_invoice() -> None:
    found = charged("100000", "2026-08-01", "2026-08-21", "JPY")

    assert (found.interest, found.indemnity) == (euros("466", "JPY"), euros("40"))


def test_a_company_may_waive_the_indemnity() -> None:
    found = charges_of(invoice("A", "2026-08-01"), BUSINESS, rules(indemnity="0"), date(2026, 8, 21))

    assert found is not None
    assert found.indemnity is None


@pytest.mark.parametrize("business", [False, None])
def test_nothing_is_added_for_a_private_person_or_for_whom_nobody_knows(business: bool | None) -> None:
    account = Account(customer_id="cus_1", business=business)

    assert charges_of(invoice("A", "2026-08-01"), account, rules(), date(2026, 8, 21)) is None


def test_nothing_is_added_on_the_due_date_or_where_the_company_asks_for_nothing() -> None:
    owed = invoice("A", "2026-08-01")

    assert charges_of(owed, BUSINESS, rules(), date(2026, 8, 1)) is None
    assert charges_of(owed, BUSINESS, rules(on=False), date(2026, 8, 21)) is None


def test_a_rate_is_that_of_a_half_year() -> None:
    with pytest.raises(ValidationError, match="rate_from"):
        rules(rates=[{"valid_from": "2026-03-01", "percent": "12.15"}])
