"""Every setting, from the models that read `raccord.toml`: name, what may be written, default, meaning."""

import ast
import inspect
import re
import types
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.registry import vendors
from raccord.settings.environment import variable
from raccord.settings.fields import nested, spelled
from raccord.settings.model import Settings

HEAD = """# Settings

Everything that `raccord.toml` may say, with what counts where it says nothing; written by
`make reference` from the models that read it. `raccord init` proposes the few that a company decides;
`raccord.example.toml` explains them in a file.

Every setting can be given in the environment instead, as `RACCORD_<SECTION>__<FIELD>` in capitals:
`[sweep] every` is `RACCORD_SWEEP__EVERY`, and a list or a table is written as JSON there. The environment
goes before the file. Secrets belong there, or in files named like the variables
(`RACCORD_SECRETS_DIR`), and never into `raccord.toml`. A name that is no setting is an error that says
which one was meant. Spans of time are written `30 s`, `5 min`, `2 h`, `1 day`.
"""
CONNECTIONS = """## Connections

Each section is named like its connection, by default like its vendor; under another name it says
`vendor = "..."`.
"""
EXAMPLE = Path(__file__).parents[2] / "raccord.example.toml"
_SET = re.compile(r"(?:# )?(?P<name>[a-z_]+) = ")
_SIMPLE = {
    str: "text",
    bool: "true, false",
    int: "whole number",
    float: "number",
    Decimal: "number",
    date: "date",
    time: "time of day",
    timedelta: "span of time",
    Path: "path",
    SecretStr: "secret",
}
_UNITS = (("day", 86400), ("h", 3600), ("min", 60), ("s", 1))


def settings() -> str:
    """Return the page."""
    top = {n: f for n, f in Settings.model_fields.items() if nested(f.annotation) is None}
    parts = [HEAD, "## At the top\n", *_table(Settings, top, ())]
    for name, field in Settings.model_fields.items():
        if model := nested(field.annotation):
            parts += _section(model, (name,), level=2)
    parts.append(CONNECTIONS)
    for name in vendors():
        roles: dict[Kind, Vendor[Any]] = import_module(f"raccord.vendors.{name}").ROLES
        for model in dict.fromkeys(vendor.settings for vendor in roles.values()):
            played = ", ".join(kind for kind, vendor in roles.items() if vendor.settings is model)
            title = "" if len(roles) == 1 else f", {played}"
            parts += _section(model, (name,), level=3, note=f"Plays: `{played}`.", title=title)
    return "\n".join(parts)


def _section(
    model: type[BaseModel],
    place: tuple[str, ...],
    *,
    level: int,
    note: str = "",
    title: str = "",
    several: bool = False,
) -> Iterator[str]:
    """Yield a section, then those below it. `several`: it may be written more than once."""
    flat = {n: f for n, f in model.model_fields.items() if nested(f.annotation) is None}
    below = {n: f for n, f in model.model_fields.items() if n not in flat}
    name = f"[{'.'.join(place)}]"
    yield f"{'#' * level} {f'[{name}]' if several else name}{title}\n"
    yield "\n\n".join(filter(None, (_words(inspect.getdoc(model) or ""), note))) + "\n"
    if flat:
        yield from _table(model, flat, place)
    for name, field in below.items():
        if inner := nested(field.annotation):
            note = _documented(model).get(name, "")
            several = get_origin(field.annotation) is tuple
            there = (*place, spelled(name, field))
            yield from _section(inner, there, level=level + 1, note=note, several=several)


def _table(model: type[BaseModel], fields: dict[str, FieldInfo], place: tuple[str, ...]) -> Iterator[str]:
    told = _documented(model)
    yield "| setting | what may be written | default | |"
    yield "| --- | --- | --- | --- |"
    for name, field in fields.items():
        own = spelled(name, field)
        meaning = told.get(name) or _commented().get((".".join(place), own), "")
        if _is_secret(field):
            meaning = f"{meaning} In the environment: `{variable(*place, own)}`.".strip()
        cells = (f"`{own}`", _written(field.annotation), _default(field), _cell(meaning))
        yield f"| {' | '.join(cells)} |"
    yield ""


@cache
def _documented(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below each field in the source, of the model and of those it builds upon."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, BaseModel) or each is BaseModel:
            continue
        module = ast.parse(dedent(inspect.getsource(each)))
        body = [line for defined in module.body if isinstance(defined, ast.ClassDef) for line in defined.body]
        for field, doc in pairwise(body):
            match field, doc:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = _words(text)
    return found


@cache
def _commented() -> dict[tuple[str, str], str]:
    """Return what stands above each setting in the example, by section and name."""
    found: dict[tuple[str, str], str] = {}
    section, above = "", list[str]()
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if header := re.fullmatch(r"\[(?P<section>[a-z_.]+)\]", line):
            section, above = header["section"], []
        elif setting := _SET.match(line):
            found.setdefault((section, setting["name"]), _words(" ".join(above)))
            above = []
        else:
            above = [*above, line.removeprefix("# ")] if line.startswith("# ") else []
    return found


def _written(annotation: Any) -> str:  # noqa: PLR0911 - a line for each kind
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_written(each) for each in inner if each is not type(None)))
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in inner)
    if origin in (tuple, list, frozenset, set):
        return f"list of {_written(inner[0])}"
    if origin is not None and issubclass(origin, dict):
        return f"table of {_written(inner[1])}"
    if hasattr(annotation, "__metadata__"):
        return _written(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{each.value}`" for each in annotation)
    if isinstance(annotation, type) and issubclass(annotation, datetime):
        return "moment"
    return _SIMPLE.get(annotation, "text")


def _default(field: FieldInfo) -> str:
    if _is_secret(field):
        return "needed" if field.is_required() else "none"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined:
        return "needed"
    return _cell(_value(default)) if default not in (None, "", (), {}, frozenset()) else "none"


def _value(value: object) -> str:  # noqa: PLR0911 - a line for each kind
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case timedelta():
            return f"`{spoken(value)}`"
        case Enum():
            return f"`{value.value}`"
        case Decimal():
            return f"`{value:f}`"
        case time():
            return f"`{value:%H:%M}`"
        case dict():
            return ", ".join(f"{_value(k)} = {_value(v)}" for k, v in value.items())
        case tuple() | list() | frozenset():
            return ", ".join(map(_value, sorted(value) if isinstance(value, frozenset) else value))
        case _:
            return f"`{value}`"


def spoken(span: timedelta) -> str:
    """Return a span of time as a person writes it into `raccord.toml`."""
    seconds = span.total_seconds()
    fitting = ((unit, length) for unit, length in _UNITS if seconds and seconds % length == 0)
    unit, length = next(fitting, ("s", 1))
    return f"{seconds / length:g} {unit}"


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _words(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
