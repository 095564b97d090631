"""Queries of a data source: filters, sorts and pages of results (notion.md 3, 4 and 5)."""

from collections.abc import Callable
from typing import Any

from sandbox.notion import schema, values
from sandbox.notion.errors import Json, invalid, misplaced, one_list, only
from sandbox.notion.schema import Columns
from sandbox.notion.settings import NotionSettings
from sandbox.notion.store import Node

_TEXT = ("title", "rich_text", "url", "email", "phone_number")
_MOST = 100
Test = Callable[[Node], bool]


def matching(rows: list[Node], body: Json, columns: Columns, limits: NotionSettings) -> list[Node]:
    """The rows that a query wants, in its order: the oldest first where it has none."""
    test = _test(body["filter"], columns, limits, "filter") if body.get("filter") else None
    found = [row for row in rows if test is None or test(row)]
    for number, one in reversed(list(enumerate(one_list(body.get("sorts", []), "sorts", limits.array)))):
        key, downwards = _order(one, columns, f"sorts[{number}]")
        found.sort(key=key, reverse=downwards)
    return found


def page(found: list[Node], given: Json) -> tuple[list[Node], str | None]:
    """One page of results and where the next one begins: a cursor is the id of its first result."""
    size, cursor = given.get("page_size", _MOST), given.get("start_cursor")
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= _MOST:
        raise misplaced("page_size", f"should be a number from 1 to {_MOST}, instead was `{size}`.")
    start = 0
    if cursor is not None:
        places = [number for number, node in enumerate(found) if node.id == cursor]
        if not places:
            raise invalid(f"The start_cursor provided is invalid: {cursor}")
        start = places[0]
    rest = found[start:]
    return rest[:size], rest[size].id if len(rest) > size else None


def _test(given: Any, columns: Columns, limits: NotionSettings, at: str) -> Test:
    if not isinstance(given, dict):
        raise misplaced(at, "should be an object")
    for word, combined in (("and", all), ("or", any)):
        if word in given:
            only(given, (word,), at)
            parts = one_list(given[word], f"{at}.{word}", limits.array)
            tests = [_test(part, columns, limits, f"{at}.{word}[{n}]") for n, part in enumerate(parts)]
            return lambda row: combined(test(row) for test in tests)
    column = _named(given, columns)
    kind = column["type"]
    only(given, ("property", "type", kind), at)
    if kind not in given or not isinstance(given[kind], dict) or len(given[kind]) != 1:
        raise misplaced(f"{at}.{kind}", "should be defined, with one condition.")
    ((condition, wanted),) = given[kind].items()
    compare = _comparison(kind, condition)
    if compare is None:
        raise misplaced(f"{at}.{kind}.{condition}", "should be not present")
    return lambda row: compare(_plain(kind, row.content.get(column["id"])), wanted)


def _named(given: Json, columns: Columns) -> Json:
    wanted = given.get("property")
    name = schema.find(columns, wanted) if isinstance(wanted, str) else None
    if name is None:
        raise invalid(f"Could not find property with name or id: {wanted}")
    column = columns[name]
    others = [key for key in given if key in schema.KINDS and key != column["type"]]
    if others:
        raise invalid(f"database property {column['type']} does not match filter {others[0]}")
    return column


def _comparison(kind: str, condition: str) -> Callable[[Any, Any], bool] | None:
    """How one condition compares a value with what is wanted; None where there is no such condition."""
    found = _EVERY.get(condition)
    if found is None and kind in _TEXT:
        found = _OF_TEXT.get(condition)
    if found is None and kind == "number":
        found = _OF_NUMBERS.get(condition)
    if found is None and kind == "date":
        found = _OF_DATES.get(condition)
    return found


_EVERY: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "does_not_equal": lambda value, wanted: value != wanted,
    "is_empty": lambda value, _: value in (None, ""),
    "is_not_empty": lambda value, _: value not in (None, ""),
}
_OF_TEXT: dict[str, Callable[[Any, Any], bool]] = {
    "contains": lambda value, wanted: str(wanted) in (value or ""),
    "does_not_contain": lambda value, wanted: str(wanted) not in (value or ""),
    "starts_with": lambda value, wanted: (value or "").startswith(str(wanted)),
    "ends_with": lambda value, wanted: (value or "").endswith(str(wanted)),
}
_OF_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "greater_than": lambda value, wanted: value is not None and value > wanted,
    "less_than": lambda value, wanted: value is not None and value < wanted,
    "greater_than_or_equal_to": lambda value, wanted: value is not None and value >= wanted,
    "less_than_or_equal_to": lambda value, wanted: value is not None and value <= wanted,
}
_OF_DATES: dict[str, Callable[[Any, Any], bool]] = {
    "before": lambda value, wanted: bool(value) and value < wanted,
    "after": lambda value, wanted: bool(value) and value > wanted,
    "on_or_before": lambda value, wanted: bool(value) and value <= wanted,
    "on_or_after": lambda value, wanted: bool(value) and value >= wanted,
}


def _plain(kind: str, value: Any) -> Any:
    """A value as a condition compares it."""
    match kind:
        case "number":
            return value
        case "checkbox":
            return bool(value)
        case "date":
            return value and value["start"]
    return values.text_of(kind, value)


def _order(given: Any, columns: Columns, at: str) -> tuple[Callable[[Node], Any], bool]:
    one = only(given, ("property", "timestamp", "direction"), at)
    downwards = one.get("direction", "ascending") == "descending"
    if "timestamp" in one:
        edited = one["timestamp"] == "last_edited_time"
        return lambda row: row.edited if edited else row.created, downwards
    column = _named(one, columns)
    kind = column["type"]

    def key(row: Node) -> Any:
        value = _plain(kind, row.content.get(column["id"]))
        return value is None, value if value is not None else 0

    return key, downwards
