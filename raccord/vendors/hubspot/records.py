"""Reading records and what is associated with them, page by page and in batches."""

from collections.abc import Awaitable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from raccord.connectors.errors import NotFound, Transient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.paging import pages
from raccord.connectors.http.together import together
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.wire import (
    Association,
    AssociationPage,
    Batch,
    DealRecord,
    Historied,
    LinksBatch,
    Record,
)

BATCH = 100
"""Records of one batch read (HubSpot docs: understanding-the-crm)."""
LINKED_BATCH = 1_000
"""Records whose associations are read at once (HubSpot docs: associations v4)."""
PAGE = 500
"""Associations of one page (HubSpot docs: associations v4)."""
ACCOUNT_SCOPE = "for account information"
"""HubSpot does not name it; its answer is never needed."""
_PASSING = {"INTERNAL_ERROR", "RATE_LIMIT", "RATE_LIMITS"}
_MERGEABLE = {"companies", "contacts"}
_MOST_LOOKED_FOR = 10
_SINGULAR = {"companies": "company", "contacts": "contact"}

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Found:
    """Records read by id. `missing` are the ids of those that HubSpot does not have (any more)."""

    records: tuple[Record, ...] = ()
    missing: tuple[str, ...] = ()


class Records:
    """The records of one HubSpot account.

    Of a record that was merged away the survivor comes, under its own id (HubSpot changelog:
    updated-merge-functionality). It then names the id asked for in `former`, also where HubSpot
    itself does not say whom the survivor took in.
    """

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    async def deal(
        self, deal_id: str, properties: Iterable[str], associations: Iterable[str] = ()
    ) -> DealRecord:
        """Read a deal. Raises `NotFound`."""
        record = await self._client.get(
            Operation(f"read the deal {deal_id}", scope("deals")),
            paths.record("deals", deal_id),
            DealRecord,
            *(("properties", each) for each in properties),
            *(("associations", each) for each in associations),
        )
        return _of(record, deal_id)

    async def one(self, kind: str, record_id: str, properties: Iterable[str]) -> Record | None:
        """Read a company or contact; None when it was deleted or archived."""
        operation = Operation(f"look for the {_SINGULAR[kind]} {record_id}", scope(kind))
        named = (("properties", each) for each in properties)
        record = await unless_gone(self._client.get(operation, paths.record(kind, record_id), Record, *named))
        return _of(record, record_id) if record else None

    async def historied(
        self, kind: str, record_id: str, properties: Iterable[str], *, history: bool
    ) -> Historied | None:
        """Read a company or contact with what its properties were before; None when it is gone.

        A property that the account lacks is absent from the answer.
        """
        operation = Operation(f"look for the {_SINGULAR[kind]} {record_id}", scope(kind))
        keys = ("properties", "propertiesWithHistory") if history else ("properties",)
        named = ((key, each) for key in keys for each in properties)
        record = await unless_gone(
            self._client.get(operation, paths.record(kind, record_id), Historied, *named)
        )
        return _of(record, record_id) if record else None

    async def associated(self, kind: str, record_id: str, to: str) -> tuple[Association, ...]:
        """Return everything of one kind that a record is associated with, without repetition."""
        operation = Operation(f"list the {to} of {kind} {record_id}", scope(to))

        async def page(after: str | None) -> AssociationPage:
            query = [("limit", str(PAGE)), *([("after", after)] if after else [])]
            return await self._client.get(
                operation, paths.links(kind, record_id, to), AssociationPage, *query
            )

        found: dict[str, Association] = {}
        with self._client.errors(operation):
            async for each in pages(page, lambda page: page.after):
                for link in each.results:
                    found[link.to_object_id] = _merged(found.get(link.to_object_id), link)
        return tuple(found.values())

    async def associated_of_many(
        self, kind: str, ids: Sequence[str], to: str
    ) -> dict[str, tuple[Association, ...]]:
        """Return the same for several records, by their ids; those that have nothing are left out."""
        operation = Operation(f"list the {to} of {len(ids)} {kind}", scope(to))
        found: dict[str, tuple[Association, ...]] = {}
        for start in range(0, len(ids), LINKED_BATCH):
            inputs = [{"id": each} for each in ids[start : start + LINKED_BATCH]]
            path = paths.links_of_many(kind, to)
            batch = await self._client.post(operation, path, {"inputs": inputs}, LinksBatch)
            for links in batch.results:
                whole = await self.associated(kind, links.of.id, to) if links.after else links.to
                united: dict[str, Association] = {}
                for link in whole:
                    united[link.to_object_id] = _merged(united.get(link.to_object_id), link)
                found[links.of.id] = tuple(united.values())
        return found

    async def read(self, kind: str, ids: Collection[str], properties: Iterable[str]) -> Found:
        """Read records by id, each once."""
        wanted, names = tuple(dict.fromkeys(ids)), list(dict.fromkeys(properties))
        chunks = [wanted[i : i + BATCH] for i in range(0, len(wanted), BATCH)]
        async with together() as group:
            batches = [group.create_task(self._batch(kind, chunk, names)) for chunk in chunks]
        found = {record.id: record for batch in batches for record in batch.result().results}
        missing = [each for each in wanted if each not in found]
        if not missing or kind not in _MERGEABLE:
            return Found(tuple(found.values()), tuple(missing))
        strangers = [each for each in found if each not in wanted]
        if len(missing) == len(strangers) == 1:
            return Found(
                tuple(_also(each, missing) if each.id in strangers else each for each in found.values())
            )
        return await self._with_survivors(kind, found, missing, names)

    async def _with_survivors(
        self, kind: str, found: dict[str, Record], missing: Sequence[str], names: list[str]
    ) -> Found:
        """Look for each missing record by itself: a batch does not say which of its records was which."""
        looked_for = missing[:_MOST_LOOKED_FOR]
        async with together() as group:
            tasks = {each: group.create_task(self.one(kind, each, names)) for each in looked_for}
        survivors = {each: task.result() for each, task in tasks.items()}
        gone = [each for each, survivor in survivors.items() if survivor is None]
        for survivor in filter(None, survivors.values()):
            known = found.get(survivor.id)
            found[survivor.id] = _also(known, survivor.former) if known else survivor
        return Found(tuple(found.values()), (*gone, *missing[_MOST_LOOKED_FOR:]))

    async def _batch(self, kind: str, ids: Sequence[str], properties: list[str]) -> Batch:
        operation = Operation(f"read {len(ids)} {kind}", scope(kind))
        inputs = [{"id": i} for i in ids]
        wanted = {"properties": properties, "propertiesWithHistory": [], "inputs": inputs}
        batch = await unless_gone(self._client.post(operation, paths.batch(kind), wanted, Batch))
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


def _of(record: R, asked: str) -> R:
    return record if record.id == asked else _also(record, (asked,))


def _also(record: R, former: Iterable[str]) -> R:
    return record.model_copy(update={"former": tuple(dict.fromkeys((*record.former, *former)))})


def _merged(known: Association | None, more: Association) -> Association:
    if known is None:
        return more
    types = known.association_types + more.association_types
    return known.model_copy(update={"association_types": types})
