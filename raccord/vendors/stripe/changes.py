"""Whose money changed, as Stripe's events of 30 days at most tell (Stripe docs: api/events/list)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from raccord.connectors.http.errors import Operation
from raccord.connectors.webhooks import HintKind
from raccord.domain.values.payment import ChangedMoney
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.documented import Undocumented
from raccord.vendors.stripe.happened import REVERSALS, TYPES, hints_of
from raccord.vendors.stripe.spans import MOST_EVENTS, TooMany, first_span
from raccord.vendors.stripe.wire_payments import Happened, HappenedPage

_MOST_TYPES = 20
"""That one request may ask for."""


@dataclass
class _Named:
    """What events named so far, each once."""

    by_kind: dict[HintKind, dict[str, None]] = field(default_factory=lambda: {kind: {} for kind in HintKind})
    reversed_ones: set[str] = field(default_factory=set)
    unreadable: int = 0

    def take(self, event: Happened) -> None:
        try:
            hints = hints_of(event.model_dump())
        except Undocumented:
            self.unreadable += 1
            return
        for hint in hints:
            self.by_kind[hint.kind][hint.id] = None
        self.reversed_ones |= {hint.id for hint in hints} if event.type in REVERSALS else set()

    @property
    def payments(self) -> tuple[str, ...]:
        """Those that nothing here gives an invoice; what was reversed may pay one of before this began."""
        placed = self.by_kind[HintKind.ALLOCATED_PAYMENT].keys() - self.reversed_ones
        return tuple(id for id in self.by_kind[HintKind.PAYMENT] if id not in placed)


class Changes:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def between(self, since: datetime, until: datetime | None) -> ChangedMoney:
        """Return the invoices, and the payments that nothing in the list gives an invoice; see the port.

        An event that a proxy or a new version of Stripe renders otherwise hides no other.
        """
        named, seen_to = await first_span(since, until, self._read)
        return ChangedMoney(
            invoices=tuple(named.by_kind[HintKind.INVOICE]),
            payments=named.payments,
            unreadable=named.unreadable,
            seen_to=None if seen_to == until else seen_to,
        )

    async def _read(self, first: int, last: int | None) -> _Named:
        """Read what happened from one second until before another. Raises `TooMany`, never of one second."""
        named, most = _Named(), None if last == first + 1 else MOST_EVENTS
        for at in range(0, len(TYPES), _MOST_TYPES):
            count = 0
            async for event in self._events(TYPES[at : at + _MOST_TYPES], first, last):
                count += 1
                if count == most:
                    raise TooMany(event.created if isinstance(event.created, int) else first)
                named.take(event)
        return named

    def _events(self, types: tuple[str, ...], first: int, last: int | None) -> AsyncIterator[Happened]:
        operation = Operation("list what happened to invoices and payments", "Events: Read")
        created = {"gte": first, **({"lt": last} if last else {})}
        return self._api.pages(operation, "events", HappenedPage, {"types": list(types), "created": created})
