"""CRM search: filters, sorting, paging, and its limits.

HubSpot docs: page of at most 200 (default 10), body of at most 3,000 characters, 10,000 results per query,
5 filter groups of at most 6 filters, 18 filters in all; one sorting rule.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.hubspot.asked import items, keys
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.kinds import Kind
from sandbox.hubspot.records import Record
from sandbox.hubspot.schema import Schema, WrongValue, decimal, instant

_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "NEQ": operator.ne,
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
}
_NEEDS = {
    **{name: {"value"} for name in (*_COMPARES, "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")},
    "BETWEEN": {"value", "highValue"},
    "IN": {"values"},
    "NOT_IN": {"values"},
    "HAS_PROPERTY": set[str](),
    "NOT_HAS_PROPERTY": set[str](),
}
_DEEPEST = 10_000


@dataclass(frozen=True)
class Search:
    """One search request, understood and within the limits."""

    kind: Kind
    schema: Schema
    groups: tuple[tuple[Mapping[str, Any], ...], ...]
    text: str
    sort: tuple[str, bool]
    properties: tuple[str, ...]
    limit: int
    after: int

    @classmethod
    def understood(cls, wanted: Mapping[str, Any], *, kind: Kind, schema: Schema) -> "Search":
        """Raises `Refused` for everything that HubSpot does not take."""
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
            groups=_groups(items(body, "filterGroups"), schema),
            text=str(body.get("query") or ""),
            sort=_sort(items(body, "sorts"), schema),
            properties=tuple(items(body, "properties")),
            limit=limit,
            after=int(after),
        )

    def answer(self, records: Iterable[Record], *, at: datetime | None) -> dict[str, Any]:
        """The page of results; `at` is the instant up to which the index has seen writes (None: all)."""
        found = [
            record for record in records if (at is None or record.created <= at) and self._matches(record, at)
        ]
        found.sort(key=lambda record: int(record.id))
        name, descending = self.sort
        found.sort(key=lambda record: self._rank(record, name, at), reverse=descending)
        page = found[self.after : self.after + self.limit]
        known = self.schema.properties
        body: dict[str, Any] = {
            "total": len(found),
            "results": [record.as_json(self.properties, known=known) for record in page],
        }
        following = self.after + self.limit
        if following < len(found):
            body["paging"] = {"next": {"after": str(following)}}
        return body

    def _matches(self, record: Record, at: datetime | None) -> bool:
        if self.text:
            words = " ".join(record.value(name, at=at) for name in self.kind.defaults).lower()
            if self.text.lower() not in words:
                return False
        return not self.groups or any(
            all(self._passes(record, condition, at) for condition in group) for group in self.groups
        )

    def _passes(self, record: Record, condition: Mapping[str, Any], at: datetime | None) -> bool:
        """A record without a value passes no comparison, not even NEQ and NOT_IN."""
        name, wanted = str(condition["propertyName"]), str(condition["operator"])
        text = record.value(name, at=at)
        match wanted:
            case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
                return bool(text) == (wanted == "HAS_PROPERTY")
            case "IN" | "NOT_IN":
                # The index holds texts in lower case, and these values are compared as given.
                found = text.lower() in map(str, condition["values"])
                return bool(text) and found == (wanted == "IN")
            case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN":
                token = str(condition["value"]).strip("*").lower()
                return (token in text.lower()) == (wanted == "CONTAINS_TOKEN")
        return bool(text) and self._compares(name, text, condition)

    def _compares(self, name: str, text: str, condition: Mapping[str, Any]) -> bool:
        own, value = self._comparable(name, text), self._comparable(name, str(condition["value"]))
        if condition["operator"] == "BETWEEN":
            high = self._comparable(name, str(condition["highValue"]))
            return bool(value <= own <= high)
        return bool(_COMPARES[condition["operator"]](own, value))

    def _comparable(self, name: str, text: str) -> Any:
        """A value in its type's own order; texts compare without regard to case."""
        match self.schema.properties[name].type:
            case "number":
                return _or_refuse(decimal(text), text)
            case "date" | "datetime":
                try:
                    return instant(text)
                except WrongValue as wrong:
                    raise invalid(wrong.message) from wrong
        return text.lower()

    def _rank(self, record: Record, name: str, at: datetime | None) -> tuple[bool, Any]:
        text = record.value(name, at=at)
        return (bool(text), self._comparable(name, text) if text else "")


def _groups(wanted: Any, schema: Schema) -> tuple[tuple[Mapping[str, Any], ...], ...]:
    groups = tuple(tuple(items(keys(group, required={"filters"}), "filters")) for group in wanted)
    if len(groups) > 5 or any(len(group) > 6 for group in groups) or sum(map(len, groups)) > 18:
        raise invalid("A search takes at most 5 filterGroups, 6 filters in each and 18 filters in all")
    for group in groups:
        for condition in group:
            _checked(condition, schema)
    return groups


def _checked(condition: Any, schema: Schema) -> None:
    found = keys(condition, required={"propertyName", "operator"}, optional={"value", "highValue", "values"})
    wanted, name = found["operator"], found["propertyName"]
    if wanted not in _NEEDS:
        raise invalid(f"Invalid input JSON: {wanted} is not an operator")
    if name not in schema.properties:
        raise invalid(f"There was a problem with the request. Property {name} does not exist.")
    given = set(found) - {"propertyName", "operator"}
    if given != _NEEDS[wanted]:
        raise invalid(f"The operator {wanted} needs {sorted(_NEEDS[wanted])}, not {sorted(given)}")


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


def _or_refuse(number: Decimal | None, text: str) -> Decimal:
    if number is None:
        raise invalid(f"{text} is not a number")
    return number
