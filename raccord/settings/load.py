"""Read `raccord.toml`, overlay `RACCORD_<SECTION>__<FIELD>`, validate, and say what is wrong in sentences."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from raccord.connectors.connection import Connection, Kind, Vendor
from raccord.connectors.oauth_settings import NO_CREDENTIALS, TWO_CREDENTIALS
from raccord.connectors.registry import UnknownVendor, load, roles, vendors
from raccord.domain.rules.onboarding import StepKind
from raccord.domain.values.message import Message, Text, message
from raccord.domain.values.spelling import nearest
from raccord.settings.configuration import BadSettings, Configuration
from raccord.settings.environment import PREFIX, misspelt, section_of, strangers, values, variable
from raccord.settings.fields import names_at
from raccord.settings.file import content_of, default_path
from raccord.settings.model import Settings
from raccord.settings.reasons import reason

_SECTION = re.compile(r'field "(\w+)"')
REQUIRED = (Kind.CRM, Kind.BILLING)
RESERVED = frozenset({"config", "flows"})
"""Names that mean something else: `RACCORD_CONFIG` is the file, `flows` the queue of the flows."""
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""A connection's name is part of variables, addresses, queues and ids. `__` would end the section's name."""


def read(path: Path | None = None) -> Configuration:
    """Read and validate the configuration.

    Raises `NoSettings` without a file, else `BadSettings`. The values themselves are left out of its text:
    they may be secrets.
    """
    file = path or default_path()
    content = content_of(file)
    names = _names(content)
    vendors = {name: _vendor(kind, name, content) for name, kind in names.items()}
    fields: Any = {name: (vendor.settings, ...) for name, vendor in vendors.items()}
    model = create_model("RaccordSettings", __base__=Settings, **fields)
    settings = _validated(model, content)
    rows = tuple(
        Connection(name=name, kind=kind, vendor=vendors[name], settings=getattr(settings, name))
        for name, kind in names.items()
    )
    configuration = Configuration(settings, file, rows, strangers(model))
    if wrong := list(_contradictions(configuration)):
        raise BadSettings(*wrong)
    return configuration


def from_environment() -> dict[Kind, Connection]:
    """Return the CRM and the billing system whose credentials the environment has, without any file.

    Where it names none, the one vendor of which it has them; of several the default. Raises `BadSettings`
    where it says something else of them that cannot be.
    """
    names = {kind: name for kind in REQUIRED for name in _meant(kind)}
    vendors = {kind: _vendor(kind, name, {}) for kind, name in names.items()}
    there = [kind for kind, vendor in vendors.items() if _has_credentials(names[kind], vendor)]
    fields: Any = {names[kind]: (vendors[kind].settings, ...) for kind in there}
    settings = _validated(create_model("RaccordSettings", __base__=Settings, **fields), {})
    return {
        kind: Connection(names[kind], kind, vendors[kind], getattr(settings, names[kind])) for kind in there
    }


def messenger_in_environment() -> str | None:
    """Return the vendor of messages that the environment has all settings of, without any file."""
    for name in _given():
        if Kind.MESSENGER in roles(name):
            fields: Any = {name: (_vendor(Kind.MESSENGER, name, {}).settings, ...)}
            with suppress(BadSettings):
                _validated(create_model("RaccordSettings", __base__=Settings, **fields), {})
                return name
    return None


def _given() -> list[str]:
    """Return the vendors of which the environment says anything."""
    said = {section_of(name).lower() for name in values() if name.upper().startswith(PREFIX)}
    return sorted(said.intersection(vendors()))


def _meant(kind: Kind) -> tuple[Any, ...]:
    able = [name for name in _given() if kind in roles(name) and _has_credentials(name, load(kind, name))]
    return tuple(able) if len(able) == 1 and not values().get(variable(kind)) else _named(kind, {})


def _has_credentials(name: str, vendor: Vendor[Any]) -> bool:
    given = values()
    return all(given.get(variable(name, field)) for field in vendor.needed_credentials)


def _names(content: Mapping[str, Any]) -> dict[str, Kind]:
    """Return which role each named connection plays. Raises `BadSettings` for a name that cannot be one."""
    names: dict[str, Kind] = {}
    for kind in Kind:
        for name in _named(kind, content):
            if wrong := _unusable(kind, name):
                raise BadSettings(wrong)
            if name in names:
                raise BadSettings(message("settings.same_name", one=names[name], other=kind, name=repr(name)))
            names[name] = kind
    return names


