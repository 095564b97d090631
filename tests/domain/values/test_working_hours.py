from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.working_hours import WorkingHours

PARIS = ZoneInfo("Europe/Paris")
HOURS = WorkingHours()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23T10:00", 2, "2026-11-23T12:00"),  # a Monday
        ("2026-11-23T17:00", 2, "2026-11-24T10:00"),
        ("2026-11-23T07:00", 2, "2026-11-23T11:00"),
        ("2026-11-23T22:00", 1, "2026-11-24T10:00"),
        ("2026-11-27T17:30", 1, "2026-11-30T09:30"),  # over a weekend
        ("2026-12-24T17:00", 2, "2026-12-28T10:00"),  # Christmas and a weekend
        ("2026-05-13T17:00", 2, "2026-05-15T10:00"),  # Ascension
        ("2026-03-27T17:00", 2, "2026-03-30T10:00"),  # clocks go forward in between
        ("2026-11-23T09:00", 9, "2026-11-23T18:00"),
        ("2026-11-23T09:00", 90, "2026-12-04T18:00"),
    ],
)
def test_only_working_hours_count(start: str, hours: int, due: str) -> None:
    assert HOURS.after(at(start), timedelta(hours=hours)) == at(due)


def test_the_start_may_be_in_any_zone() -> None:
    utc = at("2026-11-23T10:00").astimezone(ZoneInfo("UTC"))
    assert HOURS.after(utc, timedelta(hours=1)) == at("2026-11-23T11:00")


def test_in_a_short_day_every_hour_counts() -> None:
    hours = WorkingHours(clock=BusinessClock(day_length=timedelta(seconds=4)))
    sunday = at("2026-11-22T03:00")
    assert hours.after(sunday, timedelta(seconds=9)) == sunday + timedelta(seconds=9)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23T10:00", 0, "2026-11-23T18:00"),  # a Monday
        ("2026-11-23T10:00", 2, "2026-11-25T18:00"),
        ("2026-11-27T23:30", 1, "2026-11-30T18:00"),  # over a weekend
        ("2026-11-28T10:00", 0, "2026-11-30T18:00"),
        ("2026-11-28T10:00", 1, "2026-12-01T18:00"),
        ("2026-12-24T10:00", 1, "2026-12-28T18:00"),  # Christmas and a weekend
        ("2026-05-13T10:00", 1, "2026-05-15T18:00"),  # Ascension
    ],
)
def test_a_day_is_due_at_the_end_of_a_working_day(start: str, days: int, due: str) -> None:
    assert HOURS.days_after(at(start), days) == at(due)


def test_on_a_clock_of_short_days_every_day_is_one() -> None:
    short = WorkingHours(clock=BusinessClock(day_length=timedelta(seconds=5)))
    start = at("2026-11-28T10:00")
    assert short.days_after(start, 3) == start + timedelta(seconds=15)
