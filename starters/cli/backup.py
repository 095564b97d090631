"""`raccord backup` and `raccord restore` of an installation on SQLite; on PostgreSQL, what to run instead."""

import asyncio
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import URL

from raccord.machine import holders_of_file
from raccord.records.database import Database, RecordsUnavailable, connected
from raccord.records.engine import address
from raccord.records.in_use import alone
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import elsewhere
from starters.cli.common import bold, fail, unless_taken, warn
from starters.embedded.archive import RECORDS, TEMPORAL, Backup, InTheWay, NotABackup, make, restore
from starters.embedded.lock import held

_MEBI = 1024 * 1024
_SECRET = ("password", "sslpassword")
"""Parameters of an address that are secrets (PostgreSQL, 34.1.2 Parameter Key Words)."""


async def back_up(loaded: Configuration, keys: KeyRing, file: Path) -> int:
    """Copy the databases into one file while everything runs on."""
    places = _places(loaded, await _sqlite(loaded, "backup"))
    if not places[RECORDS].exists():
        fail(f"there is nothing to back up: {places[RECORDS]} is not there.", status=1)
    present = {name: place for name, place in places.items() if place.exists()}
    with _explained():
        made = await asyncio.to_thread(make, file, present, keys, release=version("raccord"))
    click.echo(f"{bold('Backed up')} into {file}: {_listed(made)}.")
    _say_what_is_missing(loaded, made)
    return 0


async def put_back(loaded: Configuration, keys: KeyRing, file: Path) -> int:
    """Put a backup's databases where they belong, and walk the audit's chain."""
    places = _places(loaded, await _sqlite(loaded, "restore"))
    directory = loaded.settings.data.directory
    with unless_taken(), held(directory, "`raccord restore`"), alone(places[RECORDS]), _explained():
        _must_be_idle(places)
        found = await asyncio.to_thread(restore, file, places, keys)
        records = Records.open(loaded.settings.records_url, keys)
        try:
            verdict = await records.audit.verify()
        finally:
            await records.close()
    made_at = found.made_at.astimezone(ZoneInfo(loaded.settings.company.zone))
    click.echo(f"{bold('Restored')} from {file}, made on {made_at:%Y-%m-%d at %H:%M}: {_listed(found)}.")
    if not verdict.ok:
        warn(f"the audit's chain does not hold at row {verdict.broken_at}: {verdict.why}.")
        return 1
    click.echo(f"The audit's chain holds: {verdict.rows} rows, head {verdict.head}.")
    click.echo(
        "Not known any more: mails to customers that left since the backup (reminders, welcome mails), and "
        "what people said meanwhile (pauses, promises). Started as it is, Raccord may send or do these again."
    )
    click.echo(
        'Next: set `dunning = "shadow"` and `payment = "shadow"` in `[modes]`, start Raccord, then '
        "`raccord reconcile --once`: what happened since the backup is read from CRM and billing system, and "
        "nothing that exists there is made again. Set the modes back once a person has looked at "
        "`raccord dunning list` and at what the mail server sent since."
    )
    return 0


def _places(loaded: Configuration, url: URL) -> dict[str, Path]:
    return {RECORDS: Path(str(url.database)), TEMPORAL: loaded.settings.data.directory / TEMPORAL}


async def _sqlite(loaded: Configuration, command: str) -> URL:
    """Return the records' address, or end the command with what to run where PostgreSQL keeps them."""
    database = Database(loaded.settings.records_url)  # says what is wrong with an address
    url = address(loaded.settings.records_url)
    if url.get_backend_name() == "sqlite":
        return url
    done = "Nothing was backed up" if command == "backup" else "Nothing was restored"
    said = f"the records are on PostgreSQL, which has its own tools. {done}; run:"
    if command == "restore" and (there := await _connected(database, loaded.settings.company.zone)):
        said = f"Raccord is still connected to the records, {there}: stop that first. Then, as {said}"
    fail(f"{said}\n\n{_commands(url, command)}", status=1)


async def _connected(database: Database, zone: str) -> str:
    """Say from where Raccord works with a database on PostgreSQL; nothing where that cannot be told."""
    try:
        found = await database.reading(connected)
    except RecordsUnavailable:
        return ""
    finally:
        await database.close()
    return ", ".join(
        f"from {where or 'its own machine'} since {since.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        for where, since in found
    )


def _commands(url: URL, command: str) -> str:
    """Return what to type. Passwords stay out: libpq asks, or reads PGPASSFILE."""
    query = {name: value for name, value in url.query.items() if name not in _SECRET}
    named = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    where = shlex.quote(named.render_as_string())
    if command == "backup":
        return (
            f"  pg_dump --format=custom --no-owner --file=raccord.dump {where}\n\n"
            "One consistent state, while everything runs on. Temporal's databases first, where they are\n"
            "yours to back up: the records must know at least what the flows know. The key file is not in it."
        )
    return (
        f"  pg_restore --exit-on-error --single-transaction --no-owner --dbname={where} raccord.dump\n"
        "  raccord audit verify\n\n"
        "Into an empty database, with every worker and starter stopped."
    )


def _must_be_idle(places: dict[str, Path]) -> None:
    """Refuse where a process still works with a database that somebody removed under it."""
    for place in places.values():
        if holders := holders_of_file(Path(f"{place.resolve()} (deleted)")):
            said = ", ".join(map(str, holders))
            raise InTheWay(f"{said} still works with the {place} that was there before. Stop that first.")


def _say_what_is_missing(loaded: Configuration, made: Backup) -> None:
    click.echo(
        f"{bold('Not in it')}: the key file {loaded.settings.key_file}, without which nobody can read it, "
        "and the settings. Keep a copy of both elsewhere, apart from the backups."
    )
    if TEMPORAL not in made.sizes and elsewhere():
        click.echo("Temporal's database is not in it either: TEMPORAL_ADDRESS names a server of your own.")


def _listed(backup: Backup) -> str:
    return ", ".join(f"{name} ({size / _MEBI:.1f} MiB)" for name, size in backup.sizes.items())


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (InTheWay, NotABackup) as error:
        fail(str(error), status=1)
    except sqlite3.Error as error:
        raise RecordsUnavailable(f"A database cannot be copied: {error}.") from error
