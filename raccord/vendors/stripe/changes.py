"""Whose money changed, as Stripe's events of 30 days at most tell (Stripe docs: api/events/list)."""

from collections.abc import AsyncIterator
from datetime import datetime

from raccord.connectors.http.errors import Operation
from raccord.connectors.webhooks import HintKind
from raccord.domain.values.payment import ChangedMoney
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.happened import REVERSALS, TYPES, Undocumented, hints_of
from raccord.vendors.stripe.wire_payments import Happened, HappenedPage

_MOST_TYPES = 20
"""That one request may ask for."""


class Changes:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def since(self, since: datetime) -> ChangedMoney:
        """Return the invoices, and the payments that nothing in the list gives an invoice.

        An event that a proxy or a new version of Stripe renders otherwise hides no other.
        """
        named: dict[HintKind, dict[str, None]] = {kind: {} for kind in HintKind}
        reversed_ones: set[str] = set()
        unreadable = 0
        for first in range(0, len(TYPES), _MOST_TYPES):
            async for event in self._events(TYPES[first : first + _MOST_TYPES], since):
                try:
                    hints = hints_of(event.model_dump())
                except Undocumented:
                    unreadable += 1
                    continue
                for hint in hints:
                    named[hint.kind][hint.id] = None
                reversed_ones |= {hint.id for hint in hints} if event.type in REVERSALS else set()
        # What was reversed may pay another invoice too, of before the list begins.
        placed = named[HintKind.ALLOCATED_PAYMENT].keys() - reversed_ones
        return ChangedMoney(
            invoices=tuple(named[HintKind.INVOICE]),
            payments=tuple(id for id in named[HintKind.PAYMENT] if id not in placed),
            unreadable=unreadable,
        )

    def _events(self, types: tuple[str, ...], since: datetime) -> AsyncIterator[Happened]:
        operation = Operation("list what happened to invoices and payments", "Events: Read")
        wanted = {"types": list(types), "created": {"gte": int(since.timestamp())}}
        return self._api.pages(operation, "events", HappenedPage, wanted)
