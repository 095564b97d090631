"""Blocks as they are sent: kinds, fields, and how many one request may bring (notion.md 3 and 4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.notion import texts
from sandbox.notion.errors import Json, invalid, misplaced, one_list, only
from sandbox.notion.settings import NotionSettings

_TEXTS = ("paragraph", "bulleted_list_item", "numbered_list_item", "toggle", "quote", "callout")
_HEADINGS = ("heading_1", "heading_2", "heading_3")
_TABLE = ("table_width", "has_column_header", "has_row_header")
KINDS = (*_TEXTS, *_HEADINGS, "divider", "table", "table_row", "image", "to_do")


@dataclass
class Draft:
    """A block that was read and has no id yet."""

    kind: str
    content: Json
    children: list["Draft"] = field(default_factory=list)


def drafts(value: Any, at: str, limits: NotionSettings, *, under: str = "page") -> list[Draft]:
    """Read the blocks of one request. Refuses too many, too deep, unknown kinds and fields."""
    if _count(value) > limits.blocks:
        raise misplaced(
            at, f"should have at most {limits.blocks} blocks in all, instead has {_count(value)}."
        )
    return [
        _draft(one, f"{at}[{number}]", limits, under=under, level=1)
        for number, one in enumerate(one_list(value, at, limits.array))
    ]


def changed(kind: str, old: Json, given: Any, limits: NotionSettings) -> Json:
    """A block's content with what an update names."""
    if kind == "table":
        new = only(given, _TABLE[1:], kind)
        return {**old, **new}
    fresh = _content(kind, {**_as_sent(old), **only(given, tuple(_FIELDS[kind]), kind)}, kind, limits)
    return {**old, **fresh}


def must_fit(kind: str, content: Json, parent_kind: str, width: int | None) -> None:
    """A table takes rows alone, and each has a cell for each column."""
    if (kind == "table_row") != (parent_kind == "table"):
        raise invalid(f"A block of type {kind} cannot be a child of {parent_kind}.")
    if kind == "table_row" and len(content["cells"]) != width:
        raise invalid(f"Number of cells in table row must match the table width of {width}.")


def _draft(value: Any, at: str, limits: NotionSettings, *, under: str, level: int) -> Draft:
    if not isinstance(value, dict):
        raise misplaced(at, "should be an object")
    kinds = [name for name in value if name in KINDS]
    if len(kinds) != 1 or value.get("type", kinds[0]) != kinds[0]:
        raise misplaced(at, f"should be a block of one kind of {', '.join(KINDS)}.")
    kind = kinds[0]
    only(value, ("object", "type", kind), at)
    place, given = f"{at}.{kind}", dict(value[kind]) if isinstance(value[kind], dict) else value[kind]
    below = given.pop("children", None) if isinstance(given, dict) else None
    if below is not None and level >= limits.nesting:
        raise misplaced(f"{place}.children", "should be not present: blocks are nested too deeply.")
    if below is not None and kind in ("divider", "image", "table_row"):
        raise misplaced(f"{place}.children", "should be not present")
    content = _content(kind, given, place, limits)
    if kind == "table" and not below:
        raise misplaced(f"{place}.children", "should be defined: a table is sent with its rows.")
    children = [
        _draft(one, f"{place}.children[{number}]", limits, under=kind, level=level + 1)
        for number, one in enumerate(one_list(below or [], f"{place}.children", limits.array))
    ]
    for child in children:
        must_fit(child.kind, child.content, kind, content.get("table_width"))
    if level == 1 and under == "page":
        must_fit(kind, content, under, None)
    return Draft(kind, content, children)


def _content(kind: str, given: Any, at: str, limits: NotionSettings) -> Json:
    fields = _FIELDS[kind]
    only(given, tuple(fields), at)
    content = {
        name: read(given[name], f"{at}.{name}", limits) for name, read in fields.items() if name in given
    }
    for name in _NEEDED.get(kind, ("rich_text",) if "rich_text" in fields else ()):
        if name not in content:
            raise misplaced(f"{at}.{name}", "should be defined, instead was `undefined`.")
    return _DEFAULTS.get(kind, {"color": "default"} if "color" in fields else {}) | content


def _as_sent(content: Json) -> Json:
    """An answer's content as it could have been sent."""
    return {name: value for name, value in content.items() if value is not None}


def _flag(value: Any, at: str, _: NotionSettings) -> bool:
    if not isinstance(value, bool):
        raise misplaced(at, "should be a boolean")
    return value


def _width(value: Any, at: str, limits: NotionSettings) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= limits.array:
        raise misplaced(at, f"should be a number from 1 to {limits.array}.")
    return value


def _cells(value: Any, at: str, limits: NotionSettings) -> list[list[Json]]:
    cells = one_list(value, at, limits.array)
    return [texts.rich_text(cell, f"{at}[{number}]", limits) for number, cell in enumerate(cells)]


def _icon(value: Any, at: str, _: NotionSettings) -> Json | None:
    return value if value is None else icon(value, at)


def icon(value: Any, at: str) -> Json:
    """An emoji; the sandbox plays no other icons."""
    given = only(value, ("type", "emoji"), at)
    if not isinstance(given.get("emoji"), str):
        raise misplaced(f"{at}.emoji", "should be defined")
    return {"type": "emoji", "emoji": given["emoji"]}


def _kind_of_file(value: Any, at: str, _: NotionSettings) -> str:
    if value != "external":
        raise misplaced(at, "should be `external`: the sandbox keeps no files.")
    return "external"


def _external(value: Any, at: str, limits: NotionSettings) -> Json:
    return {"url": texts.address(only(value, ("url",), at).get("url"), f"{at}.url", limits)}


def _colour(value: Any, at: str, _: NotionSettings) -> str:
    return texts.colour(value, at)


Read = Callable[[Any, str, NotionSettings], Any]
_TEXT: dict[str, Read] = {"rich_text": texts.rich_text, "color": _colour}
_FIELDS: dict[str, dict[str, Read]] = {
    **dict.fromkeys(_TEXTS, _TEXT),
    **{kind: {**_TEXT, "is_toggleable": _flag} for kind in _HEADINGS},
    "callout": {**_TEXT, "icon": _icon},
    "to_do": {**_TEXT, "checked": _flag},
    "divider": {},
    "table": {"table_width": _width, "has_column_header": _flag, "has_row_header": _flag},
    "table_row": {"cells": _cells},
    "image": {"type": _kind_of_file, "external": _external, "caption": texts.rich_text},
}
_NEEDED = {"table": ("table_width",), "table_row": ("cells",), "image": ("external",)}
_DEFAULTS: dict[str, Json] = {
    **{kind: {"color": "default", "is_toggleable": False} for kind in _HEADINGS},
    "callout": {"color": "default", "icon": None},
    "to_do": {"color": "default", "checked": False},
    "table": {"has_column_header": False, "has_row_header": False},
    "image": {"type": "external", "caption": []},
}


def _count(value: Any) -> int:
    """Every block in a list of blocks, the nested ones too."""
    if not isinstance(value, list):
        return 0
    below = (inside for one in value if isinstance(one, dict) for inside in one.values())
    return len(value) + sum(_count(each.get("children")) for each in below if isinstance(each, dict))
