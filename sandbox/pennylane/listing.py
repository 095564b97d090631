"""Lists: their filter, their order, their pages (pennylane.md 1.1, 3 and 5)."""

import base64
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.pennylane.call import Call
from sandbox.pennylane.errors import Json, malformed
from sandbox.pennylane.store import R, visible

RANGE = ("lt", "lteq", "gt", "gteq", "eq", "not_eq", "in", "not_in")
SAME = ("eq", "not_eq", "in", "not_in")


@dataclass(frozen=True)
class Filter:
    """One field of a list's filter: which operators it has, and the record's value, or values, in it."""

    operators: Collection[str]
    value: Callable[[Any], Any]


Order = Mapping[str, Callable[[Any], Any]]
BY_ID: Order = {"id": lambda row: row.id}


def filtered(call: Call, rows: Iterable[R], filters: Mapping[str, Filter]) -> list[R]:
    """Those that satisfy all conditions of the query's `filter`: one text of JSON, an array."""
    conditions = _conditions(call)
    found = visible(rows, max(call.hidden_for, call.settings.filter_lag if conditions else 0.0))
    for condition in conditions:
        name, operator = condition["field"], condition["operator"]
        known = filters.get(name)
        if known is None or operator not in known.operators:
            if call.settings.unknown_filters_ignored:
                continue
            raise _bad_filter(f"{name} with {operator} is not a filter of this list")
        wanted = condition["value"]
        if (operator in ("in", "not_in")) is not isinstance(wanted, list):
            raise _bad_filter(f"the value of {name} does not fit {operator}")
        found = [row for row in found if _holds(operator, known.value(row), wanted)]
    return found


def page(
    call: Call, rows: Iterable[R], show: Callable[[R], Json], *, orders: Order = BY_ID, most: int = 100
) -> Json:
    """One page. The cursor is a position and nothing else: who does not send filter and order again gets
    the rest of another list (pennylane.md 5).
    """
    limit, (key, backwards) = limit_of(call, most), _order(call, orders)
    ordered = sorted(rows, key=lambda row: (key(row), row.id), reverse=backwards)
    if "cursor" in call.query:
        place = _position(call.query["cursor"])
        after = _reached(orders, key, place)
        ordered = [
            row
            for row in ordered
            if ((key(row), row.id) < after if backwards else (key(row), row.id) > after)
        ]
    taken, more = ordered[:limit], len(ordered) > limit
    cursor = _cursor({name: _plain(of(taken[-1])) for name, of in orders.items()}) if more else None
    return {"items": [show(row) for row in taken], "has_more": more, "next_cursor": cursor}


def limit_of(call: Call, most: int) -> int:
    said = call.query.get("limit", "20")
    if not re.fullmatch(r"-?[0-9]{1,9}", said):
        raise malformed("ValidateError", f"limit expected integer, but received {said!r}", field="limit")
    limit = int(said)
    if limit < 1:
        raise malformed("LessThanMinimum", f"{limit} is less than minimum value", field="limit")
    if limit > most:
        raise malformed("MoreThanMaximum", f"{limit} is more than maximum value", field="limit")
    return limit


def bad_cursor() -> Exception:
    return malformed("ValidateError", "The cursor is invalid", field="cursor")


def _conditions(call: Call) -> Sequence[Json]:
    if any(name.startswith("filter[") for name in call.query):
        raise _bad_filter("filter should be a string, but we received a hash")
    said = call.query.get("filter")
    if said is None:
        return []
    try:
        found = json.loads(said)
    except ValueError:
        raise _bad_filter("filter is not valid JSON") from None
    if not isinstance(found, list):
        raise _bad_filter("filter should be an array")
    for each in found:
        if not isinstance(each, dict) or set(each) != {"field", "operator", "value"}:
            raise _bad_filter("each filter has a field, an operator and a value")
        if not isinstance(each["field"], str) or not isinstance(each["operator"], str):
            raise _bad_filter("field and operator are strings")
    return found


def _holds(operator: str, held: Any, wanted: Any) -> bool:
    """Values may be sent as texts, also numbers and truths: the OpenAPI's examples do."""
    if isinstance(held, list):
        return bool(set(held) & set(map(str, wanted)))
    if operator == "start_with":
        return isinstance(held, str) and held.startswith(str(wanted))
    values = [_like(held, each) for each in (wanted if isinstance(wanted, list) else [wanted])]
    match operator:
        case "eq" | "in":
            return held in values
        case "not_eq" | "not_in":
            return held not in values
    (value,) = values
    if held is None:
        return False
    return bool(
        {"lt": held < value, "lteq": held <= value, "gt": held > value, "gteq": held >= value}[operator]
    )


def _like(held: Any, wanted: Any) -> Any:
    """What was sent, as the kind of value that it is held against."""
    said = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
    try:
        if isinstance(held, bool):
            return {"true": True, "false": False}[said]
        if isinstance(held, int):
            return int(said)
        if isinstance(held, date):
            return date.fromisoformat(said)
    except (KeyError, ValueError):
        raise _bad_filter(f"{said!r} does not fit the field") from None
    return said


def _bad_filter(message: str) -> Exception:
    return malformed("ValidateError", message, field="filter")


def _order(call: Call, orders: Order) -> tuple[Callable[[Any], Any], bool]:
    said = call.query.get("sort", "-id")
    name = said.removeprefix("-")
    if name not in orders:
        raise malformed("NotEnumInclude", f"{said!r} is not an order of this list", field="sort")
    return orders[name], said.startswith("-")


def _reached(orders: Order, key: Callable[[Any], Any], place: Json) -> tuple[Any, int]:
    """How far the pages before went, in the order that is asked for now."""
    name = next(each for each, of in orders.items() if of is key)
    try:
        value, id_ = place[name], place["id"]
        reached = date.fromisoformat(value) if name == "date" else int(value)
        return reached, int(id_)
    except (KeyError, TypeError, ValueError):
        raise bad_cursor() from None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _cursor(place: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _position(cursor: str) -> Json:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError:
        raise bad_cursor() from None
    if not isinstance(found, dict):
        raise bad_cursor()
    return found
