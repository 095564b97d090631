"""`raccord setup`: everything that Raccord needs elsewhere is made, or shown first, and said line by line."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from raccord.connectors.app import App
from raccord.connectors.connection import Check, CheckState, Kind, in_its_words
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError
from raccord.connectors.setting_up import HasCodes, Registers
from raccord.domain.proposal.proposal import Entry
from raccord.domain.values.message import Message, message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.environment import variable
from raccord.texts import say, say_param
from raccord.texts.proposal import settings_file
from starters.cli.common import bold, command, fail
from starters.cli.display import print_check, print_json, shown
from starters.cli.language import language_of
from starters.cli.setup_app import folder_of, set_up_app
from starters.cli.setup_schedules import set_up_schedules
from starters.cli.setup_temporal import set_up_temporal
from workers.connections import Connections, opened


@dataclass(frozen=True)
class Made:
    """What was done, or would be, by the place where it was."""

    fields: tuple[Check, ...]
    named: tuple[Entry, ...]
    """What the settings name by a name that anybody may change, with the code that stays."""
    registered: tuple[Check, ...]
    secrets: dict[str, str]
    """What proves webhooks, by its variable, where it was made just now: no vendor tells it again."""
    app: tuple[Check, ...]
    temporal: tuple[Check, ...]
    schedules: tuple[Check, ...]
    to_upload: App | None

    @property
    def checks(self) -> tuple[Check, ...]:
        return (*self.fields, *self.registered, *self.app, *self.temporal, *self.schedules)

    @property
    def failed(self) -> bool:
        return any(check.state is CheckState.FAIL for check in self.checks)


async def set_up(
    configuration: Configuration,
    path: Path | None,
    keys: KeyRing | None = None,
    *,
    as_json: bool,
    dry: bool = False,
) -> int:
    """Make what is missing, and say so line by line; exit status 1 when something was refused.

    `keys`: for a Temporal of one's own, which is set up last; None where `raccord up` starts one.
    Without webhooks the sweep finds what they would tell: they are only warned about. `dry`: show what would
    be done, and change nothing anywhere.
    """
    made, language = await _made(configuration, keys, dry=dry), language_of(configuration)
    if as_json:
        print_json(_document(configuration, made, dry=dry))
        return int(made.failed)
    if dry:
        click.echo(bold(say(message("setup.dry", stage=configuration.live_or_test), language)) + "\n")
    for check in made.checks:
        print_check(check, language)
    if made.named and not dry:
        click.echo("\n" + _codes(made.named, language))
    if made.secrets:
        click.echo(_once(made.secrets, path, language))
    if made.to_upload and not dry:
        click.echo(_upload(made.to_upload, folder_of(configuration, configuration.crm), language))
    click.echo("\n" + say(_ending(made, path, dry=dry), language))
    return int(made.failed)


async def _made(configuration: Configuration, keys: KeyRing | None, *, dry: bool) -> Made:
    async with opened(configuration) as connections:
        crm: Crm = connections.of(Kind.CRM)
        try:
            await crm.probe()
            fields = await crm.set_up(dry=dry)
            named = [each async for each in _named(configuration.crm.name, crm)]
            registered, secrets = await _registered(configuration, connections, dry=dry)
        except ConnectorError as error:
            fail(in_its_words(error), status=1)
    app, to_upload = set_up_app(configuration, configuration.crm, dry=dry)
    temporal = await set_up_temporal(configuration, keys, dry=dry) if keys else ()
    # Where there is no namespace, nothing can be scheduled in it.
    ready = keys is not None and not any(check.state is CheckState.FAIL for check in temporal)
    schedules = await set_up_schedules(configuration, keys, dry=dry) if keys and ready else ()
    return Made(fields, tuple(named), registered, secrets, app, temporal, schedules, to_upload)


async def _named(connection: str, crm: Crm) -> AsyncIterator[Entry]:
    for each in await crm.named_fields() if isinstance(crm, HasCodes) else ():
        section, _, name = each.setting.rpartition(".")
        yield Entry(f"{connection}.{section}", name, each.code, (message("setup.field", name=each.name),))


async def _registered(
    configuration: Configuration, connections: Connections, *, dry: bool
) -> tuple[tuple[Check, ...], dict[str, str]]:
    """Register for the webhooks of every connection whose vendor takes that; return what is to be kept."""
    checks: list[Check] = []
    secrets: dict[str, str] = {}
    for row in connections.rows:
        if not isinstance(row.port, Registers):
            continue
        url, flows = configuration.webhook_url(row.connection), configuration.settings.acting
        found = await row.port.register_webhooks(url, flows=flows, dry=dry)
        checks += found.checks
        if found.secret:
            secrets[variable(row.name, "webhook_secret")] = found.secret.get_secret_value()
    return tuple(checks), secrets


def _document(configuration: Configuration, made: Made, *, dry: bool) -> dict[str, Any]:
    return {
        "ok": not made.failed,
        "dry_run": dry,
        "mode": configuration.live_or_test,
        "fields": _rows(made.fields),
        "codes": _sections(made.named),
        "webhooks": {"checks": _rows(made.registered), "secret": made.secrets},
        "app": _rows(made.app),
        "temporal": _rows(made.temporal),
        "schedules": _rows(made.schedules),
    }


def _rows(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    return [check.row() for check in checks]


def _sections(named: tuple[Entry, ...]) -> dict[str, dict[str, Any]]:
    return {
        section: {entry.name: entry.value for entry in named if entry.section == section}
        for section in dict.fromkeys(entry.section for entry in named)
    }


def _codes(named: tuple[Entry, ...], language: str) -> str:
    """Write them as they stand in the settings."""
    return shown(say(message("setup.codes"), language) + "\n\n" + settings_file((), named, language).strip())


def _once(secrets: dict[str, str], path: Path | None, language: str) -> str:
    told = message("setup.secret", up=bold(command("up", path)), starter=bold(command("starter", path)))
    lines = (f"  export {place}={shown(secret)}" for place, secret in secrets.items())
    return f"\n{say(told, language)}\n\n" + "\n".join(lines)


def _upload(app: App, folder: Path, language: str) -> str:
    steps = "\n".join(f"  {say_param(step, language)}" for step in app.steps)
    told = say(message("setup.upload", folder=str(folder)), language)
    return f"\n{told}\n\n  cd {folder} && {app.command}\n\n{steps}"


def _ending(made: Made, path: Path | None, *, dry: bool) -> Message:
    doctor, again = (bold(command(name, path)) for name in ("doctor", "setup"))
    if made.failed:
        return message("setup.do_arrows", again=again)
    if dry:
        return message("setup.next_dry", again=again)
    return message("setup.next", doctor=doctor)
