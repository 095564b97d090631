"""Which customers changed, as Stripe's events of 30 days at most tell (Stripe docs: api/events/list)."""

from datetime import UTC, datetime

from raccord.connectors.http.errors import Operation
from raccord.domain.values.details import ChangedRecords
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.customer_events import CUSTOMER_TYPES, customer_of
from raccord.vendors.stripe.documented import Undocumented
from raccord.vendors.stripe.spans import MOST_EVENTS, TooMany, first_span
from raccord.vendors.stripe.wire_payments import HappenedPage


class CustomersChanged:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def between(self, since: datetime, until: datetime | None) -> ChangedRecords:
        """Return the customers whose details changed, the oldest change first; see the port.

        One request for a hundred events.
        """
        began = datetime.now(UTC)
        ids, seen_to = await first_span(since, until, self._read)
        end = seen_to or began
        return ChangedRecords(ids=ids, seen_to=end, more=end < (until or began))

    async def _read(self, first: int, last: int | None) -> tuple[str, ...]:
        """Read what happened from one second until before another. Raises `TooMany`, never of one second."""
        most = None if last == first + 1 else MOST_EVENTS
        pages = self._api.pages(
            Operation("list what happened to customers", "Events: Read"),
            "events",
            HappenedPage,
            {
                "types": list(CUSTOMER_TYPES),
                "created": {"gte": first, **({"lt": last} if last else {})},
            },
        )
        named: dict[str, None] = {}
        count = 0
        async for event in pages:
            count += 1
            if count == most:
                raise TooMany(event.created if isinstance(event.created, int) else first)
            try:
                if customer := customer_of(event.model_dump()):
                    named[customer] = None
            except Undocumented:
                continue
        return tuple(reversed(named))
