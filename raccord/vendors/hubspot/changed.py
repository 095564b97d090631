"""Which companies changed, by search (HubSpot docs: search-the-crm)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from raccord.connectors.http.errors import Operation
from raccord.domain.values.details import ChangedRecords
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.billing_contacts import BillingContacts
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import LINKED_BATCH, Records, scope
from raccord.vendors.hubspot.searching import Filters, condition, searched
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import MERGED, PERSON, merged
from raccord.vendors.hubspot.values import milliseconds, parse_instant
from raccord.vendors.hubspot.wire import LinksBatch

SEARCH_LAG = timedelta(minutes=1)
"""HubSpot says "a few moments" (HubSpot docs: search-the-crm)."""
MOST = 5_000
"""Records of one kind that are read at once: 25 searches."""
_MODIFIED = {"companies": "hs_lastmodifieddate", "contacts": "lastmodifieddate"}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = timedelta(seconds=1)


_Changes = dict[str, datetime]
"""When a record of each id changed; of a merged one under every id that it had."""


class _TooMany(Exception):
    """More records changed than are read at once."""


class CompaniesChanged:
    """The changes of one HubSpot account."""

    def __init__(self, client: HubSpotClient, records: Records, settings: HubSpotSettings) -> None:
        self._client = client
        self._billing = BillingContacts(records, settings.mapping.contacts.billing_labels)
        self._persons = settings.mapping.contacts.private_persons

    async def between(self, since: datetime, until: datetime | None) -> ChangedRecords:
        """Return the companies that changed, or whose billing contact did, the oldest change first.

        One that others were merged into is named by their ids too: it may be linked by one of those. See
        the port. A search for 200 records, and a request for the companies of a thousand contacts. What
        changes meanwhile leaves the span and is named by the next one.
        """
        end = min(until or datetime.max.replace(tzinfo=UTC), datetime.now(UTC) - SEARCH_LAG)
        end, last = max(end, since), until
        whole = end
        while True:
            try:
                companies = await self._modified("companies", since, last)
                contacts = await self._modified("contacts", since, last)
            except _TooMany:
                last = since + max((end - since) / 2, _SHORTEST)
                end = last
                continue
            for record_id, at in (await self._companies_of(contacts)).items():
                companies[record_id] = max(at, companies.get(record_id, _LONG_AGO))
            ids = tuple(sorted(companies, key=lambda id: companies[id]))
            return ChangedRecords(ids=ids, seen_to=end, more=end < whole)

    async def _modified(self, kind: str, since: datetime, until: datetime | None) -> _Changes:
        """Return when each record changed. Raises `_TooMany`, never of a second."""
        name = _MODIFIED[kind]
        span: Filters = [condition(name, "GTE", milliseconds(since))]
        if until:
            span.append(condition(name, "LT", milliseconds(until)))
        # Of contacts who are no customers only the companies matter, which the living ones have.
        shown = [name, MERGED] if kind == "companies" or self._persons else [name]
        some = until is None or until - since > _SHORTEST
        found: _Changes = {}
        operation = Operation(f"list the {kind} that changed", scope(kind))
        async for page in searched(self._client, operation, kind, [span], shown):
            if some and page.total > MOST:
                raise _TooMany
            for each in page.results:
                found |= dict.fromkeys((*merged(each), each.id), _instant(each.text(name)))
        return found

    async def _companies_of(self, contacts: Mapping[str, datetime]) -> _Changes:
        """Return when whose billing contact changed; private persons are customers themselves."""
        ids = list(contacts)
        changed = {f"{PERSON}{each}": at for each, at in contacts.items()} if self._persons else {}
        operation = Operation("list the companies of contacts that changed", scope("contacts"))
        for start in range(0, len(ids), LINKED_BATCH):
            batch = await self._client.post(
                operation,
                paths.links_of_many("contacts", "companies"),
                {"inputs": [{"id": each} for each in ids[start : start + LINKED_BATCH]]},
                LinksBatch,
            )
            for links in batch.results:
                at = contacts.get(links.of.id, _LONG_AGO)
                for link in filter(self._billing.marks, links.to):
                    changed[link.to_object_id] = max(at, changed.get(link.to_object_id, _LONG_AGO))
        return changed


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError:
        return _LONG_AGO
