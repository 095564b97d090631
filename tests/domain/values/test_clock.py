"""Instants and business dates, through every day of a leap year and both clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from raccord.domain.values.clock import DAY, BusinessClock

PARIS = BusinessClock()
LEAP_YEAR = [date(2028, 1, 1) + DAY * n for n in range(366)]
SECOND = timedelta(seconds=1)
DATES = st.dates(date(2000, 1, 1), date(2100, 12, 31))
ZONES = st.sampled_from(
    ["Europe/Paris", "UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Africa/Cairo"]
)


def test_every_day_of_a_leap_year_ends_one_second_before_the_next() -> None:
    for day in LEAP_YEAR:
        end = PARIS.end_of(day)
        assert PARIS.date_of(end) == day
        assert PARIS.date_of(end + SECOND) == day + DAY


def test_a_leap_year_has_two_days_that_are_not_24_hours_long() -> None:
    lengths = {day: PARIS.end_of(day) - PARIS.end_of(day - DAY) for day in LEAP_YEAR}
    odd = {day: length for day, length in lengths.items() if length != DAY}
    assert odd == {date(2028, 3, 26): timedelta(hours=23), date(2028, 10, 29): timedelta(hours=25)}


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        # Winter is UTC+1, summer UTC+2.
        ("2026-11-22T22:59:59+00:00", date(2026, 11, 22)),
        ("2026-11-22T23:00:00+00:00", date(2026, 11, 23)),
        ("2026-07-14T21:59:59+00:00", date(2026, 7, 14)),
        ("2026-07-14T22:00:00+00:00", date(2026, 7, 15)),
        # The night clocks go forward, and both 02:30 of the night they go back.
        ("2026-03-29T00:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T01:00:00+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        ("2026-10-25T00:30:00+00:00", date(2026, 10, 25)),
        ("2026-10-25T01:30:00+00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
        # New Year in Paris while an American vendor is still in the old year.
        ("2026-12-31T18:00:00-05:00", date(2027, 1, 1)),
        ("2028-02-28T23:30:00+00:00", date(2028, 2, 29)),
    ],
)
def test_the_date_is_the_one_in_the_companys_zone(instant: str, day: date) -> None:
    assert PARIS.date_of(datetime.fromisoformat(instant)) == day


@pytest.mark.parametrize("day_length", [DAY, timedelta(seconds=5)])
def test_an_instant_without_a_zone_is_refused(day_length: timedelta) -> None:
    with pytest.raises(ValueError, match="time zone"):
        BusinessClock(day_length=day_length).date_of(datetime(2026, 11, 22))  # noqa: DTZ001


@settings(max_examples=60)
@given(DATES, ZONES)
def test_a_date_ends_within_itself(day: date, zone: str) -> None:
    clock = BusinessClock(zone=zone)
    end = clock.end_of(day)
    assert end.tzinfo is UTC
    assert (clock.date_of(end), clock.date_of(end + SECOND)) == (day, day + DAY)


@settings(max_examples=60)
@given(DATES, st.integers(1, 86_399))
def test_a_scaled_date_ends_within_itself(day: date, seconds: int) -> None:
    clock = BusinessClock(day_length=timedelta(seconds=seconds))
    end = clock.end_of(day)
    assert clock.scaled
    assert (clock.date_of(end), clock.date_of(end + SECOND)) == (day, day + DAY)


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2025, 12, 1), datetime(2026, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([DAY, timedelta(seconds=4), timedelta(hours=1)]),
)
def test_an_instant_is_never_after_the_end_of_its_date(instant: datetime, day_length: timedelta) -> None:
    clock = BusinessClock(day_length=day_length)
    day = clock.date_of(instant)
    whole = instant.replace(microsecond=0)
    assert clock.end_of(day - DAY) < whole <= clock.end_of(day)


def test_a_scaled_day_passes_in_seconds() -> None:
    epoch = datetime(2026, 11, 22, 10, tzinfo=UTC)
    clock = BusinessClock(day_length=timedelta(seconds=5), epoch=epoch)
    assert clock.date_of(epoch) == date(2026, 11, 22)
    assert clock.date_of(epoch + timedelta(seconds=4.9)) == date(2026, 11, 22)
    assert clock.date_of(epoch + timedelta(seconds=5)) == date(2026, 11, 23)
    assert clock.date_of(epoch + timedelta(seconds=150)) == date(2026, 12, 22)
    assert clock.date_of(epoch - SECOND) == date(2026, 11, 21)


def test_an_ordinary_day_is_not_scaled() -> None:
    assert not PARIS.scaled


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_day_has_a_length(seconds: int) -> None:
    with pytest.raises(ValidationError):
        BusinessClock(day_length=timedelta(seconds=seconds))
