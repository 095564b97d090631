"""One call as its handler sees it, read strictly: what Pipedrive would not understand is refused."""

import base64
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.pipedrive.account import Account
from sandbox.pipedrive.errors import Json, invalid
from sandbox.pipedrive.records import By, Record, stamp
from sandbox.pipedrive.settings import PipedriveSettings

_MOST = 500
_NUMBERS = ("id", "deal_id", "order_nr")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
Key = Callable[[Record], Any]


@dataclass(frozen=True)
class Call:
    """`app`: sent with a credential, not by a person. `hidden_for`: seconds that new records stay out."""

    account: Account
    settings: PipedriveSettings
    by: By
    app: bool
    place: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Any = None
    hidden_for: float = 0.0
    used: set[str] = field(default_factory=set)

    def id(self, name: str = "id") -> int:
        """A number in the path."""
        return _whole(self.place[name], name)

    def object(self, allowed: Collection[str], required: Iterable[str] = ()) -> Json:
        """The JSON object sent, with no other fields than these."""
        if not isinstance(self.body, dict):
            raise invalid("the body must be an object")
        for name in self.body:
            if name not in allowed:
                raise invalid(f"{name}: unrecognized field")
        for name in required:
            if self.body.get(name) in (None, ""):
                raise invalid(f"{name}: Required")
        return dict(self.body)

    def text(self, name: str) -> str | None:
        """A parameter that may be given once."""
        values = self.query.get(name)
        self.used.add(name)
        if values is not None and len(values) > 1:
            raise invalid(f"{name}: given more than once")
        return values[0] if values else None

    def number(self, name: str) -> int | None:
        text = self.text(name)
        return None if text is None else _whole(text, name)

    def flag(self, name: str) -> bool | None:
        text = self.text(name)
        if text not in (None, "true", "false"):
            raise invalid(f"{name}: Expected boolean")
        return None if text is None else text == "true"

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        text = self.text(name) or default
        if text not in allowed:
            raise invalid(f"{name}: must be one of {', '.join(allowed)}")
        return text

    def several(self, name: str, *, most: int, allowed: Collection[str] | None = None) -> list[str] | None:
        """Values that commas separate; a repeated parameter is the same."""
        self.used.add(name)
        if name not in self.query:
            return None
        found = [part for text in self.query[name] for part in text.split(",") if part]
        if len(found) > most:
            raise invalid(f"{name}: at most {most} are allowed")
        if allowed is not None and (unknown := [each for each in found if each not in allowed]):
            raise invalid(f"{name}: {unknown[0]} is not one of {', '.join(allowed)}")
        return found

    def ids(self, name: str, *, most: int = 100) -> list[int] | None:
        found = self.several(name, most=most)
        return None if found is None else [_whole(each, name) for each in found]

    def instant(self, name: str) -> str | None:
        """A time to the second: one with milliseconds is refused (pipedrive.md 5)."""
        text = self.text(name)
        if text is None:
            return None
        try:
            if _INSTANT.fullmatch(text):
                return stamp(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC))
        except (ValueError, OverflowError):
            pass
        raise invalid(f"{name}: Invalid RFC3339 date-time")

    def done(self) -> None:
        """Refuse parameters that nobody asked for."""
        if unknown := sorted(set(self.query) - self.used - {"api_token"}):
            raise invalid(f"{unknown[0]}: unrecognized parameter")


def ok(data: Any, **more: Any) -> Json:
    return {"success": True, "data": data, **more}


def page(
    call: Call, found: Iterable[Record], shown: Callable[[Record], Json], *, sorts: Collection[str]
) -> Json:
    """One page by cursor: it goes on behind the last record's place in the order (pipedrive.md 0)."""
    by = call.choice("sort_by", sorts, "id")
    downwards = call.choice("sort_direction", ("asc", "desc"), "asc") == "desc"

    def place(record: Record) -> tuple[Any, int]:
        value = record.id if by == "id" else record.values.get(by)
        return (value if value is not None else "", record.id)

    ordered = sorted(found, key=place, reverse=downwards)
    after = _cursor(call, by, downwards=downwards)
    if after is not None:
        ordered = [each for each in ordered if (place(each) < after if downwards else place(each) > after)]
    size = limit(call)
    chosen, more = ordered[:size], len(ordered) > size
    call.done()
    following = _marked(by, *place(chosen[-1]), downwards=downwards) if more else None
    return ok([shown(each) for each in chosen], additional_data={"next_cursor": following})


def plain_page(call: Call, found: list[Any]) -> tuple[list[Any], str | None]:
    """One page of what has no order of its own; the cursor is a place in it."""
    size, text = limit(call), call.text("cursor")
    start = _decoded(text).get("offset") if text else 0
    if not isinstance(start, int):
        raise invalid("cursor: Invalid cursor")
    call.done()
    following = _encoded({"offset": start + size}) if len(found) > start + size else None
    return found[start : start + size], following


def limit(call: Call) -> int:
    size = call.number("limit")
    if size is not None and not 1 <= size <= _MOST:
        raise invalid(f"limit: must be from 1 to {_MOST}")
    return size or 100


def _cursor(call: Call, by: str, *, downwards: bool) -> tuple[Any, int] | None:
    text = call.text("cursor")
    if text is None:
        return None
    found = _decoded(text)
    value, id_ = found.get("fieldValue"), found.get("id")
    same = found.get("field") == by and found.get("sortDirection") == ("desc" if downwards else "asc")
    if not same or not isinstance(id_, int) or not isinstance(value, int if by in _NUMBERS else str):
        raise invalid("cursor: Invalid cursor")
    return value, id_


def _marked(by: str, value: Any, id_: int, *, downwards: bool) -> str:
    """As the vendor's examples look inside; opaque to who reads the API."""
    return _encoded(
        {"field": by, "fieldValue": value, "sortDirection": "desc" if downwards else "asc", "id": id_}
    )


def _encoded(content: Json) -> str:
    text = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _decoded(text: str) -> Json:
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        raise invalid("cursor: Invalid cursor") from None
    if not isinstance(found, dict):
        raise invalid("cursor: Invalid cursor")
    return found


def _whole(text: str, name: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise invalid(f"{name}: Expected number")
    return int(text)
