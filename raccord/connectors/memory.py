"""Remembering for a while what a vendor said and what seldom changes."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 1000


class Memory(Generic[T]):
    """Answers by key, each for its own time; at most a thousand of them, the oldest goes first."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: dict[str, tuple[T, float]] = {}

    def forget(self, key: str) -> None:
        """Ask anew the next time."""
        self._known.pop(key, None)

    async def get(self, key: str, ask: Callable[[], Awaitable[T]], *, seconds: Callable[[T], float]) -> T:
        """Return what is remembered, else what `ask` returns, remembered for `seconds` of it from then on.

        Nothing is remembered of an `ask` that raises.
        """
        if (known := self._known.get(key)) and self._now() < known[1]:
            return known[0]
        found = await ask()
        self._known.pop(key, None)
        if len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = (found, self._now() + seconds(found))
        return found
