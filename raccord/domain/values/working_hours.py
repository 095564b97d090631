"""Working hours: when a person who was asked can be expected to have seen it."""

from datetime import datetime, time, timedelta
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
            if begins < closes and day.weekday() < _SATURDAY and day not in self._holidays:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
            day += DAY
