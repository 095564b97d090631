"""What flow 3 may do, frozen from the settings."""

import hashlib
from datetime import date, datetime

from raccord.domain.rules.dunning import Dunning
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY, BusinessClock


class DunningPolicy(Value):
    """What flow 3 may do right now. Connections are their task queues too, empty where there is none."""

    mode: Mode
    crm: str
    billing: str
    mailer: str = ""
    messenger: str = ""
    rules: Dunning = Dunning()
    holidays: tuple[date, ...]
    """Public holidays of the company's country, for some years: a flow finds the same in its history."""
    clock: BusinessClock = BusinessClock()
    mails_leave: bool = True
    """Whether mails to customers leave: with test credentials only where the settings say so."""
    test: bool = True
    customers_language: str = "fr"
    """Of customers of whom nobody knows theirs."""
    company: str = ""
    timing: Timing = Timing()
    language: str = "fr"
    """Of what the company itself reads."""

    def looks_before(self, now: datetime) -> date:
        """Return the business date such that whoever owes something due before it may be reminded today."""
        first = min(levels[0].day for levels in self.rules.ladders)
        return self.clock.date_of(now) + DAY * max(0, 1 - first)

    @property
    def fingerprint(self) -> str:
        """The same for the same rules."""
        return hashlib.sha256(self.rules.model_dump_json().encode()).hexdigest()[:12]
