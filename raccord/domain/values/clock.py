"""The only conversion between instants and business dates."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import Field

from raccord.domain.values.base import Duration, Value

DAY = timedelta(days=1)


class BusinessClock(Value):
    """Converts between aware instants and business dates in the company's zone.

    With `day_length` of 24 h a date is the civil date of `zone`. A shorter day (the demo) counts
    scaled days from `epoch`; sending hours and working days do not apply then.
    """

    zone: str = "Europe/Paris"
    day_length: Duration = Field(default=DAY, gt=timedelta(0), le=DAY)
    epoch: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def scaled(self) -> bool:
        return self.day_length != DAY

    def date_of(self, instant: datetime) -> date:
        """Return the business date of an aware instant. Raises `ValueError` on a naive one."""
        if instant.tzinfo is None:
            raise ValueError("an instant has a time zone")
        if not self.scaled:
            return instant.astimezone(self.tz).date()
        return self.epoch.date() + DAY * ((instant - self.epoch) // self.day_length)

    def start_of(self, day: date) -> datetime:
        """Return the first instant of a business date, aware, in UTC."""
        return self.end_of(day - DAY) + timedelta(seconds=1)

    def end_of(self, day: date) -> datetime:
        """Return the last second of a business date, aware, in UTC."""
        if not self.scaled:
            following = datetime.combine(day + DAY, time(0), tzinfo=self.tz)
            return following.astimezone(UTC) - timedelta(seconds=1)
        return self.epoch + (day + DAY - self.epoch.date()).days * self.day_length - timedelta(seconds=1)


def a_year_before(day: date) -> date:
    """Return the same day of the year before; for 29 February the day before 1 March."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day - timedelta(days=366)
