"""How the week is told, frozen from the settings; and what comes of it."""

from datetime import date, datetime

from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.report import ReportRules
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY, BusinessClock


class ReportPolicy(Value):
    """Connections are their task queues too."""

    mode: Mode
    crm: str
    billing: str
    sinks: tuple[str, ...] = ()
    mailer: str = ""
    """Empty where nobody is written to."""
    since: date | None = None
    """The cut-over; None where there is none yet: then nothing is known of gaps."""
    rules: ReportRules = ReportRules()
    clock: BusinessClock = BusinessClock()
    timing: Timing = Timing()
    language: str = "fr"

    def late(self, week: Week, instant: datetime) -> bool:
        """Whether a report is made on a later day than the one on which it was due."""
        due_on = week.monday + (7 + (self.rules.day.number - 1) % 7) * DAY
        return not self.clock.scaled and self.clock.date_of(instant) > due_on


class ReportWanted(Value):
    """Whose week is told; None: that of the schedule, the last one that was over."""

    week: Week | None = None


class Place(Value):
    """A place where the report is shown, by its connection: where people open it, or what kept it off."""

    name: str
    url: str = ""
    trouble: str = ""


class Ending(Value):
    """What came of it: the report itself stands in the records."""

    week: Week
    places: tuple[Place, ...] = ()
    mailed: bool = False
