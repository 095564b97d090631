"""Searches without a ceiling (HubSpot docs: search-the-crm).

HubSpot ends the pages of one search at 10,000 results, so each page is a search of its own above the last id.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import Misshapen
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.wire import Found, Record

PAGE = 200
"""The largest page of a search."""
PAUSE = 0.25
"""Seconds between two pages: an account's apps share 5 searches a second."""
_ID = "hs_object_id"

Filters = list[dict[str, str]]


async def searched(
    client: HubSpotClient,
    operation: Operation,
    kind: str,
    groups: Sequence[Filters],
    properties: Sequence[str],
) -> AsyncIterator[Found]:
    """Yield page after page, by age, of what passes all filters of one of the groups.

    The first page's `total` counts everything that was found.
    """
    above: int | None = 0
    while above is not None:
        page, above = await found_above(client, operation, kind, groups, properties, above=above)
        yield page
        if above is not None:
            await asyncio.sleep(PAUSE)


async def found_above(
    client: HubSpotClient,
    operation: Operation,
    kind: str,
    groups: Sequence[Filters],
    properties: Sequence[str],
    *,
    above: int,
) -> tuple[Found, int | None]:
    """Return the page above an id, and above which id the next one begins; None after the last."""
    older = condition(_ID, "GT", str(above))
    asked = {
        "filterGroups": [{"filters": [*filters, older]} for filters in groups],
        "sorts": [{"propertyName": _ID, "direction": "ASCENDING"}],
        "properties": list(properties),
        "limit": PAGE,
    }
    page = await client.post(operation, paths.search(kind), asked, Found)
    if page.after is None:
        return page, None
    with client.errors(operation):
        return page, _last(page.results, above)


def condition(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _last(page: Sequence[Record], above: int) -> int:
    """Return the page's last id. Raises `Misshapen` on any order in which going on would skip records."""
    ids = [int(each.id) if each.id.isascii() and each.id.isdigit() else 0 for each in page]
    if not ids or ids[0] <= above or ids != sorted(ids):
        raise Misshapen("records out of order")
    return ids[-1]
