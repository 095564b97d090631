"""The values of a page's properties, by the columns of its data source (notion.md 3)."""

import re
from datetime import datetime
from typing import Any

from sandbox.notion import schema, texts
from sandbox.notion.errors import Json, invalid, one_list, only
from sandbox.notion.schema import Columns
from sandbox.notion.settings import NotionSettings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TITLE: Columns = {"title": {"id": "title", "name": "title", "type": "title", "title": {}}}


def written(old: Json, given: Any, columns: Columns | None, limits: NotionSettings) -> Json:
    """A page's values by column, after some were written. `columns` is None for a page under a page: it has
    its title alone.
    """
    known = _TITLE if columns is None else columns
    values = dict(old)
    for name, value in only(given, tuple(given) if isinstance(given, dict) else (), "properties").items():
        place = schema.find(known, name)
        if place is None:
            raise invalid(f"{name} is not a property that exists.")
        column = known[place]
        values[column["id"]] = _value(value, column, f"properties.{name}", limits)
    return values


def shown(values: Json, columns: Columns | None) -> Json:
    """Every property of a page, as it is answered."""
    known = _TITLE if columns is None else columns
    return {
        name: {
            "id": column["id"],
            "type": column["type"],
            column["type"]: values.get(column["id"], _empty(column["type"])),
        }
        for name, column in known.items()
    }


def text_of(kind: str, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    match kind:
        case "title" | "rich_text":
            return texts.plain(value)
        case "select" | "multi_select":
            return ", ".join(each["name"] for each in (value if isinstance(value, list) else [value]))
        case "date":
            return " → ".join(each for each in (value["start"], value["end"]) if each)
        case "checkbox":
            return "☑" if value else "☐"
    return str(value)


def _value(value: Any, column: Json, at: str, limits: NotionSettings) -> Any:
    kind = column["type"]
    if not isinstance(value, dict) or kind not in value or value.get("type", kind) != kind:
        raise invalid(f"{column['name']} is expected to be {kind}.")
    only(value, ("id", "type", kind), at)
    given, place = value[kind], f"{at}.{kind}"
    if kind in ("title", "rich_text"):
        return texts.rich_text(given, place, limits)
    return None if given is None else _one(given, column, place, limits)


def _one(given: Any, column: Json, at: str, limits: NotionSettings) -> Any:
    kind = column["type"]
    match kind:
        case "select":
            return schema.option(column, only(given, ("id", "name", "color"), at), limits)
        case "multi_select":
            return [schema.option(column, one, limits) for one in one_list(given, at, limits.array)]
        case "date":
            return _date(only(given, ("start", "end", "time_zone"), at), column)
        case "url":
            return texts.address(given, at, limits)
    return _plain(given, kind, column)


def _plain(given: Any, kind: str, column: Json) -> Any:
    match kind:
        case "number":
            fits = isinstance(given, int | float) and not isinstance(given, bool)
        case "checkbox":
            fits = isinstance(given, bool)
        case "created_time":
            fits = False
        case _:
            fits = isinstance(given, str)
    if not fits:
        raise invalid(f"{column['name']} is expected to be {kind}.")
    return given


def _date(given: Json, column: Json) -> Json:
    start, end = given.get("start"), given.get("end")
    if not _is_moment(start) or not (end is None or _is_moment(end)):
        raise invalid(f"{column['name']} is expected to be a date in ISO 8601.")
    return {"start": start, "end": end, "time_zone": given.get("time_zone")}


def _is_moment(text: Any) -> bool:
    """A day, or a day with a time."""
    try:
        datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return False
    return _DAY.match(text) is not None


def _empty(kind: str) -> Any:
    match kind:
        case "title" | "rich_text" | "multi_select":
            return []
        case "checkbox":
            return False
    return None
