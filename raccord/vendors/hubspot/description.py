"""What a HubSpot account has: pipelines, owners, and properties with what stands in the newest records."""

from collections.abc import Collection

from raccord.connectors.errors import Forbidden
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.connectors.mapping import Names, slots, spares
from raccord.domain.values.described import CrmAccount, SeenField, SeenPipeline, SeenStage
from raccord.domain.values.parties import Owner
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import Facts, is_won
from raccord.vendors.hubspot.properties import existing_properties
from raccord.vendors.hubspot.records import ACCOUNT_SCOPE, BATCH, Records, scope
from raccord.vendors.hubspot.settings import CompanyNames, DealNames, LineItemNames
from raccord.vendors.hubspot.wire import Account, Found, Pipelines, Property

_TYPES = ("string", "number", "enumeration")
_MOST = 250
"""Properties of one kind that are read: those of the account's own come first."""
_LONGEST = 60
"""Characters of a value that is shown."""
_FOR_TRYING = {"STANDARD": False, "DEVELOPER_TEST": True, "SANDBOX": True, "APP_DEVELOPER": True}
"""HubSpot docs: account-information. Another word is not judged."""
_NAMES: dict[str, Names] = {
    "companies": CompanyNames(),
    "deals": DealNames(),
    "line_items": LineItemNames(),
}
SLOTS = slots(_NAMES)


class Description:
    def __init__(self, client: HubSpotClient, records: Records, facts: Facts) -> None:
        self._client = client
        self._records = records
        self._facts = facts

    async def read(self) -> CrmAccount:
        """Read everything, one kind after the other; what the token may not read is told, and left out."""
        unread: list[str] = []
        account = await self._account(unread)
        there: dict[str, Collection[str]] = {}
        read = {kind: await self._fields(kind, unread, there) for kind in _NAMES}
        fields = {kind: found for kind, found in read.items() if found is not None}
        pipelines: tuple[SeenPipeline, ...] = ()
        owners: tuple[Owner, ...] = ()
        try:
            pipelines = await self._pipelines()
        except Forbidden as error:
            unread.append(str(error))
        try:
            owners = tuple([each async for each in self._facts.owners()])
        except Forbidden as error:
            unread.append(str(error))
        return CrmAccount(
            name=f"{account.portal_id} ({account.account_type})" if account else "",
            test=_FOR_TRYING.get(account.account_type or "") if account else None,
            section={"account_id": account.portal_id} if account else {},
            pipelines=pipelines,
            owners=owners,
            fields=fields,
            slots=SLOTS,
            spares=spares(_NAMES["deals"], there.get("deals", ())),
            unread=tuple(unread),
        )

    async def _account(self, unread: list[str]) -> Account | None:
        operation = Operation("read the account's details", ACCOUNT_SCOPE)
        try:
            return await self._client.get(operation, paths.ACCOUNT, Account)
        except Forbidden as error:
            unread.append(str(error))
            return None

    async def _pipelines(self) -> tuple[SeenPipeline, ...]:
        operation = Operation("read the deal pipelines", scope("deals"))
        found = (await self._client.get(operation, paths.PIPELINES, Pipelines)).results
        return tuple(
            SeenPipeline(
                id=each.id,
                name=each.label or each.id,
                stages=tuple(
                    SeenStage(id=stage.id, name=stage.label or stage.id, won=is_won(stage))
                    for stage in sorted(each.stages, key=lambda stage: stage.display_order or 0)
                    if not stage.archived
                ),
            )
            for each in found
        )

    async def _fields(
        self, kind: str, unread: list[str], there: dict[str, Collection[str]]
    ) -> tuple[SeenField, ...] | None:
        """Return the properties that may serve; `there` gets the names of all, by kind."""
        try:
            known = await existing_properties(self._client, kind)
            there[kind] = known.keys()
            asked = sorted(filter(_readable, known.values()), key=lambda each: each.hubspot_defined)[:_MOST]
            names = [each.name for each in asked]
            records = (await self._records.read(kind, await self._newest(kind), names)).records
        except Forbidden as error:
            unread.append(str(error))
            return None
        return tuple(
            SeenField(
                name=each.name,
                label=each.label,
                text=each.type != "number",
                values=tuple(cut(text, _LONGEST) for record in records if (text := record.text(each.name))),
                records=len(records),
            )
            for each in asked
        )

    async def _newest(self, kind: str) -> list[str]:
        """Return ids of the latest records: what was typed years ago says less of how people work."""
        latest = {"propertyName": "hs_object_id", "direction": "DESCENDING"}
        wanted = {"filterGroups": [], "sorts": [latest], "limit": BATCH, "properties": ["hs_object_id"]}
        operation = Operation(f"look at the newest {kind}", scope(kind))
        found = await self._client.post(operation, paths.search(kind), wanted, Found)
        return [each.id for each in found.results]


def _readable(found: Property) -> bool:
    return found.type in _TYPES and not found.calculated and not found.name.startswith("hs_")
