"""Daily tokens of the company, and requests in two seconds of each token (pipedrive.md 8)."""

import math
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from sandbox.core.limits import Window
from sandbox.pipedrive import errors
from sandbox.pipedrive.settings import PLANS, PipedriveSettings

_PER_SEAT = 30_000
_SEARCHES = 10
_MEMORY = 5
"""Windows for which a request that was refused is held against the token."""


class Limits:
    """What is left since the last midnight of the server's, and in the last two seconds."""

    def __init__(self) -> None:
        self._used = 0
        self._day: date | None = None
        self._calls: dict[tuple[str, bool], Window] = {}
        self._refused: dict[str, Window] = {}
        self._blocked: dict[str, float] = {}

    def midnight(self) -> None:
        """The day is over."""
        self._used = 0

    def refusal(
        self, settings: PipedriveSettings, token: str, *, oauth: bool, search: bool, cost: int
    ) -> Response | None:
        """Count one request of `cost` tokens, or the answer to one that is too many."""
        self._begin_day(settings)
        if not oauth and (settings.blocked or self._is_blocked(settings, token)):
            return errors.blocked()
        if self._used + cost > _budget(settings):
            return errors.over_limit("daily request limit reached").response()
        if not self._window(settings, token, search=search).take(
            _burst(settings, oauth=oauth, search=search)
        ):
            self._hold_against(settings, token, oauth=oauth)
            return errors.over_limit().response()
        self._used += cost
        return None

    def announce(
        self,
        answer: Response,
        settings: PipedriveSettings,
        token: str,
        *,
        oauth: bool,
        search: bool,
        method: str,
    ) -> None:
        """Write what is left into an answer's headers; a page of the protection's has none."""
        if answer.media_type == "text/html":
            return
        limit, window = (
            _burst(settings, oauth=oauth, search=search),
            self._window(settings, token, search=search),
        )
        wait = window.wait()
        reset = math.ceil(wait) if settings.reset_unit == "seconds" else math.ceil(wait * 1000)
        left = max(0, _budget(settings) - self._used)
        answer.headers["x-ratelimit-limit"] = str(limit)
        answer.headers["x-ratelimit-remaining"] = str(max(0, limit - window.count()))
        answer.headers["x-ratelimit-reset"] = str(reset)
        if method in ("POST", "PUT") and not oauth:
            answer.headers["x-daily-requests-left"] = str(left)
        if settings.daily_headers:
            answer.headers["x-daily-ratelimit-token-limit"] = str(_budget(settings))
            answer.headers["x-daily-ratelimit-token-remaining"] = str(left)

    def _begin_day(self, settings: PipedriveSettings) -> None:
        today = datetime.now(UTC).astimezone(ZoneInfo(settings.server_zone)).date()
        if today != self._day:
            self._day, self._used = today, 0

    def _hold_against(self, settings: PipedriveSettings, token: str, *, oauth: bool) -> None:
        refused = self._refused.setdefault(token, Window(settings.burst_window * _MEMORY))
        refused.add()
        if not oauth and refused.count() >= settings.abuse_after:
            self._blocked[token] = time.monotonic()

    def _is_blocked(self, settings: PipedriveSettings, token: str) -> bool:
        since = self._blocked.get(token)
        return since is not None and time.monotonic() - since < settings.abuse_seconds

    def _window(self, settings: PipedriveSettings, token: str, *, search: bool) -> Window:
        return self._calls.setdefault((token, search), Window(settings.burst_window))


def _budget(settings: PipedriveSettings) -> int:
    return settings.daily_tokens or _PER_SEAT * PLANS[settings.plan][0] * settings.seats


def _burst(settings: PipedriveSettings, *, oauth: bool, search: bool) -> int:
    return _SEARCHES if search else PLANS[settings.plan][2 if oauth else 1]
