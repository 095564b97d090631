"""HubSpot's request limits."""

import time
from collections import deque

from starlette.datastructures import MutableHeaders


class Window:
    """A rolling window: at most `limit` requests in any `seconds`."""

    def __init__(self, *, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count one request; False when the window is full (then it is not counted)."""
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) >= self.limit:
            return False
        self._taken.append(now)
        return True

    @property
    def remaining(self) -> int:
        return self.limit - len(self._taken)


class Limits:
    """Per app, requests in ten seconds; per account, searches in a second and requests in a day."""

    def __init__(self, *, ten_seconds: int, searches: int, daily: int) -> None:
        self._calls = Window(limit=ten_seconds, seconds=10.0)
        self._searches = Window(limit=searches, seconds=1.0)
        self._daily = daily
        self._today = 0

    def exceeded(self, *, search: bool) -> str | None:
        """Count one request; the name of the policy it breaks, or None."""
        if search and not self._searches.take():
            return "SECONDLY"
        if not self._calls.take():
            return "TEN_SECONDLY_ROLLING"
        self._today += 1
        return "DAILY" if self._today > self._daily else None

    def admit_in_ten_seconds(self, limit: int) -> None:
        """Change the app's limit: an account can buy a higher one."""
        self._calls.limit = limit

    def announce(self, headers: MutableHeaders) -> None:
        """Write the rate-limit headers; HubSpot leaves them out on search."""
        headers["X-HubSpot-RateLimit-Daily"] = str(self._daily)
        headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, self._daily - self._today))
        headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
        headers["X-HubSpot-RateLimit-Max"] = str(self._calls.limit)
        headers["X-HubSpot-RateLimit-Remaining"] = str(self._calls.remaining)
