"""Properties: what an object type knows, and which values it accepts."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from sandbox.hubspot.errors import Problem, Refused, invalid

DAY_MS = 86_400_000
LONGEST_TEXT = 65_536
"""Characters of a property value and of a task's body (HubSpot docs: properties, tasks). The error's code is
not documented."""
_REMEMBERED = 65_536
"""Values that are read once: a search compares those of every record, page after page."""
_FIELD_TYPES = {
    "string": {"text", "textarea", "file", "html", "phonenumber"},
    "number": {"number", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox"},
    "bool": {"booleancheckbox"},
}
_REQUIRED = ("name", "label", "type", "fieldType", "groupName")
_OPTIONAL = {
    "description",
    "options",
    "hasUniqueValue",
    "hidden",
    "formField",
    "displayOrder",
    "referencedObjectType",
    "calculationFormula",
    "externalOptions",
}
_CHANGEABLE = {
    "label",
    "description",
    "options",
    "groupName",
    "hidden",
    "formField",
    "displayOrder",
    "type",
    "fieldType",
}


@dataclass(frozen=True)
class Property:
    """One property definition. `calculated` ones are set by HubSpot alone; texts must fit `pattern`."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str = "information"
    description: str = ""
    options: tuple[Mapping[str, Any], ...] = ()
    unique: bool = False
    calculated: bool = False
    own: bool = False
    pattern: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    created: datetime = datetime(2024, 9, 2, 8, 0, tzinfo=UTC)

    def as_json(self) -> dict[str, Any]:
        body = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "options": [dict(option) for option in self.options],
            "hasUniqueValue": self.unique,
            "calculated": self.calculated,
            "externalOptions": False,
            "hidden": False,
            "formField": False,
            "displayOrder": -1,
            **self.extra,
            "archived": False,
            "createdAt": _iso(self.created),
            "updatedAt": _iso(self.created),
            "modificationMetadata": {
                "archivable": self.own,
                "readOnlyDefinition": not self.own,
                "readOnlyValue": self.calculated,
            },
        }
        return body if self.own else {**body, "hubspotDefined": True}

    def accept(self, value: str) -> str:
        """The value as it is stored; raises `WrongValue`. An empty text clears the property."""
        if self.calculated:
            raise WrongValue(
                "READ_ONLY_VALUE", f'"{self.name}" is a read only property; its value cannot be set.'
            )
        if len(value) > LONGEST_TEXT:
            raise WrongValue(
                "PROPERTY_VALUE_TOO_LONG", f"{self.name} is longer than {LONGEST_TEXT} characters."
            )
        if value and (rule := _RULES.get(self.type)):
            return rule(self, value)
        if value and self.pattern and not re.fullmatch(self.pattern, value):
            raise WrongValue("INVALID_FORMAT", f"{value} does not have the form that {self.name} needs.")
        return value