def _named(kind: Kind, content: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the connections that the setting of a role names, in file or environment; perhaps none."""
    written = values().get(variable(kind)) or content.get(kind, Settings.model_fields[kind].default)
    if isinstance(written, str) and written.startswith("["):
        with suppress(ValueError):
            written = json.loads(written)
    if isinstance(written, list | tuple):
        return tuple(written)
    return (written,) if written or kind in REQUIRED else ()


def _unusable(kind: Kind, name: object) -> Message | None:
    """Return why this cannot be a connection's name."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return message("settings.no_name", kind=kind, name=repr(name))
    if name in RESERVED or name in Settings.model_fields or hasattr(Settings, name):
        return message("settings.name_taken", kind=kind, name=repr(name), vendor=name)
    return None


def _vendor(kind: Kind, name: str, content: Mapping[str, Any]) -> Vendor[Any]:
    section = content.get(name, {})
    written = section.get("vendor", name) if isinstance(section, dict) else name
    try:
        return load(kind, values().get(variable(name, "vendor")) or str(written))
    except UnknownVendor as error:
        raise BadSettings(message("settings.in_section", section=name, why=error.said[0])) from error


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")


class _Source(EnvSettingsSource):
    """The environment with the secrets that lie in files."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in values().items()}


def _validated(model: type[Settings], content: Mapping[str, Any]) -> Settings:
    """Validate file and environment, which wins. A misspelt setting is an error: it must not be ignored."""
    fields: Any = {name: (field.annotation, field) for name, field in model.model_fields.items()}
    environment = _Source(create_model("Environment", __base__=_Environment, **fields))
    wrong: list[Text] = list(misspelt(model))
    try:
        validated = model.model_validate(_overlaid(content, environment()), extra="forbid")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        wrong += [sentence(model, each) for each in found]
    except SettingsError as error:
        section = variable(*_SECTION.findall(str(error))[:1])
        raise BadSettings(message("settings.variable_unread", variable=section)) from error
    if wrong:
        raise BadSettings(*wrong)
    return validated


def _overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _overlaid(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(below[key], dict) and isinstance(above[key], dict)
    }
    return {**below, **above, **both}


def sentence(model: type[BaseModel], error: Any) -> Message:
    """Say what pydantic found wrong with a value of a model, by the name that an operator wrote."""
    place = ".".join(map(str, error["loc"]))
    match error["type"]:
        case "missing":
            return message("settings.missing", place=place, variable=variable(*error["loc"]))
        case "extra_forbidden":
            *section, name = error["loc"]
            if meant := nearest(str(name), names_at(model, section)):
                return message("settings.unknown_meant", place=place, meant=meant)
            return message("settings.unknown", place=place)
        case kind if kind in {NO_CREDENTIALS, TWO_CREDENTIALS}:
            return _one_way_in(kind, error["loc"], error["ctx"]["entered"])
        case _:
            return message("settings.wrong", place=place, why=reason(error))


def _one_way_in(kind: str, loc: tuple[str, ...], entered: str) -> Message:
    """Say that a connection has no credentials, or two kinds of them."""
    token = ".".join((*loc, entered))
    client = tuple(".".join((*loc, name)) for name in ("client_id", "client_secret"))
    if kind == TWO_CREDENTIALS:
        return message("settings.two_credentials", token=token, client=client)
    return message("settings.no_credentials", token=token, variable=variable(*loc, entered), client=client)


def _contradictions(configuration: Configuration) -> Iterator[Message]:
    settings = configuration.settings
    if settings.acting and settings.invoice_deals_won_from is None:
        flow = settings.acting[0]
        mode = settings.modes[flow]
        yield (message("settings.cut_over", flow=flow, mode=mode))
    yield from _steps_without_a_connection(configuration)
    temporal = settings.temporal
    if not temporal.codec_host.startswith("127.") and not temporal.codec_token.get_secret_value():
        yield (message("settings.codec_token", host=temporal.codec_host))
    for row in configuration.connections:
        if row.settings.timeout >= settings.timing.step_timeout:
            yield (
                message(
                    "settings.timeout",
                    connection=row.name,
                    seconds=f"{settings.timing.step_timeout.total_seconds():g}",
                )
            )


_NEEDED = {
    StepKind.EMAIL: (Kind.MAILER, message("settings.a_mailer")),
    StepKind.SLACK: (Kind.MESSENGER, message("settings.a_messenger")),
    StepKind.EVENT: (Kind.OUTBOUND, message("settings.endpoints")),
}


def _steps_without_a_connection(configuration: Configuration) -> Iterator[Message]:
    endpoints = configuration.settings.outbound
    for step in configuration.settings.onboarding.begun:
        kind, what = _NEEDED.get(step.kind, (None, ""))
        if kind and configuration.of(kind) is None:
            yield message("settings.step_needs", step=step.name, kind=step.kind, needed=kind, what=what)
        if strangers := [name for name in step.to if name not in endpoints]:
            yield message("settings.step_for", step=step.name, name=strangers[0])
