"""Reading what happened in spans that are not too full: Stripe lists the newest first."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")
MOST_EVENTS = 5_000
"""That are read at once: 50 pages, well below a minute."""


class TooMany(Exception):
    """More events than are read at once. `after`: those that were read came in this second or later."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after


async def first_span(
    since: datetime, until: datetime | None, read: Callable[[int, int | None], Awaitable[T]]
) -> tuple[T, datetime | None]:
    """Return what `read` says of the beginning of a span, and where what it read ends.

    `read` takes a first second, and one that it stops before or None. Where it raises `TooMany`, which it
    must not of one second, the span is narrowed as far as the events lie close.
    """
    first, last = int(since.timestamp()), int(until.timestamp()) if until else None
    end = until
    while True:
        try:
            return await read(first, last), end
        except TooMany as many:
            now = last or int(datetime.now(UTC).timestamp()) + 1
            last = first + max(min(now - many.after, (now - first) // 2), 1)
            end = datetime.fromtimestamp(last, UTC)
