"""The conditions of a CRM search: what each operator needs and which records pass.

HubSpot docs: 5 filter groups of at most 6 filters, 18 filters in all; `associations.<type>` filters by the id
of an associated record.
"""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.hubspot.asked import items, keys
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.kinds import KINDS, LINKS, Kind
from sandbox.hubspot.records import Record
from sandbox.hubspot.schema import Schema, WrongValue, decimal, instant

Condition = Mapping[str, Any]
Linked = Callable[[Record, str], Collection[str]]

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
_OF_ASSOCIATIONS = ("EQ", "IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY")
_PSEUDO = "associations."


def groups(
    wanted: list[Any], *, kind: Kind, schema: Schema, strict: bool
) -> tuple[tuple[Condition, ...], ...]:
    """The filter groups of a request; raises `Refused` for everything that HubSpot does not take.

    `strict`: a property that the account lacks is refused; no page says whether it is.
    """
    found = tuple(tuple(items(keys(group, required={"filters"}), "filters")) for group in wanted)
    if len(found) > 5 or any(len(group) > 6 for group in found) or sum(map(len, found)) > 18:
        raise invalid("A search takes at most 5 filterGroups, 6 filters in each and 18 filters in all")
    for group in found:
        for condition in group:
            _check(condition, kind, schema, strict=strict)
    return found


def passes(
    record: Record, condition: Condition, *, schema: Schema, linked: Linked, at: datetime | None
) -> bool:
    """A record without a value passes no comparison, not even NEQ and NOT_IN."""
    name, wanted = str(condition["propertyName"]), str(condition["operator"])
    if target := _target(record.kind, name):
        return _passes_linked(linked(record, target.plural), condition)
    if name not in schema.properties:
        return wanted == "NOT_HAS_PROPERTY"
    text = record.value(name, at=at)
    match wanted:
        case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
            return bool(text) == (wanted == "HAS_PROPERTY")
        case "IN" | "NOT_IN":
            # The index holds texts in lower case, and these values are compared as given.
            found = text.lower() in map(str, condition["values"])
            return bool(text) and found == (wanted == "IN")
        case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN":
            return _has_tokens(text, str(condition["value"])) == (wanted == "CONTAINS_TOKEN")
    return bool(text) and _compares(schema, name, text, condition)


def comparable(schema: Schema, name: str, text: str) -> Any:
    """A value in its type's own order; texts compare without regard to case."""
    match schema.properties[name].type:
        case "number":
            return _or_refuse(decimal(text), text)
        case "date" | "datetime":
            try:
                return instant(text)
            except WrongValue as wrong:
                raise invalid(wrong.message) from wrong
    return text.lower()


def _check(condition: Any, kind: Kind, schema: Schema, *, strict: bool) -> None:
    found = keys(condition, required={"propertyName", "operator"}, optional={"value", "highValue", "values"})
    wanted, name = found["operator"], str(found["propertyName"])
    if wanted not in _NEEDS:
        raise invalid(f"Invalid input JSON: {wanted} is not an operator")
    if name not in schema.properties and not _target(kind, name):
        if not strict:
            return
        raise invalid(f"There was a problem with the request. Property {name} does not exist.")
    given = set(found) - {"propertyName", "operator"}
    if given != _NEEDS[wanted]:
        raise invalid(f"The operator {wanted} needs {sorted(_NEEDS[wanted])}, not {sorted(given)}")
    _check_values(found, [found[key] for key in ("value", "highValue") if key in found])
    if name not in schema.properties:
        if wanted not in _OF_ASSOCIATIONS:
            raise invalid(f"The operator {wanted} cannot be used with {name}")
    elif wanted in (*_COMPARES, "BETWEEN"):
        for key in sorted(_NEEDS[wanted]):
            comparable(schema, name, str(found[key]))


def _check_values(found: dict[str, Any], single: list[Any]) -> None:
    several = items(found, "values")
    if found["operator"] in ("IN", "NOT_IN") and not several:
        raise invalid(f"The operator {found['operator']} needs at least one value")
    if any(isinstance(value, dict | list) or value in (None, "") for value in (*single, *several)):
        raise invalid(f"A value of the filter on {found['propertyName']} is empty or not a text")


def _target(kind: Kind, name: str) -> Kind | None:
    """The object type that `associations.<type>` means, when records of `kind` can be associated with it."""
    if not name.startswith(_PSEUDO):
        return None
    linked = {KINDS[target] for origin, target, _ in LINKS if origin == kind.plural}
    return next((other for other in linked if other.singular == name.removeprefix(_PSEUDO)), None)


def _passes_linked(ids: Collection[str], condition: Condition) -> bool:
    match condition["operator"]:
        case "EQ":
            return str(condition["value"]) in ids
        case "IN":
            return any(str(value) in ids for value in condition["values"])
        case "HAS_PROPERTY":
            return bool(ids)
    return not ids


def _has_tokens(text: str, wanted: str) -> bool:
    """Whole words, in any order and case; a part of a word is found only with `*` for its rest."""
    words = text.lower().split()
    tokens = set(_tokens(text))
    for part in wanted.lower().split():
        if "*" in part:
            pattern = re.compile(re.escape(part).replace(r"\*", ".*"))
            if not any(pattern.fullmatch(word) for word in (*words, *tokens)):
                return False
        elif not set(_tokens(part)) <= tokens:
            return False
    return bool(tokens)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _compares(schema: Schema, name: str, text: str, condition: Condition) -> bool:
    own = comparable(schema, name, text)
    value = comparable(schema, name, str(condition["value"]))
    if condition["operator"] == "BETWEEN":
        return bool(value <= own <= comparable(schema, name, str(condition["highValue"])))
    return bool(_COMPARES[condition["operator"]](own, value))


def _or_refuse(number: Decimal | None, text: str) -> Decimal:
    if number is None:
        raise invalid(f"{text} is not a number")
    return number
