"""When to come back: HubSpot names the exhausted quota, not the time (HubSpot docs: usage-guidelines)."""

import random
import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from raccord.vendors.hubspot.fault import Fault

_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(days=1)
_LOCKED = timedelta(seconds=2)
_TEN_SECONDS = timedelta(seconds=10)
_MIGRATION = timedelta(minutes=1)
_DAILY_LOOK = timedelta(hours=8)
"""The quota is renewed at the account's midnight, and its zone may not be the company's."""
_SECONDS = re.compile("[0-9]{1,9}")


def wait(fault: Fault, *, now: datetime, zone: tzinfo) -> timedelta:
    """Return the wait after a 423, 429 or 477: what `Retry-After` says, else what its kind asks for."""
    asked = _asked(fault.retry_after, now)
    if asked is not None:
        floor = _LOCKED if fault.status == 423 else _SHORTEST
        return max(floor, min(asked, _LONGEST))
    # Spread out, or all that collided come back together.
    return _default(fault, now, zone) * random.uniform(1, 1.5)  # noqa: S311


def _default(fault: Fault, now: datetime, zone: tzinfo) -> timedelta:
    match fault.status, fault.policy:
        case 423, _:
            return _LOCKED
        case 477, _:
            return _MIGRATION
        case _, "SECONDLY":
            return _SHORTEST
        case _, "DAILY":
            return min(_until_midnight(now, zone), _DAILY_LOOK)
        case _:
            return _TEN_SECONDS


def _until_midnight(now: datetime, zone: tzinfo) -> timedelta:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), tzinfo=zone).astimezone(UTC) - now.astimezone(UTC)


def _asked(text: str, now: datetime) -> timedelta | None:
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC) - now
