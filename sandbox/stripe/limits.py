"""Stripe's request limits, counted over the last second."""

from collections import defaultdict

from sandbox.core.limits import Window
from sandbox.stripe.errors import too_many_requests
from sandbox.stripe.settings import StripeSettings


class Limits:
    """Refuses what exceeds a limit; a refused request does not count."""

    def __init__(self) -> None:
        self._account = Window(seconds=1)
        self._operations: dict[str, Window] = defaultdict(lambda: Window(seconds=1))

    def admit(self, name: str, settings: StripeSettings, *, search: bool) -> None:
        operation = self._operations[name]
        limit = settings.searches_per_second if search else settings.requests_per_second_and_endpoint
        if self._account.count() >= settings.overall_limit:
            raise too_many_requests("global-rate", settings.retry_after)
        if not operation.take(limit):
            raise too_many_requests("endpoint-rate", settings.retry_after)
        self._account.add()
