"""Reading records and what is associated with them, page by page and in batches."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import TypeVar

from raccord.connectors.errors import NotFound, Transient
from raccord.domain.values.deal import Unreadable
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.errors import Operation
from raccord.vendors.hubspot.wire import (
    Association,
    AssociationPage,
    Batch,
    DealRecord,
    Record,
)

BATCH = 100
"""Records of one batch read (HubSpot docs: understanding-the-crm)."""
PAGE = 500
"""Associations of one page (HubSpot docs: associations v4)."""
ACCOUNT_SCOPE = "for account information"
"""HubSpot does not name it; its answer is never needed."""
_PASSING = {"INTERNAL_ERROR", "RATE_LIMIT", "RATE_LIMITS"}
_SINGULAR = {"companies": "company", "contacts": "contact", "line_items": "line item", "tasks": "task"}

T = TypeVar("T")


class Records:
    """The records of one HubSpot account."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    async def deal(
        self, deal_id: str, properties: Iterable[str], associations: Iterable[str] = ()
    ) -> DealRecord:
        """Read a deal; of a merged one the survivor, under its own id. Raises `NotFound`."""
        return await self._client.call(
            Operation(f"read the deal {deal_id}", scope("deals")),
            self._client.deals.get_by_id,
            deal_id,
            properties=list(properties),
            associations=list(associations),
            into=DealRecord,
        )

    async def company(self, company_id: str, properties: Iterable[str]) -> Record | None:
        """Read what HubSpot answers with for a company: of a merged one the survivor, under its own id.

        None when the company was deleted or archived.
        """
        return await unless_gone(
            self._client.call(
                Operation(f"look for the company {company_id}", scope("companies")),
                self._client.companies.get_by_id,
                company_id,
                properties=list(properties),
                into=Record,
            )
        )

    async def associated(self, kind: str, record_id: str, to: str) -> tuple[Association, ...]:
        """Return everything of one kind that a record is associated with, without repetition."""
        found: dict[str, Association] = {}
        after: str | None = None
        while True:
            page = await self._client.call(
                Operation(f"list the {to} of {kind} {record_id}", scope(to)),
                self._client.associations.get_page,
                kind,
                record_id,
                to,
                limit=PAGE,
                **({"after": after} if after else {}),
                into=AssociationPage,
            )
            for each in page.results:
                found[each.to_object_id] = _merged(found.get(each.to_object_id), each)
            if page.after is None or page.after == after:
                return tuple(found.values())
            after = page.after

    async def read(
        self, kind: str, ids: Sequence[str], properties: Iterable[str], notes: list[Unreadable]
    ) -> list[Record]:
        """Read records by id; one that HubSpot does not return is noted as unreadable."""
        names = list(dict.fromkeys(properties))
        chunks = [ids[i : i + BATCH] for i in range(0, len(ids), BATCH)]
        batches = await asyncio.gather(*(self._batch(kind, chunk, names) for chunk in chunks))
        found = {record.id: record for batch in batches for record in batch.results}
        # A record that was merged away comes back under the survivor's id: it is not missing.
        if len(found) < len(set(ids)):
            missing = (i for i in ids if i not in found)
            notes += (Unreadable(record=f"{_SINGULAR[kind]} {i}", field="id", value=i) for i in missing)
        return list(found.values())

    async def _batch(self, kind: str, ids: Sequence[str], properties: list[str]) -> Batch:
        operation = Operation(f"read {len(ids)} {kind}", scope(kind))
        inputs = [{"id": i} for i in ids]
        wanted = {"properties": properties, "propertiesWithHistory": [], "inputs": inputs}
        batch = await unless_gone(
            self._client.call(operation, self._client.batches[kind].read, wanted, into=Batch)
        )
        if batch is None:
            return Batch(results=())
        if any(error.category in _PASSING for error in batch.errors):
            raise Transient(f"HubSpot could only {operation.what} in part, and says that this will pass.")
        return batch


def scope(kind: str) -> str:
    """Return the scope that reading one kind of records takes; tasks have none of their own."""
    return f"crm.objects.{'contacts' if kind == 'tasks' else kind}.read"


async def unless_gone(read: Awaitable[T]) -> T | None:
    """Return what is read, or None when it does not exist: it is not the deal that is gone then."""
    try:
        return await read
    except NotFound:
        return None


def _merged(known: Association | None, more: Association) -> Association:
    if known is None:
        return more
    types = known.association_types + more.association_types
    return known.model_copy(update={"association_types": types})
