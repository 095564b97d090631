"""When the week is told, and to whom."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from raccord.domain.rules.written import names
from raccord.domain.values.base import Duration, Value
from raccord.domain.values.email import BareAddress


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As cron counts: Sunday is 0."""
        return (list(Weekday).index(self) + 1) % 7


class ReportRules(Value):
    """The weekly report, which is always about the ISO week that was over last."""

    day: Weekday = Weekday.MONDAY
    at: time = time(9)
    """In the company's zone."""
    to: Annotated[tuple[BareAddress, ...], BeforeValidator(names)] = ()
    """E-mail addresses of management; nobody is written to where there are none."""
    wait: Duration = Field(default=timedelta(minutes=30), gt=timedelta(0), le=timedelta(days=1))
    """How long the mail waits for a place that is down."""
