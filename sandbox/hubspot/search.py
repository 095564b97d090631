"""CRM search: sorting, paging, and its limits.

HubSpot docs: page of at most 200 (default 10), body of at most 3,000 characters, 10,000 results per query;
one sorting rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.hubspot.asked import items, keys
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.filters import Condition, Linked, comparable, groups, passes
from sandbox.hubspot.kinds import Kind
from sandbox.hubspot.records import Record
from sandbox.hubspot.schema import Schema

_DEEPEST = 10_000


@dataclass(frozen=True)
class Search:
    """One search request, understood and within the limits."""

    kind: Kind
    schema: Schema
    groups: tuple[tuple[Condition, ...], ...]
    text: str
    sort: tuple[str, bool]
    properties: tuple[str, ...]
    limit: int
    after: int

    @classmethod
    def understood(
        cls, wanted: Mapping[str, Any], *, kind: Kind, schema: Schema, strict: bool = True
    ) -> "Search":
        """Raises `Refused` for everything that HubSpot does not take; `strict`: properties it lacks, too."""
        body = keys(
            wanted,
            required=(),
            optional={"query", "limit", "after", "sorts", "properties", "filterGroups"},
        )
        limit, after = body.get("limit", 10), str(body.get("after") or "0")
        if not isinstance(limit, int) or not 1 <= limit <= 200:
            raise invalid(f"limit must be between 1 and 200, not {limit}")
        if not after.isdecimal() or int(after) + limit > _DEEPEST:
            raise invalid(f"paging.after must be a number and paging ends at {_DEEPEST} results")
        return cls(
            kind=kind,
            schema=schema,
            groups=groups(items(body, "filterGroups"), kind=kind, schema=schema, strict=strict),
            text=str(body.get("query") or ""),
            sort=_sort(items(body, "sorts"), schema),
            properties=tuple(items(body, "properties")),
            limit=limit,
            after=int(after),
        )

    def answer(self, records: Iterable[Record], *, linked: Linked, at: datetime | None) -> dict[str, Any]:
        """The page of results as of `at`, the instant up to which the index has seen writes (None: all)."""
        found = [record for record in records if self._matches(record, linked, at)]
        found.sort(key=lambda record: int(record.id))
        name, descending = self.sort
        found.sort(key=lambda record: self._rank(record, name, at), reverse=descending)
        page = found[self.after : self.after + self.limit]
        known = self.schema.properties
        body: dict[str, Any] = {
            "total": len(found),
            "results": [record.as_json(self.properties, known=known, at=at) for record in page],
        }
        following = self.after + self.limit
        if following < len(found):
            body["paging"] = {"next": {"after": str(following)}}
        return body

    def _matches(self, record: Record, linked: Linked, at: datetime | None) -> bool:
        if self.text:
            words = " ".join(record.value(name, at=at) for name in self.kind.defaults).lower()
            if self.text.lower() not in words:
                return False
        return not self.groups or any(
            all(passes(record, condition, schema=self.schema, linked=linked, at=at) for condition in group)
            for group in self.groups
        )

    def _rank(self, record: Record, name: str, at: datetime | None) -> tuple[bool, Any]:
        text = record.value(name, at=at)
        return (bool(text), comparable(self.schema, name, text) if text else "")


def _sort(wanted: Any, schema: Schema) -> tuple[str, bool]:
    if len(wanted) > 1:
        raise invalid("Only one sort can be given")
    for rule in wanted:
        found = keys(
            {"propertyName": rule} if isinstance(rule, str) else rule,
            required={"propertyName"},
            optional={"direction"},
        )
        if found["propertyName"] not in schema.properties:
            raise invalid(f"Property {found['propertyName']} does not exist, so it cannot be sorted by")
        if found.get("direction", "ASCENDING") not in ("ASCENDING", "DESCENDING"):
            raise invalid(f"{found['direction']} is not a sort direction")
        return found["propertyName"], found.get("direction") == "DESCENDING"
    return "hs_object_id", False
