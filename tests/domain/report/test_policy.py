"""Whether a report is late, whichever day of the week it is told on."""

from datetime import datetime

import pytest

from raccord.domain.report.policy import ReportPolicy
from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.report import ReportRules, Weekday
from raccord.domain.values.clock import BusinessClock

PARIS = BusinessClock(zone="Europe/Paris")
W48 = Week.parse("2026-W48")


@pytest.mark.parametrize(
    ("day", "made", "late"),
    [
        (Weekday.MONDAY, "2026-11-30T09:00", False),
        (Weekday.MONDAY, "2026-11-30T23:59", False),
        (Weekday.MONDAY, "2026-12-01T00:00", True),
        (Weekday.FRIDAY, "2026-12-04T18:00", False),
        (Weekday.FRIDAY, "2026-12-05T00:00", True),
        (Weekday.SUNDAY, "2026-12-06T12:00", False),
    ],
)
def test_a_report_that_is_made_after_its_day_is_late(day: Weekday, made: str, late: bool) -> None:
    policy = ReportPolicy(
        mode=Mode.LIVE, crm="hubspot", billing="stripe", rules=ReportRules(day=day), clock=PARIS
    )
    at = datetime.fromisoformat(made).replace(tzinfo=PARIS.tz)
    assert policy.late(W48, at) is late


def test_a_missed_monday_is_about_the_week_that_it_was_due_for() -> None:
    """The machine was off from Sunday to Thursday; the schedule still names the Monday."""
    due = datetime(2026, 11, 30, 9, tzinfo=PARIS.tz)
    made = datetime(2026, 12, 3, 14, tzinfo=PARIS.tz)
    policy = ReportPolicy(mode=Mode.LIVE, crm="hubspot", billing="stripe", clock=PARIS)
    assert Week.due_at(due, PARIS) == W48
    assert policy.late(W48, made)
