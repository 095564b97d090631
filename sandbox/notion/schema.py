"""The columns of a data source: `{"Amount": {"number": {"format": "euro"}}}` (notion.md 3)."""

import secrets
from typing import Any

from sandbox.notion.errors import Json, invalid, misplaced, one_list, only
from sandbox.notion.settings import NotionSettings
from sandbox.notion.texts import COLOURS

_BARE = ("title", "rich_text", "date", "checkbox", "url", "email", "phone_number", "created_time")
_OPTIONS = ("select", "multi_select")
KINDS = (*_BARE, *_OPTIONS, "number")
_HUES = COLOURS[:10]
Columns = dict[str, Json]


def columns(value: Any, at: str, limits: NotionSettings) -> Columns:
    """Read the columns of a new data source: exactly one is the title."""
    if not isinstance(value, dict):
        raise misplaced(at, "should be an object")
    found = {name: _column(name, given, f"{at}.{name}", limits) for name, given in value.items()}
    _must_have_title(found)
    return found


def changed(old: Columns, value: Any, at: str, limits: NotionSettings) -> Columns:
    """The columns after an update: null takes one away, `name` renames it, another kind changes it."""
    if not isinstance(value, dict):
        raise misplaced(at, "should be an object")
    new = dict(old)
    for name, given in value.items():
        place = find(new, name)
        if given is None and place is None:
            raise invalid(f"{name} is not a property that exists.")
        if given is None:
            del new[str(place)]
        elif place is None:
            new[name] = _column(name, given, f"{at}.{name}", limits)
        else:
            kept = _recast(new[place], given, f"{at}.{name}", limits)
            new = {
                **{key: column for key, column in new.items() if key != place},
                kept["name"]: kept,
            }
    _must_have_title(new)
    return new


def find(columns_: Columns, name_or_id: str) -> str | None:
    """A column's name, by its name or its id."""
    if name_or_id in columns_:
        return name_or_id
    return next((name for name, column in columns_.items() if column["id"] == name_or_id), None)


def option(column: Json, wanted: Json, limits: NotionSettings) -> Json:
    """The option that a value names; an unknown one is made (notion.md 3)."""
    options = column[column["type"]]["options"]
    for known in options:
        if wanted.get("id") == known["id"] or ("id" not in wanted and wanted.get("name") == known["name"]):
            return dict(known)
    if not limits.new_options or not wanted.get("name"):
        raise invalid(f'Select option "{wanted.get("name")}" does not exist for {column["name"]}.')
    fresh = _option({"name": wanted["name"]}, len(options))
    options.append(fresh)
    return dict(fresh)


def _recast(column: Json, value: Any, at: str, limits: NotionSettings) -> Json:
    """A column under another name, or of another kind; its id stays, and so do its values."""
    if not isinstance(value, dict):
        raise misplaced(at, "should be an object or null")
    name = str(value.get("name", column["name"]))
    rest = {key: each for key, each in value.items() if key != "name"}
    fresh = _column(name, rest, at, limits) if rest else column
    return {**fresh, "id": column["id"], "name": name}


def _column(name: str, value: Any, at: str, limits: NotionSettings) -> Json:
    kinds = [each for each in value if each in KINDS] if isinstance(value, dict) else []
    if len(kinds) != 1 or value.get("type", kinds[0]) != kinds[0]:
        raise misplaced(at, f"should be a property of one kind of {', '.join(KINDS)}.")
    kind = kinds[0]
    only(value, ("type", "description", kind), at)
    given, place = value[kind], f"{at}.{kind}"
    match kind:
        case "number":
            config: Json = {"format": "number"} | only(given, ("format",), place)
        case "select" | "multi_select":
            listed = one_list(
                only(given, ("options",), place).get("options", []), f"{place}.options", limits.array
            )
            config = {"options": [_option(one, number) for number, one in enumerate(listed)]}
        case _:
            config = only(given, (), place)
    id_ = "title" if kind == "title" else secrets.token_hex(8)
    return {"id": id_, "name": name, "type": kind, kind: config}


def _option(value: Any, number: int) -> Json:
    given = only(value, ("name", "color", "description", "id"), "options")
    if not isinstance(given.get("name"), str) or given.get("color", "default") not in _HUES:
        raise misplaced("options", "should have a name, and a color that there is.")
    hue = given.get("color", _HUES[number % len(_HUES)])
    return {"id": given.get("id", secrets.token_hex(8)), "name": given["name"], "color": hue}


def _must_have_title(found: Columns) -> None:
    if sum(column["type"] == "title" for column in found.values()) != 1:
        raise invalid("Exactly one property of a data source is its title.")
