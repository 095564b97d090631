"""When reminders may leave: sending days and hours in the company's zone.

On a clock of short days (a demo) hours and days off do not apply. Nothing here opens a file but
`public_holidays`, which is asked where the policy is frozen and never by a flow.
"""

from datetime import UTC, date, datetime

import holidays

from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.values.clock import DAY

_YEARS_AHEAD = 3
"""A process that runs longer than that without a start sends on public holidays too."""


def public_holidays(country: str, today: date) -> tuple[date, ...]:
    """Return a country's public holidays around a day; none of a country whose holidays nobody knows.

    `country` is ISO 3166-1 alpha-2.
    """
    years = range(today.year - 1, today.year + _YEARS_AHEAD + 1)
    try:
        return tuple(sorted(holidays.country_holidays(country, years=years)))
    except NotImplementedError:
        return ()


def sends_on(policy: DunningPolicy, day: date) -> bool:
    """Whether mails leave on a business date."""
    rules = policy.rules
    if policy.clock.scaled:
        return True
    return day.weekday() in rules.weekdays and (rules.on_holidays or day not in policy.holidays)


def may_send(policy: DunningPolicy, at: datetime) -> bool:
    """Whether a mail may leave at an aware instant."""
    if policy.clock.scaled:
        return True
    here = at.astimezone(policy.clock.tz)
    return sends_on(policy, here.date()) and policy.rules.sends_at <= here.time() < policy.rules.sends_until


def sending_from(policy: DunningPolicy, day: date) -> datetime:
    """Return the first instant, aware, in UTC, at which mails leave on a business date or after it."""
    while not sends_on(policy, day):
        day += DAY
    if policy.clock.scaled:
        return policy.clock.start_of(day)
    return datetime.combine(day, policy.rules.sends_at, tzinfo=policy.clock.tz).astimezone(UTC)


def next_sending(policy: DunningPolicy, at: datetime) -> datetime:
    """Return the first instant at which a mail may leave, at an aware instant or after it."""
    if may_send(policy, at):
        return at
    today = policy.clock.date_of(at)
    opens = sending_from(policy, today)
    return opens if opens > at else sending_from(policy, today + DAY)
