"""Listing won deals by search, whole and without a ceiling (HubSpot docs: search-the-crm)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import Misshapen
from raccord.connectors.lengths import cut
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.deal import WonDeal
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import scope
from raccord.vendors.hubspot.settings import InvoiceNames
from raccord.vendors.hubspot.values import milliseconds, parse_instant
from raccord.vendors.hubspot.wire import Record, RecordPage

PAGE = 200
"""The largest page of a search."""
PAUSE = 0.25
"""Seconds between two pages: an account's apps share 5 searches a second."""
_LONGEST_ID = 255
_ID, _CHANGED = "hs_object_id", "hs_lastmodifieddate"
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
        deals: list[WonDeal] = []
        async for page in self._pages(self._groups(self._first_instant(won_from), changed_since)):
            deals += map(self._listed, page)
        return tuple(deals)

    async def _pages(self, groups: list[list[dict[str, str]]]) -> AsyncIterator[tuple[Record, ...]]:
        """Yield page after page, each a search of its own above the last id seen.

        HubSpot ends the pages of one search at 10,000 results.
        """
        above = 0
        while True:
            page = await self._client.post(
                _LISTING, paths.search("deals"), self._request(groups, above), RecordPage
            )
            yield page.results
            if page.after is None:
                return
            with self._client.errors(_LISTING):
                above = _last(page.results, above)
            await asyncio.sleep(PAUSE)

    def _request(self, groups: list[list[dict[str, str]]], above: int) -> dict[str, Any]:
        older = _filter(_ID, "GT", str(above))
        return {
            "filterGroups": [{"filters": [*filters, older]} for filters in groups],
            "sorts": [{"propertyName": _ID, "direction": "ASCENDING"}],
            "properties": [_CHANGED, *([self._invoice] if self._invoice else [])],
            "limit": PAGE,
        }

    def _listed(self, deal: Record) -> WonDeal:
        shown = cut(deal.text(self._invoice), _LONGEST_ID)
        with suppress(ValueError):
            return WonDeal(id=deal.id, invoice_id=shown, changed_at=parse_instant(deal.text(_CHANGED)))
        return WonDeal(id=deal.id, invoice_id=shown)

    def _first_instant(self, day: date) -> datetime:
        return self._clock.end_of(day - DAY) + _SECOND

    def _groups(self, won_from: datetime, changed_since: datetime | None) -> list[list[dict[str, str]]]:
        """Return the alternatives: won and closed late enough, or without a close date; or invoiced once."""
        won = _filter("hs_is_closed_won", "EQ", "true")
        dated = _filter("closedate", "GTE", milliseconds(won_from))
        undated = {"propertyName": "closedate", "operator": "NOT_HAS_PROPERTY"}
        groups = [[won, dated], [won, undated]]
        if changed_since is None:
            return groups
        if self._invoice:
            groups.append([{"propertyName": self._invoice, "operator": "HAS_PROPERTY"}])
        changed = _filter(_CHANGED, "GTE", milliseconds(changed_since))
        return [[*group, changed] for group in groups]


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _last(page: Sequence[Record], above: int) -> int:
    """Return the page's last id. Raises `Misshapen` on any order in which going on would skip deals."""
    ids = [int(each.id) if each.id.isascii() and each.id.isdigit() else 0 for each in page]
    if not ids or ids[0] <= above or ids != sorted(ids):
        raise Misshapen("deals out of order")
    return ids[-1]
