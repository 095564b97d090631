"""Which week an instant's report is about, whatever the clocks do."""

from datetime import UTC, date, datetime

import pytest

from raccord.domain.report.week import Week
from raccord.domain.values.clock import BusinessClock

PARIS = BusinessClock(zone="Europe/Paris")


@pytest.mark.parametrize(
    ("fires", "told"),
    [
        ("2026-03-23T08:00", "2026-W12"),
        ("2026-03-30T07:00", "2026-W13"),
        ("2026-10-19T07:00", "2026-W42"),
        ("2026-10-26T08:00", "2026-W43"),
        ("2027-01-04T08:00", "2026-W53"),
    ],
)
def test_monday_at_nine_tells_the_week_that_was_over(fires: str, told: str) -> None:
    at = datetime.fromisoformat(fires).replace(tzinfo=UTC)
    assert at.astimezone(PARIS.tz).hour == 9
    assert str(Week.due_at(at, PARIS)) == told
    assert Week.parse(told) == Week.due_at(at, PARIS)


def test_a_run_that_is_late_tells_the_week_it_was_due_for() -> None:
    scheduled = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert Week.due_at(scheduled, PARIS).holds(date(2026, 11, 29))
    assert not Week.due_at(scheduled, PARIS).holds(date(2026, 11, 30))


def test_a_week_goes_on_over_new_year() -> None:
    week = Week.of(date(2026, 12, 31))
    assert week == Week.of(date(2027, 1, 3))
    assert (str(week), str(week.back(-1)), str(week.back(53))) == ("2026-W53", "2027-W01", "2025-W52")


@pytest.mark.parametrize("text", ["", "2026", "2026-W54", "W48", "2026-13-01"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the standard library
        Week.parse(text)


def test_a_week_begins_on_monday() -> None:
    with pytest.raises(ValueError, match="no Monday"):
        Week(monday=date(2026, 11, 24))
