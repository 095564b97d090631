"""What a Pipedrive account has: pipelines, users, and fields with what stands in the newest records."""

from collections.abc import Collection, Mapping
from typing import Any

from raccord.connectors.errors import Forbidden
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.connectors.mapping import Names, slots, spares
from raccord.domain.values.base import fold
from raccord.domain.values.described import CrmAccount, SeenField, SeenPipeline, SeenStage
from raccord.domain.values.parties import Owner
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import BATCH, PipedriveClient
from raccord.vendors.pipedrive.deals import CONTACTS, DEALS, USERS
from raccord.vendors.pipedrive.fields import Fields
from raccord.vendors.pipedrive.settings import CompanyNames, DealNames
from raccord.vendors.pipedrive.translation import owner
from raccord.vendors.pipedrive.values import as_text
from raccord.vendors.pipedrive.wanted import CHOICE, LINES, NUMBER, TEXT
from raccord.vendors.pipedrive.wire import FieldRecord

_TYPES = (TEXT, LINES, "varchar_auto", "phone", NUMBER, "int", CHOICE)
_NUMBERS = (NUMBER, "int")
_MOST = 250
"""Custom fields of one kind that are looked at."""
_LONGEST = 60
"""Characters of a value that is shown."""
_LISTS = {"companies": ("/api/v2/organizations", CONTACTS), "deals": ("/api/v2/deals", DEALS)}
_NEWEST: Mapping[str, str | int] = {"sort_by": "add_time", "sort_direction": "desc", "limit": BATCH}
"""What was typed years ago says less of how people work."""
_NAMES: dict[str, Names] = {"companies": CompanyNames(), "deals": DealNames()}
"""Lines have none: a product's tax is a field of Pipedrive's own (pipedrive page, section 1)."""
SLOTS = slots(_NAMES)


class Description:
    def __init__(self, client: PipedriveClient, fields: Fields) -> None:
        self._client = client
        self._fields = fields

    async def read(self) -> CrmAccount:
        """Read everything, one kind after the other; what the token may not read is told, and left out."""
        unread: list[str] = []
        me = await self._client.me()
        there: dict[str, Collection[str]] = {}
        read = {kind: await self._seen(kind, unread, there) for kind in _NAMES}
        fields = {kind: found for kind, found in read.items() if found is not None}
        pipelines: tuple[SeenPipeline, ...] = ()
        owners: tuple[Owner, ...] = ()
        try:
            pipelines = await self._pipelines()
        except Forbidden as error:
            unread.append(str(error))
        try:
            owners = await self._owners()
        except Forbidden as error:
            unread.append(str(error))
        return CrmAccount(
            name=f"{me.company_id} ({me.company_name or me.company_domain or ''})".removesuffix(" ()"),
            section={"company_id": me.company_id},
            pipelines=pipelines,
            owners=owners,
            fields=fields,
            slots=SLOTS,
            spares=spares(_NAMES["deals"], there.get("deals", ()), alike=fold),
            unread=tuple(unread),
        )

    async def _pipelines(self) -> tuple[SeenPipeline, ...]:
        """Return the pipelines: a deal is won in any of them, whatever its stage is (section 1)."""
        listing = Operation("list the pipelines and their stages", DEALS)
        each_stage = self._client.every(listing, "/api/v2/stages", wire.Stage)
        stages = [each async for each in each_stage if not each.is_deleted]
        lines = self._client.every(listing, "/api/v2/pipelines", wire.Pipeline)
        return tuple(
            [
                SeenPipeline(
                    id=str(line.id),
                    name=line.name or str(line.id),
                    stages=tuple(
                        SeenStage(id=str(each.id), name=each.name, won=False)
                        for each in sorted(stages, key=lambda stage: stage.order_nr)
                        if each.pipeline_id == line.id
                    ),
                    won_at_any=True,
                )
                async for line in lines
                if not line.is_deleted
            ]
        )

    async def _owners(self) -> tuple[Owner, ...]:
        found = await self._client.page(Operation("list the users", USERS), "/api/v1/users", wire.User)
        return tuple(owner(each) for each in found.data if each.active_flag)

    async def _seen(
        self, kind: str, unread: list[str], there: dict[str, Collection[str]]
    ) -> tuple[SeenField, ...] | None:
        """Return the fields that may serve; `there` gets the names of all, by kind."""
        path, needs = _LISTS[kind]
        try:
            known = (await self._fields.read(kind)).fields
            operation = Operation(f"look at the newest {kind}", needs)
            records = (await self._client.page(operation, path, wire.Holder, _NEWEST)).data
        except Forbidden as error:
            unread.append(str(error))
            return None
        there[kind] = [each.field_name for each in known]
        readable = [each for each in known if each.field_type in _TYPES][:_MOST]
        names = [fold(each.field_name) for each in readable]
        return tuple(
            SeenField(
                # The name of one field is what people know; of two of that name only the code tells which.
                name=each.field_name if names.count(fold(each.field_name)) == 1 else each.field_code,
                label=each.field_name,
                text=each.field_type not in _NUMBERS,
                values=tuple(
                    cut(text, _LONGEST)
                    for record in records
                    if (text := _said(each, record.custom_fields.get(each.field_code)))
                ),
                records=len(records),
            )
            for each in readable
        )


def _said(field: FieldRecord, value: Any) -> str:
    """Return what people see in a field: of a choice the option's words."""
    text = as_text(value)
    return next((each.label for each in field.options or () if str(each.id) == text), text)
