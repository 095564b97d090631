"""When to come back: what `Retry-After` says, within reason, else a wait that is spread out."""

import random
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=1)
_SECONDS = re.compile("[0-9]{1,9}")


def asked(text: str, *, now: datetime) -> timedelta | None:
    """Read `Retry-After`: seconds or a date (RFC 9110, 10.2.3); None when it is neither."""
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC) - now


def wait(text: str, *, otherwise: timedelta, now: datetime | None = None) -> timedelta:
    """Return how long to wait: what `Retry-After` asks for, between 1 s and 24 h, else about `otherwise`."""
    found = asked(text, now=now or datetime.now(UTC))
    if found is None:
        # Spread out, or all that collided come back together.
        found = otherwise * random.uniform(1, 1.5)  # noqa: S311
    return max(SHORTEST, min(found, LONGEST))
