"""Walking through pages that name the next one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from raccord.connectors.http.reading import Misshapen

P = TypeVar("P")
C = TypeVar("C")


async def pages(
    fetch: Callable[[C | None], Awaitable[P]], onward: Callable[[P], C | None]
) -> AsyncIterator[P]:
    """Yield page after page: `fetch` takes the cursor of a page, None for the first; `onward` reads the next.

    Raises `Misshapen` when a page names itself as the next: that would never end.
    """
    cursor: C | None = None
    while True:
        page = await fetch(cursor)
        yield page
        following = onward(page)
        if following is None:
            return
        if following == cursor:
            raise Misshapen("a page that follows itself")
        cursor = following
