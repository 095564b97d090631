"""Requests per second of one connection: a token bucket whose callers wait their turn."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from raccord.connectors.http.failures import Crowded

BURST = 0.2
"""Seconds of requests that may leave at once: in no second do more than 1.2 times the rate leave."""


class Limiter:
    """Lets `rate` requests a second pass, in the order in which they came.

    After a pause, `burst` seconds of requests leave at once: a vendor that counts in spans of ten
    seconds takes more of them than one that counts in seconds. It knows this process alone; for a
    fleet there is the rate of a task queue, which Temporal keeps.
    """

    def __init__(
        self, rate: float, *, burst: float = BURST, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap = 1 / rate
        self._lead = max(burst - self._gap, 0.0)
        self._now = now
        self._free_at = now()
        self._queue = asyncio.Lock()
        self._queued = 0

    async def turn(self, *, within: float) -> None:
        """Wait for this request's turn. Raises `Crowded` at once when it is more than `within` seconds away.

        A caller that is cancelled while it waits leaves its turn to the next.
        """
        wait = self._wait() + self._queued * self._gap
        if wait > within:
            raise Crowded(timedelta(seconds=wait))
        self._queued += 1
        try:
            async with self._queue:
                if (wait := self._wait()) > 0:
                    await asyncio.sleep(wait)
                # By when it leaves, not by when it should have: a busy process wakes its waiters late, and
                # together.
                self._free_at = max(self._free_at, self._now()) + self._gap
        finally:
            self._queued -= 1

    def _wait(self) -> float:
        now = self._now()
        return max(self._free_at, now) - self._lead - now
