"""Fields of a kind of record: their own ones, and custom ones under random codes (pipedrive.md 1)."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sandbox.pipedrive.errors import Json, Refused

SEARCHABLE = ("address", "varchar", "text", "varchar_auto", "double", "monetary", "phone")
"""The custom types that search looks into (spec v2, /itemSearch/field)."""
TYPES = (
    "varchar", "text", "double", "phone", "date", "daterange", "time", "timerange", "set", "enum",
    "varchar_auto", "address", "monetary", "org", "people", "user",
)  # fmt: skip
_LENGTHS = {"varchar": 255, "varchar_auto": 255, "phone": 255, "text": 65_000}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
Exists = Callable[[str, int], bool]
"""Whether a record or user of a kind exists."""


@dataclass
class Field:
    """One field. `id` is what saved filters call it, and API v2 does not tell (pipedrive.md 2).

    `options` have ids that are unique in the account; `shown` is where the pages show it.
    """

    id: int
    name: str
    code: str
    type: str
    custom: bool = False
    description: str | None = None
    options: list[Json] | None = None
    shown: Json = field(default_factory=dict)

    def as_json(self, included: frozenset[str] = frozenset(), *, described: bool = True) -> Json:
        """As the API tells it; `included` of what stands there on demand alone."""
        parts = {"monetary": ("value", "currency"), "address": ("value",)}.get(self.type)
        body = {
            "field_name": self.name,
            "field_code": self.code,
            "field_type": self.type,
            "options": None if self.options is None else [dict(option) for option in self.options],
            "subfields": _subfields(parts, self.name) if parts else None,
            "is_custom_field": self.custom,
            "is_optional_response_field": False,
        }
        if described:
            body["description"] = self.description or ""
        return body | {name: value for name, value in self.shown.items() if name in included}

    def accepted(self, value: Any, exists: Exists) -> Any:
        """A value as it is stored; raises a refusal that names the code (pipedrive.md 9)."""
        if value is None:
            return None
        match self.type:
            case "varchar" | "varchar_auto" | "phone" | "text":
                good = isinstance(value, str) and len(value) <= _LENGTHS[self.type]
            case "double":
                good = _is_number(value)
            case "monetary":
                good = _has(value, "value", "currency") and _is_number(value["value"])
                good = good and bool(re.fullmatch(r"[A-Z]{3}", str(value["currency"])))
            case "enum":
                good = _is_whole(value) and value in self._option_ids()
            case "set":
                good = isinstance(value, list) and bool(value)
                good = good and all(_is_whole(each) and each in self._option_ids() for each in value)
            case "date":
                good = _is_day(value)
            case "daterange" | "timerange":
                test = _is_day if self.type == "daterange" else _is_clock
                good = _has(value, "value", "until") and test(value["value"]) and test(value["until"])
            case "time":
                good = _is_clock(value)
            case "address":
                good = isinstance(value, dict) and isinstance(value.get("value"), str)
            case _:
                good = _is_whole(value) and exists(self.type, value)
        if not good:
            raise Refused(400, f"Validation failed: custom_fields.{self.code}: not a valid {self.type}")
        return value

    def shown_in_api(self, value: Any, *, labels: bool) -> Any:
        """The plain value; with `labels`, options are objects (spec v2, include_option_labels)."""
        if not labels or value is None or self.type not in ("enum", "set"):
            return value
        return self._labelled(value) if self.type == "enum" else [self._labelled(each) for each in value]

    def shown_in_webhook(self, value: Any) -> Json | None:
        """What a webhook says differs from the API (pipedrive.md 1)."""
        if value is None:
            return None
        match self.type:
            case "enum" | "user" | "org" | "people":
                return {"type": self.type, "id": value}
            case "set":
                return {"type": "set", "values": [{"id": each} for each in value]}
            case "monetary" | "daterange" | "timerange" | "address":
                return {"type": self.type, **value}
        return {"type": self.type, "value": value}

    def words(self, value: Any) -> str | None:
        """What search finds it by; None when it does not look into such a field."""
        if value is None or self.type not in SEARCHABLE:
            return None
        return str(value["value"]) if isinstance(value, dict) else str(value)

    def _option_ids(self) -> set[int]:
        return {option["id"] for option in self.options or ()}

    def _labelled(self, id_: int) -> Json:
        label = next((each["label"] for each in self.options or () if each["id"] == id_), "")
        return {"id": id_, "label": label}


def new_code() -> str:
    """40 random hexadecimal characters."""
    return secrets.token_hex(20)


def own_fields(kind: str) -> dict[str, Field]:
    """The fields that every account has, as far as anybody needs them here."""
    return {code: Field(id_, name, code, type_) for id_, (name, code, type_) in enumerate(_OWN[kind], 12_401)}


def _subfields(parts: tuple[str, ...], name: str) -> list[Json]:
    types = {"value": "double" if "currency" in parts else "varchar", "currency": "varchar"}
    return [
        {"field_code": part, "field_name": f"{part.capitalize()} of {name}", "field_type": types[part]}
        for part in parts
    ]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_clock(value: Any) -> bool:
    return isinstance(value, str) and _CLOCK.fullmatch(value) is not None


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _has(value: Any, *names: str) -> bool:
    return isinstance(value, Mapping) and set(value) == set(names)


_OWN = {
    "deal": (
        ("Title", "title", "varchar"),
        ("Value", "value", "monetary"),
        ("Status", "status", "status"),
        ("Owner", "owner_id", "user"),
        ("Organization", "org_id", "org"),
        ("Contact person", "person_id", "people"),
        ("Stage", "stage_id", "stage"),
        ("Won time", "won_time", "date"),
    ),
    "organization": (
        ("Name", "name", "varchar"),
        ("Owner", "owner_id", "user"),
        ("Address", "address", "address"),
        ("Website", "website", "varchar"),
    ),
    "person": (
        ("Name", "name", "varchar"),
        ("Owner", "owner_id", "user"),
        ("Organization", "org_id", "org"),
        ("Email", "emails", "varchar"),
        ("Phone", "phones", "phone"),
    ),
    "activity": (
        ("Subject", "subject", "varchar"),
        ("Type", "type", "varchar"),
        ("Due date", "due_date", "date"),
        ("Assigned to user", "owner_id", "user"),
    ),
}
