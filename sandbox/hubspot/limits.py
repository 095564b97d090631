"""HubSpot's request limits."""

from starlette.datastructures import MutableHeaders

from sandbox.core.limits import Window


class Limits:
    """Per app, requests in ten seconds; per account, searches in a second and requests in a day."""

    def __init__(self, *, searches: int, daily: int) -> None:
        self._calls, self._searches = Window(seconds=10), Window(seconds=1)
        self._most_searches = searches
        self._daily = daily
        self._today = 0

    def exceeded(self, *, search: bool, ten_seconds: int) -> str | None:
        """Count one request; the name of the policy it breaks, or None."""
        if search and not self._searches.take(self._most_searches):
            return "SECONDLY"
        if not self._calls.take(ten_seconds):
            return "TEN_SECONDLY_ROLLING"
        self._today += 1
        return "DAILY" if self._today > self._daily else None

    def announce(self, headers: MutableHeaders, *, ten_seconds: int) -> None:
        """Write the rate-limit headers; HubSpot leaves them out on search."""
        headers["X-HubSpot-RateLimit-Daily"] = str(self._daily)
        headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, self._daily - self._today))
        headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
        headers["X-HubSpot-RateLimit-Max"] = str(ten_seconds)
        headers["X-HubSpot-RateLimit-Remaining"] = str(ten_seconds - self._calls.count())
