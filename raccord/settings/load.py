"""Read `raccord.toml`, overlay `RACCORD_<SECTION>__<FIELD>`, validate, and say what is wrong in sentences."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError, create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from raccord.connectors.connection import Connection, Kind, Vendor
from raccord.connectors.registry import UnknownVendor, load
from raccord.domain.rules.modes import Mode
from raccord.settings.configuration import BadSettings, Configuration
from raccord.settings.model import Settings

REQUIRED = (Kind.CRM, Kind.BILLING)
RESERVED = frozenset({"config", "flows"})
"""Names that mean something else: `RACCORD_CONFIG` is the file, `flows` the queue of the flows."""
_PREFIX = "RACCORD_"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""A connection's name is part of variables, addresses, queues and ids. `__` would end the section's name."""


def default_path() -> Path:
    return Path(os.environ.get("RACCORD_CONFIG", "raccord.toml"))


def read(path: Path | None = None) -> Configuration:
    """Read and validate the configuration.

    Raises `BadSettings`. The values themselves are left out of its text: they may be secrets.
    """
    file = path or default_path()
    content = _file_content(file)
    names = _names(content)
    vendors = {name: _vendor(kind, name, content) for name, kind in names.items()}
    fields: Any = {name: (vendor.settings, ...) for name, vendor in vendors.items()}
    settings = _validated(create_model("RaccordSettings", __base__=Settings, **fields), content)
    rows = tuple(
        Connection(name=name, kind=kind, vendor=vendors[name], settings=getattr(settings, name))
        for name, kind in names.items()
    )
    configuration = Configuration(settings, file, rows)
    if wrong := list(_contradictions(configuration)):
        raise BadSettings("\n".join(wrong))
    return configuration


def _file_content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"{path} cannot be read: {error}.") from error


def _names(content: Mapping[str, Any]) -> dict[str, Kind]:
    """Return which role each named connection plays. Raises `BadSettings` for a name that cannot be one."""
    names: dict[str, Kind] = {}
    for kind in Kind:
        default = Settings.model_fields[kind].default
        name = os.environ.get(f"{_PREFIX}{kind.upper()}") or content.get(kind, default)
        if not name and kind not in REQUIRED:
            continue
        if wrong := _unusable(name):
            raise BadSettings(f"{kind} = {name!r} {wrong}.")
        if name in names:
            raise BadSettings(f"{names[name]} and {kind} are both {name!r}: give each a section of its own.")
        names[name] = kind
    return names


def _unusable(name: object) -> str | None:
    """Return why this cannot be a connection's name, as the end of a sentence."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return "is no name of a connection: write a word in small letters, digits and single underscores"
    if name in RESERVED or name in Settings.model_fields or hasattr(Settings, name):
        return (
            f"takes a word that Raccord uses itself: name the connection otherwise and write "
            f'vendor = "..." in its section, if {name} is a vendor'
        )
    return None


def _vendor(kind: Kind, name: str, content: Mapping[str, Any]) -> Vendor[Any]:
    section = content.get(name, {})
    written = section.get("vendor", name) if isinstance(section, dict) else name
    try:
        return load(kind, os.environ.get(f"{_PREFIX}{name.upper()}__VENDOR") or written)
    except UnknownVendor as error:
        raise BadSettings(f"[{name}] {error}") from error


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__")


def _validated(model: type[Settings], content: Mapping[str, Any]) -> Settings:
    """Validate file and environment, which wins. A misspelt setting is an error: it must not be ignored."""
    fields: Any = {name: (field.annotation, field) for name, field in model.model_fields.items()}
    environment = EnvSettingsSource(create_model("Environment", __base__=_Environment, **fields))
    try:
        return model.model_validate(_overlaid(content, environment()), extra="forbid")
    except ValidationError as error:
        lines = [_sentence(e) for e in error.errors(include_url=False, include_input=False)]
        raise BadSettings("\n".join(lines)) from None
    except SettingsError as error:
        raise BadSettings(str(error)) from error


def _overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _overlaid(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(below[key], dict) and isinstance(above[key], dict)
    }
    return {**below, **above, **both}


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    variable = _PREFIX + "__".join(str(part).upper() for part in error["loc"])
    match error["type"]:
        case "missing":
            return f"{place} is missing: set it in raccord.toml or as {variable}."
        case "extra_forbidden":
            return f"{place} is not a setting of Raccord: remove it or correct its spelling."
        case _:
            return f"{place}: {error['msg'].removeprefix('Value error, ')}."


def _contradictions(configuration: Configuration) -> Iterator[str]:
    settings = configuration.settings
    mode = settings.modes["deal_won"]
    if mode is not Mode.SHADOW and settings.invoice_deals_won_from is None:
        yield (
            f"modes.deal_won is {mode}, so invoice_deals_won_from is needed: "
            "deals won before that date are never invoiced."
        )
    for row in configuration.connections:
        if row.settings.timeout >= settings.timing.step_timeout:
            yield (
                f"{row.name}.timeout must be shorter than temporal.step_timeout "
                f"({settings.timing.step_timeout.total_seconds():g} s), or no answer is ever waited for."
            )
