"""Stripe's request limits, counted over the last second."""

import time
from collections import defaultdict, deque

from sandbox.stripe.errors import too_many_requests
from sandbox.stripe.settings import StripeSettings

_GLOBAL = "*"


class Limits:
    """Refuses what exceeds a limit; a refused request does not count."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[float]] = defaultdict(deque)

    def admit(self, operation: str, settings: StripeSettings, *, search: bool) -> None:
        if not settings.rate_limits:
            return
        now = time.monotonic()
        endpoint_limit = settings.searches_per_second if search else settings.requests_per_second_and_endpoint
        if self._count(_GLOBAL, now) >= settings.requests_per_second:
            raise too_many_requests("global-rate")
        if self._count(operation, now) >= endpoint_limit:
            raise too_many_requests("endpoint-rate")
        self._recent[_GLOBAL].append(now)
        self._recent[operation].append(now)

    def _count(self, name: str, now: float) -> int:
        recent = self._recent[name]
        while recent and recent[0] <= now - 1:
            recent.popleft()
        return len(recent)
