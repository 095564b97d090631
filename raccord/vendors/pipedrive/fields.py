"""Custom fields by the names that people see: their codes differ from account to account.

A name may be given to two fields, and be changed (pipedrive page, section 1); the code stays, and the
settings may name that instead.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.memory import Memory
from raccord.domain.values.base import fold
from raccord.vendors.pipedrive.client import PAGE, PipedriveClient
from raccord.vendors.pipedrive.values import as_text
from raccord.vendors.pipedrive.wanted import Wanted, word
from raccord.vendors.pipedrive.wire import FieldRecord

PATHS = {"deals": "/api/v2/dealFields", "companies": "/api/v2/organizationFields"}
TITLES = {"deals": "deals", "companies": "organizations"}
NEEDS = {"deals": "manage deal fields", "companies": "manage organization fields"}
CODE = re.compile("[0-9a-f]{40}")
_COMPLETE, _INCOMPLETE = 300.0, 30.0
"""Seconds for which an account's fields are known, where all that are mapped are there and where not."""


@dataclass(frozen=True, slots=True)
class Known:
    """The custom fields of one kind of record."""

    kind: str
    fields: tuple[FieldRecord, ...]

    def find(self, name: str) -> FieldRecord | None:
        """Return the field of this name or code. Raises `Permanent` where two have the name."""
        if CODE.fullmatch(name):
            return next((each for each in self.fields if each.field_code == name), None)
        found = [each for each in self.fields if fold(each.field_name) == fold(name)] if name else []
        if len(found) > 1:
            codes = ", ".join(each.field_code for each in found)
            raise Permanent(
                f"Pipedrive has {len(found)} custom fields of {TITLES[self.kind]} named {name}: enter the "
                f"code of the right one in the mapping instead of its name ({codes}).",
                code="field_ambiguous",
                field=name,
            )
        return found[0] if found else None


class Fields:
    """The custom fields of one account, remembered for minutes."""

    def __init__(self, client: PipedriveClient, wanted: Mapping[str, tuple[Wanted, ...]]) -> None:
        self._client = client
        self._wanted = wanted
        self._known: Memory[Known] = Memory()

    async def known(self, kind: str) -> Known:
        return await self._known.get(kind, lambda: self.read(kind), seconds=self._seconds)

    async def read(self, kind: str) -> Known:
        """Read them as they are now."""
        operation = Operation(f"list the fields of {TITLES[kind]}", NEEDS[kind])
        found = [
            each
            async for each in self._client.every(operation, PATHS[kind], FieldRecord, {"limit": PAGE})
            if each.is_custom_field
        ]
        return Known(kind, tuple(found))

    def forget(self) -> None:
        for kind in PATHS:
            self._known.forget(kind)

    def _seconds(self, known: Known) -> float:
        names = {each.name for each in self._wanted[known.kind]}
        codes, seen = {f.field_code for f in known.fields}, {fold(f.field_name) for f in known.fields}
        return _COMPLETE if all(n in codes or fold(n) in seen for n in names) else _INCOMPLETE


@dataclass(frozen=True, slots=True)
class Held:
    """The custom fields of one record, by the names of the settings."""

    known: Known
    values: Mapping[str, Any]

    def raw(self, name: str) -> Any:
        field = self.known.find(name)
        return self.values.get(field.field_code) if field else None

    def text(self, name: str) -> str:
        """Return what a field says; of a choice its word of ours, else its label."""
        field = self.known.find(name)
        if field is None:
            return ""
        value = self.values.get(field.field_code)
        if field.options is None or value is None:
            return as_text(value)
        wanted = as_text(value)
        label = next((each.label for each in field.options if str(each.id) == wanted), wanted)
        return word(label)
