"""How the week is told, frozen from the settings; and what comes of it."""

from datetime import date, datetime
from enum import StrEnum

from raccord.domain.report.place import Place
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
    messenger: str = ""
    """Empty where nobody is told of what goes wrong."""
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


class Mailed(StrEnum):
    """What became of the mail to management."""

    SENT = "sent"
    """Now, or when the week was told before."""
    NOT_SENT = "not_sent"
    """Nobody is written to, or the mail server refused it."""
    UNKNOWN = "unknown"
    """It may have left, and nobody can ask: it is not sent again."""


class Ending(Value):
    """What came of it: the report itself stands in the records."""

    week: Week
    places: tuple[Place, ...] = ()
    mailed: Mailed = Mailed.NOT_SENT
