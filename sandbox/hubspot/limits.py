"""HubSpot's request limits."""

from starlette.datastructures import MutableHeaders

from sandbox.core.limits import Window
from sandbox.hubspot.settings import HubSpotSettings


class Limits:
    """Per app, requests in ten seconds; per account, searches in a second and requests in a day."""

    def __init__(self) -> None:
        self._calls, self._searches = Window(seconds=10), Window(seconds=1)
        self._today = 0

    def exceeded(self, settings: HubSpotSettings, *, search: bool) -> str | None:
        """Count one request; the name of the policy it breaks, or None."""
        if search and not self._searches.take(settings.searches_per_second):
            return "SECONDLY"
        if not self._calls.take(settings.requests_per_ten_seconds):
            return "TEN_SECONDLY_ROLLING"
        self._today += 1
        return "DAILY" if self._today > settings.requests_per_day else None

    def announce(self, headers: MutableHeaders, settings: HubSpotSettings) -> None:
        """Write the rate-limit headers; HubSpot leaves them out on search."""
        daily, ten_seconds = settings.requests_per_day, settings.requests_per_ten_seconds
        headers["X-HubSpot-RateLimit-Daily"] = str(daily)
        headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, daily - self._today))
        headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
        headers["X-HubSpot-RateLimit-Max"] = str(ten_seconds)
        headers["X-HubSpot-RateLimit-Remaining"] = str(ten_seconds - self._calls.count())
