"""An organization's details as Pipedrive keeps them: read with who edited them, and written.

A read is two requests: the second, of 20 tokens, tells who edited what (pipedrive page, section 4). A write
is one request after a read.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from raccord.connectors.details import look_again, unwritten
from raccord.connectors.errors import Forbidden, NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.values.details import Changes, Edit, Field, Sight
from raccord.domain.values.message import RecordKind, RecordName
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PAGE, PipedriveClient
from raccord.vendors.pipedrive.deals import CONTACTS, DealReader
from raccord.vendors.pipedrive.fields import Fields
from raccord.vendors.pipedrive.ids import RECORD_ID
from raccord.vendors.pipedrive.kept import ADDRESS, NAME, Kept, mapped
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.translation import page
from raccord.vendors.pipedrive.values import parse_instant
from raccord.vendors.pipedrive.writing import put_back

WRITE = "edit all organizations"
_OURS = "api"
"""What the changelog calls any program's edit; whose it is, its user tells (section 4)."""


class OrganizationDetails:
    """The details of the organizations of one account."""

    def __init__(
        self, client: PipedriveClient, deals: DealReader, fields: Fields, settings: PipedriveSettings
    ) -> None:
        self._client = client
        self._deals = deals
        self._fields = fields
        self._names = settings.mapping.companies

    @property
    def keeps(self) -> frozenset[Field]:
        return frozenset((Field.NAME, Field.ADDRESS, *mapped(self._names)))

    async def read(self, record_id: str) -> Sight:
        named = RecordName(kind=RecordKind.COMPANY, id=record_id)
        if (kept := await self._find(record_id)) is None:
            return Sight(record=named, gone=True)
        details, places = kept.details, kept.places
        return Sight(
            record=named.model_copy(update={"name": details.name}),
            url=page(await self._deals.domain(), "organization", kept.found.id),
            details=details,
            edits=await self._edits(kept.found, places),
            keeps=frozenset(places),
            owner_id=str(kept.found.owner_id or ""),
        )

    async def write(self, record_id: str, changes: Changes) -> None:
        """Write what does not say yet what it shall, in one request; see the port."""
        if (kept := await self._find(record_id)) is None:
            raise NotFound(f"Pipedrive has no organization {record_id} any more.")
        left, places = unwritten(changes, kept.details, f"organization {record_id}"), kept.places
        if elsewhere := sorted(left - places.keys()):
            raise look_again(elsewhere[0], f"organization {record_id}")
        if not left:
            return
        content: dict[str, Any] = {}
        for field in sorted(left):
            content |= kept.patch(field, changes.details)
        own = {name: value for name, value in content.items() if name in (NAME, ADDRESS)}
        custom = {code: value for code, value in content.items() if code not in own}
        with _naming({places[field]: field for field in left}):
            after = await self._patch(record_id, own | ({"custom_fields": custom} if custom else {}))
        before = kept.found.custom_fields
        if put_back(before, after.custom_fields, custom):
            # An answer may tell only what was sent: what stands there says whether anything is lost.
            now = await self._find(record_id)
            if now and (lost := put_back(before, now.found.custom_fields, custom)):
                await self._patch(record_id, {"custom_fields": lost})

    async def _patch(self, record_id: str, content: Mapping[str, Any]) -> wire.Organization:
        what, path = f"change the organization {record_id}", f"/api/v2/organizations/{record_id}"
        return await self._client.write(what, WRITE, "PATCH", path, wire.Organization, content=content)

    async def _find(self, record_id: str) -> Kept | None:
        found = await self._deals.organization(int(record_id)) if RECORD_ID.fits(record_id) else None
        return Kept(found, await self._fields.known("companies"), self._names) if found else None

    async def _edits(self, found: wire.Organization, places: Mapping[Field, str]) -> dict[Field, Edit]:
        """Return the last edit of each field; of one that nobody ever edited when the record was made."""
        operation = Operation(f"tell who edited the organization {found.id}", CONTACTS)
        path = f"/api/v1/organizations/{found.id}/changelog"
        try:
            part = await self._client.page(operation, path, wire.Changed, {"limit": PAGE})
        except Forbidden:
            # Who edited what only settles a conflict: without that a person does.
            return {}
        me = await self._client.known_me()
        edits: dict[Field, Edit] = {}
        for field, code in places.items():
            if last := _last(part.data, code):
                edits[field] = await self._edit(last, me.id)
            elif part.following is None and (made := _instant(found.add_time)):
                edits[field] = Edit(at=made)
        return edits

    async def _edit(self, last: wire.Changed, ours: int) -> Edit:
        if last.change_source == _OURS and last.actor_user_id == ours:
            return Edit(at=_instant(last.time), ours=True)
        who = await self._deals.owner(last.actor_user_id)
        return Edit(at=_instant(last.time), by=(who.name or who.email or f"user {who.id}") if who else "")


def _last(changes: Iterable[wire.Changed], code: str) -> wire.Changed | None:
    """Return the newest change of a field, parts of an address included.

    Times are whole seconds: of one second the first in the list, whose newest the example lists first.
    """
    of_it = (e for e in changes if e.field_key == code or (code == ADDRESS and _of_address(e.field_key)))
    return max(of_it, key=lambda each: each.time or "", default=None)


def _of_address(key: str) -> bool:
    return key.startswith(f"{ADDRESS}_")


def _instant(text: str | None) -> datetime | None:
    with suppress(ValueError):
        return parse_instant(text or "")
    return None


@contextmanager
def _naming(fields: Mapping[str, Field]) -> Iterator[None]:
    """Name the field of ours that Pipedrive refuses: the one it names, or the only one there was."""
    try:
        yield
    except NotFound:
        raise
    except Permanent as error:
        only = next(iter(fields.values())) if len(fields) == 1 else error.field
        refused = fields.get(error.field or "", only)
        raise Permanent(str(error), code=error.code, field=refused, request_id=error.request_id) from error
