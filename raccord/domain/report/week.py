"""The week that a report is about: seven business dates, Monday to Sunday."""

from datetime import date, datetime
from functools import total_ordering
from typing import Self

from pydantic import field_validator

from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY, BusinessClock

_LENGTH = 7 * DAY


@total_ordering
class Week(Value):
    """An ISO 8601 week, by its Monday. `str()` is `2026-W48`."""

    monday: date

    @field_validator("monday")
    @classmethod
    def _begins_on_monday(cls, day: date) -> date:
        if day.weekday() != 0:
            raise ValueError(f"{day} is no Monday")
        return day

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the week in which a business date lies."""
        return cls(monday=day - day.weekday() * DAY)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-W48`, or any day of the week as `2026-11-25`. Raises `ValueError`."""
        return cls.of(date.fromisoformat(text.strip().upper()))

    @classmethod
    def due_at(cls, instant: datetime, clock: BusinessClock) -> Self:
        """Return the week that was over last at an aware instant, as its report is made."""
        return cls.of(clock.date_of(instant)).back(1)

    @property
    def sunday(self) -> date:
        return self.monday + 6 * DAY

    def back(self, weeks: int) -> Self:
        """Return the week so many weeks before; after, where it is negative."""
        return self.model_copy(update={"monday": self.monday - weeks * _LENGTH})

    def holds(self, day: date) -> bool:
        return self.monday <= day <= self.sunday

    def __lt__(self, other: "Week") -> bool:
        return self.monday < other.monday

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"