class WrongValue(Exception):
    """A value the property does not take."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def problem(self, name: str) -> Problem:
        return {"message": self.message, "error": self.code, "name": name}


class Schema:
    """The properties and property groups of one object type."""

    def __init__(self, properties: Iterable[Property]) -> None:
        self.properties = {prop.name: prop for prop in properties}
        self.groups: dict[str, dict[str, Any]] = {}
        for group in {prop.group for prop in self.properties.values()}:
            self.add_group({"name": group, "label": group.replace("_", " ").capitalize()})

    def add_group(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Create a group; 409 when it exists."""
        _only(wanted, required=("name", "label"), optional={"displayOrder"})
        name = str(wanted["name"])
        if name in self.groups:
            raise _exists(f"Property group named '{name}' already exists.")
        self.groups[name] = {"displayOrder": -1, **wanted, "archived": False}
        return self.groups[name]

    def add(self, wanted: Mapping[str, Any]) -> Property:
        """Create a custom property; 409 when the name is taken."""
        _only(wanted, required=_REQUIRED, optional=_OPTIONAL)
        name, kind = str(wanted["name"]), wanted["type"]
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name):
            raise invalid(f"Property name '{name}' is invalid: lower-case letters, digits and underscores.")
        if wanted["fieldType"] not in _FIELD_TYPES.get(kind, ()):
            raise invalid(f"The fieldType {wanted['fieldType']} is not valid for the type {kind}.")
        if name in self.properties:
            raise _exists(f"A property named '{name}' already exists.")
        self._room_for_unique(wanted)
        extra = {key: wanted[key] for key in ("hidden", "formField", "displayOrder") if key in wanted}
        created = Property(
            name=name,
            label=str(wanted["label"]),
            type=kind,
            field_type=wanted["fieldType"],
            group=self._group(wanted["groupName"]),
            description=wanted.get("description", ""),
            options=_options(wanted),
            unique=bool(wanted.get("hasUniqueValue", False)),
            own=True,
            extra=extra,
            created=datetime.now(UTC),
        )
        self.properties[name] = created
        return created

    def change(self, prop: Property, wanted: Mapping[str, Any]) -> Property:
        """Change a custom property's definition; its name and uniqueness are for ever."""
        _only(wanted, required=(), optional=_CHANGEABLE)
        if not prop.own:
            raise invalid(f"The definition of {prop.name} is read only.")
        renamed = {"fieldType": "field_type", "groupName": "group"}
        changes: dict[str, Any] = {
            renamed.get(key, key): value
            for key, value in wanted.items()
            if key in ("label", "description", "type", "fieldType", "groupName")
        }
        if "groupName" in wanted:
            self._group(wanted["groupName"])
        if "options" in wanted:
            changes["options"] = _options({"type": prop.type, **wanted})
        extra = {key: wanted[key] for key in ("hidden", "formField", "displayOrder") if key in wanted}
        self.properties[prop.name] = replace(prop, **changes, extra={**prop.extra, **extra})
        return self.properties[prop.name]

    def archive(self, prop: Property) -> None:
        """Take a custom property away from every read and write.

        Whether HubSpot frees the name for a new property is not documented; here it does.
        """
        if not prop.own:
            raise invalid(f"{prop.name} cannot be archived.")
        del self.properties[prop.name]

    def _group(self, name: Any) -> str:
        if name not in self.groups:
            raise invalid(f"Property group '{name}' does not exist.")
        return str(name)

    def _room_for_unique(self, wanted: Mapping[str, Any]) -> None:
        if wanted.get("hasUniqueValue") and sum(p.unique and p.own for p in self.properties.values()) >= 10:
            raise invalid("The limit of 10 unique value properties for this object type is reached.")


@lru_cache(_REMEMBERED)
def instant(value: str) -> datetime:
    """A date or date-time in one of HubSpot's forms: ISO 8601, or epoch milliseconds."""
    try:
        if re.fullmatch(r"-?\d+", value):
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        read = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError) as error:
        raise WrongValue("INVALID_DATE", f"{value} was not a valid date.") from error
    return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)


@lru_cache(_REMEMBERED)
def decimal(value: str) -> Decimal | None:
    """The number in a property value, or None."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _number(_: Property, value: str) -> str:
    if decimal(value) is None:
        raise WrongValue("INVALID_INTEGER", f"{value} was not a valid number.")
    return value


def _date(_: Property, value: str) -> str:
    if re.fullmatch(r"-?\d+", value):
        if int(value) % DAY_MS:
            raise WrongValue("INVALID_DATE", f"{value} is not at midnight UTC.")
        return instant(value).date().isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise WrongValue("INVALID_DATE", f"{value} was not a valid date.") from error


def _bool(_: Property, value: str) -> str:
    return _one_of(value, ["true", "false"])


def _datetime(_: Property, value: str) -> str:
    return _iso(instant(value))


def _option(prop: Property, value: str) -> str:
    return _one_of(value, [str(option["value"]) for option in prop.options])


def _one_of(value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise WrongValue(
            "INVALID_OPTION", f"{value} was not one of the allowed options: [{', '.join(allowed)}]"
        )
    return value


def _options(wanted: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    options = wanted.get("options", [])
    if wanted["type"] == "enumeration" and not options:
        raise invalid("A property of type enumeration needs options.")
    for option in options:
        _only(option, required=("label", "value", "hidden"), optional={"displayOrder", "description"})
    return tuple(options)


def _only(body: Mapping[str, Any], *, required: tuple[str, ...], optional: set[str]) -> None:
    if missing := [name for name in required if body.get(name) in (None, "")]:
        raise invalid(f"Invalid input JSON: required fields were not set: {missing}")
    if unknown := sorted(set(body) - set(required) - optional):
        raise invalid(f'Invalid input JSON: unrecognized field "{unknown[0]}"')


def _exists(message: str) -> Refused:
    return Refused(409, message, category="OBJECT_ALREADY_EXISTS")


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_RULES: dict[str, Callable[[Property, str], str]] = {
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "bool": _bool,
    "enumeration": _option,
}
