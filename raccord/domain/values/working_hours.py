"""Working hours: when a person who was asked can be expected to have seen it."""

from datetime import date, datetime, time, timedelta
from functools import cached_property

import holidays

from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY, BusinessClock

_SATURDAY = 5


class WorkingHours(Value):
    """The hours of a working day in the company's zone: Monday to Friday, public holidays left out.

    On a clock of short days (a demo) every hour is a working hour.
    """

    clock: BusinessClock = BusinessClock()
    country: str = "FR"
    opens_at: time = time(9)
    closes_at: time = time(18)

    @cached_property
    def _holidays(self) -> holidays.HolidayBase:
        return holidays.country_holidays(self.country)

    def days_after(self, start: datetime, days: int) -> datetime:
        """Return the end of the working day that comes so many working days after an aware instant's own.

        0 is that day itself, or the next working day where it is none.
        """
        if self.clock.scaled:
            return start + self.clock.day_length * days
        day, left = start.astimezone(self.clock.tz).date(), days
        while not self._works_on(day) or left:
            left -= self._works_on(day)
            day += DAY
        return datetime.combine(day, self.closes_at, tzinfo=self.clock.tz)

    def _works_on(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self._holidays

    def after(self, start: datetime, working: timedelta) -> datetime:
        """Return when so much working time has passed since an aware instant."""
        if self.clock.scaled or working <= timedelta(0):
            return start + working
        here = start.astimezone(self.clock.tz)
        left, day = working, here.date()
        while True:
            opens = datetime.combine(day, self.opens_at, tzinfo=self.clock.tz)
            closes = datetime.combine(day, self.closes_at, tzinfo=self.clock.tz)
            begins = max(opens, here)
            if begins < closes and self._works_on(day):
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
            day += DAY
