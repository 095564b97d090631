"""Read `raccord.toml`, overlay `RACCORD_<SECTION>__<FIELD>`, validate, and say what is wrong in sentences."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError, create_model
from pydantic_settings import SettingsError

from raccord.connectors.connection import ConnectionSettings, Kind
from raccord.connectors.registry import UnknownVendor, load
from raccord.domain.rules.policy import Mode
from raccord.settings.model import Settings


class BadSettings(Exception):
    """The configuration cannot be used; `str()` lists every reason, one per line, each with its place."""


class Configuration:
    """The validated settings with the connections they name."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self.settings = settings
        self.path = path

    def connection(self, name: str) -> ConnectionSettings:
        found = getattr(self.settings, name)
        assert isinstance(found, ConnectionSettings)  # noqa: S101 - built by read()
        return found

    @property
    def crm(self) -> ConnectionSettings:
        return self.connection(self.settings.crm)

    @property
    def billing(self) -> ConnectionSettings:
        return self.connection(self.settings.billing)

    @property
    def messenger(self) -> ConnectionSettings | None:
        return self.connection(self.settings.messenger) if self.settings.messenger else None

    def vendor(self, kind: Kind) -> Any:
        """Return the vendor package of a configured connection."""
        connection = {Kind.CRM: self.crm, Kind.BILLING: self.billing, Kind.MESSAGING: self.messenger}[kind]
        if connection is None:
            raise LookupError(f"no {kind} connection is configured")
        return load(kind, connection.vendor)

    @property
    def live_or_test(self) -> str:
        """`LIVE` or `TEST`, by the billing credentials; unknown counts as live."""
        return "TEST" if self.billing.test else "LIVE"


def default_path() -> Path:
    return Path(os.environ.get("RACCORD_CONFIG", "raccord.toml"))


def _file_content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"{path} cannot be read: {error}.") from error


def _connection_field(kind: Kind, name: str, content: dict[str, Any]) -> tuple[type[ConnectionSettings], Any]:
    section = content.get(name, {})
    vendor = os.environ.get(f"RACCORD_{name.upper()}__VENDOR") or section.get("vendor", name)
    try:
        return load(kind, vendor).settings, ...
    except UnknownVendor as error:
        raise BadSettings(f"[{name}] {error}") from error


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    variable = "RACCORD_" + "__".join(str(part).upper() for part in error["loc"])
    match error["type"]:
        case "missing":
            return f"{place} is missing: set it in raccord.toml or as {variable}."
        case "extra_forbidden":
            return f"{place} is not a setting of Raccord: remove it or correct its spelling."
        case _:
            return f"{place}: {error['msg'].removeprefix('Value error, ')}."


def read(path: Path | None = None) -> Configuration:
    """Read and validate the configuration.

    Raises `BadSettings`. The values themselves are left out of its text: they may be secrets.
    """
    file = path or default_path()
    content = _file_content(file)
    names = {
        Kind.CRM: os.environ.get("RACCORD_CRM") or content.get("crm", "hubspot"),
        Kind.BILLING: os.environ.get("RACCORD_BILLING") or content.get("billing", "stripe"),
    }
    if messenger := os.environ.get("RACCORD_MESSENGER") or content.get("messenger", ""):
        names[Kind.MESSAGING] = messenger
    fields: dict[str, Any] = {name: _connection_field(kind, name, content) for kind, name in names.items()}

    model = create_model("RaccordSettings", __base__=Settings, **fields)
    try:
        settings = model(**content)
    except ValidationError as error:
        lines = [_sentence(e) for e in error.errors(include_url=False, include_input=False)]
        raise BadSettings("\n".join(lines)) from None
    except SettingsError as error:
        raise BadSettings(str(error)) from error
    if settings.modes.deal_won is not Mode.SHADOW and settings.invoice_deals_won_from is None:
        raise BadSettings(
            f"modes.deal_won is {settings.modes.deal_won}, so invoice_deals_won_from is needed: "
            "deals won before that date are never invoiced."
        )
    for name in names.values():
        if getattr(settings, name).timeout >= settings.temporal.step_timeout:
            raise BadSettings(
                f"{name}.timeout must be shorter than temporal.step_timeout "
                f"({settings.temporal.step_timeout.total_seconds():g} s), or no answer is ever waited for."
            )
    return Configuration(settings, file)
