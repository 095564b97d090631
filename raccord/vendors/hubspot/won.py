"""Listing won deals by search, whole and without a ceiling (HubSpot docs: search-the-crm)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TypeVar

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.deal import WonDeal
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.properties import lacks
from raccord.vendors.hubspot.records import scope
from raccord.vendors.hubspot.searching import Filters, condition, searched
from raccord.vendors.hubspot.settings import InvoiceNames
from raccord.vendors.hubspot.values import milliseconds, parse_instant
from raccord.vendors.hubspot.wire import Record

T = TypeVar("T")

_LONGEST_ID = 255
_CHANGED = "hs_lastmodifieddate"
_SECOND = timedelta(seconds=1)
_LISTING = Operation("list the won deals", scope("deals"))


class WonDeals:
    """Searches one HubSpot account for won deals."""

    def __init__(self, client: HubSpotClient, names: InvoiceNames, clock: BusinessClock) -> None:
        self._client = client
        self._invoice = names.id
        self._clock = clock

    async def read(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:
        """Return all of them, by age; see the port.

        This takes about half a second for 200 deals and has no upper bound: a caller that must
        show signs of life does so beside it. Where no property holds the invoice's id, no deal
        shows one.
        """
        first = first_instant(won_from, self._clock)
        invoice = self._invoice if changed_since else ""
        return await unless_lacking(
            self._client, invoice, lambda shows: self._read(_groups(first, changed_since, shows))
        )

    async def _read(self, groups: list[Filters]) -> tuple[WonDeal, ...]:
        deals: list[WonDeal] = []
        shown = [_CHANGED, *([self._invoice] if self._invoice else [])]
        async for page in searched(self._client, _LISTING, "deals", groups, shown):
            deals += map(self._listed, page.results)
        return tuple(deals)

    def _listed(self, deal: Record) -> WonDeal:
        shown = cut(deal.text(self._invoice), _LONGEST_ID)
        with suppress(ValueError):
            return WonDeal(id=deal.id, invoice_id=shown, changed_at=parse_instant(deal.text(_CHANGED)))
        return WonDeal(id=deal.id, invoice_id=shown)


def _groups(won_from: datetime, changed_since: datetime | None, shows: list[Filters]) -> list[Filters]:
    """Return the alternatives: won and closed late enough, or without a close date; or invoiced once."""
    groups = won_since(won_from) + shows
    if changed_since is None:
        return groups
    changed = condition(_CHANGED, "GTE", milliseconds(changed_since))
    return [[*group, changed] for group in groups]


def first_instant(day: date, clock: BusinessClock) -> datetime:
    """Return the first instant of a business date."""
    return clock.end_of(day - DAY) + _SECOND


def won_since(won_from: datetime) -> list[Filters]:
    """Return what finds deals that are won, and closed from an instant on or without a close date."""
    won = condition("hs_is_closed_won", "EQ", "true")
    dated = condition("closedate", "GTE", milliseconds(won_from))
    undated = {"propertyName": "closedate", "operator": "NOT_HAS_PROPERTY"}
    return [[won, dated], [won, undated]]


async def unless_lacking(
    client: HubSpotClient, invoice: str, search: Callable[[list[Filters]], Awaitable[T]]
) -> T:
    """Search with what finds deals that show an invoice; without it where no property holds its id.

    No page says whether a search by a property that the account lacks is refused, or finds nothing.
    """
    if not invoice:
        return await search([])
    try:
        return await search([[{"propertyName": invoice, "operator": "HAS_PROPERTY"}]])
    except Permanent:
        if not await lacks(client, "deals", invoice):
            raise
        return await search([])
