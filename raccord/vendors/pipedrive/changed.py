"""Which organizations changed, by the list's own filter (pipedrive page, section 5)."""

from datetime import UTC, datetime, timedelta

from raccord.connectors.http.errors import Operation
from raccord.domain.values.details import ChangedRecords
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import CONTACTS
from raccord.vendors.pipedrive.searching import SEARCH_LAG
from raccord.vendors.pipedrive.values import parse_instant, write_instant

MOST = 5_000
"""Organizations of one answer: ten pages, of 10 tokens each."""
_SECOND = timedelta(seconds=1)
_LISTING = Operation("list the organizations that changed", CONTACTS)


class OrganizationsChanged:
    """The changes of one account."""

    def __init__(self, client: PipedriveClient) -> None:
        self._client = client

    async def between(self, since: datetime, until: datetime | None) -> ChangedRecords:
        """Return the organizations that changed, the oldest change first; see the port.

        Instants are whole seconds there, so that the first and the last second are asked for whole.
        """
        now = datetime.now(UTC)
        end = max(min(until or now, now - SEARCH_LAG), since)
        query = {
            "updated_since": write_instant(since),
            "sort_by": "update_time",
            "sort_direction": "asc",
        }
        if until:
            query["updated_until"] = write_instant(until + _SECOND)
        first = since.replace(microsecond=0)
        found: dict[str, datetime] = {}
        more = False
        async for each in self._client.every(_LISTING, "/api/v2/organizations", wire.Organization, query):
            at = _instant(each.update_time, first)
            if len(found) >= MOST and at > first:
                end, more = min(end, at), at < end
                break
            if at >= first and not each.is_deleted:
                found[str(each.id)] = at
        ids = tuple(sorted(found, key=lambda id: found[id]))
        return ChangedRecords(ids=ids, seen_to=end, more=more)


def _instant(text: str | None, otherwise: datetime) -> datetime:
    try:
        return parse_instant(text or "")
    except ValueError:
        return otherwise
