"""`raccord backup` and `raccord restore` of an installation on SQLite; on PostgreSQL, what to run instead."""

import asyncio
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import URL

from raccord.domain.values.message import Message, Moment, Number, Text, message
from raccord.machine import holders_of_file
from raccord.records.chain import Break
from raccord.records.database import Database, RecordsUnavailable, connected
from raccord.records.engine import address
from raccord.records.in_use import alone
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import elsewhere
from raccord.texts import say
from starters.cli.common import fail, unless_taken, warn
from starters.cli.language import spoken
from starters.embedded.archive import RECORDS, TEMPORAL, Backup, InTheWay, NotABackup, make, restore
from starters.embedded.lock import held

_MEBI = 1024 * 1024
_BROKEN = {
    Break.CHANGED: message("audit.changed"),
    Break.MISSING: message("audit.missing"),
    Break.MOVED: message("audit.moved"),
    Break.TRUNCATED: message("audit.truncated"),
    Break.ADDED: message("audit.added"),
    Break.HEAD_CHANGED: message("audit.head_changed"),
    Break.HEAD_MISSING: message("audit.head_missing"),
}
_SECRET = ("password", "sslpassword")
"""Parameters of an address that are secrets (PostgreSQL, 34.1.2 Parameter Key Words)."""


async def back_up(loaded: Configuration, keys: KeyRing, file: Path) -> int:
    """Copy the databases into one file while everything runs on."""
    places = _places(loaded, await _sqlite(loaded, "backup"))
    if not places[RECORDS].exists():
        fail(message("backup.nothing", path=str(places[RECORDS])), status=1)
    present = {name: place for name, place in places.items() if place.exists()}
    with _explained():
        made = await asyncio.to_thread(make, file, present, keys, release=version("raccord"))
    _say(message("backup.done", file=str(file), listed=_listed(made)))
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
    _say(message("backup.restored", file=str(file), made_at=Moment(moment=made_at), listed=_listed(found)))
    if not verdict.ok:
        warn(
            message(
                "backup.broken", row=str(verdict.broken_at), why=_BROKEN[verdict.why] if verdict.why else ""
            )
        )
        return 1
    _say(message("backup.chain", count=verdict.rows, head=verdict.head))
    _say(message("backup.forgotten"))
    _say(message("backup.next"))
    return 0


def _places(loaded: Configuration, url: URL) -> dict[str, Path]:
    return {RECORDS: Path(str(url.database)), TEMPORAL: loaded.settings.data.directory / TEMPORAL}


async def _sqlite(loaded: Configuration, command: str) -> URL:
    """Return the records' address, or end the command with what to run where PostgreSQL keeps them."""
    database = Database(loaded.settings.records_url)  # says what is wrong with an address
    url = address(loaded.settings.records_url)
    if url.get_backend_name() == "sqlite":
        return url
    if command == "restore" and (there := await _connected(database, loaded.settings.company.zone)):
        fail(message("backup.connected", places=there), *_commands(url, command), status=1)
    fail(*_commands(url, command), status=1)


async def _connected(database: Database, zone: str) -> tuple[Message, ...]:
    """Say from where Raccord works with a database on PostgreSQL; nothing where that cannot be told."""
    try:
        found = await database.reading(connected)
    except RecordsUnavailable:
        return ()
    finally:
        await database.close()
    return tuple(
        message(
            "backup.connected_from",
            where=where or message("backup.own_machine"),
            since=Moment(moment=since.astimezone(ZoneInfo(zone))),
        )
        for where, since in found
    )


def _commands(url: URL, command: str) -> tuple[Text, ...]:
    """Return what to type. Passwords stay out: libpq asks, or reads PGPASSFILE."""
    query = {name: value for name, value in url.query.items() if name not in _SECRET}
    named = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    where = shlex.quote(named.render_as_string())
    if command == "backup":
        typed = f"\n  pg_dump --format=custom --no-owner --file=raccord.dump {where}\n"
        return message("backup.nothing_done"), typed, message("backup.postgres")
    typed = (
        f"\n  pg_restore --exit-on-error --single-transaction --no-owner --dbname={where} raccord.dump\n"
        "  raccord audit verify\n"
    )
    return message("backup.nothing_restored"), typed, message("backup.postgres_restore")


def _must_be_idle(places: dict[str, Path]) -> None:
    """Refuse where a process still works with a database that somebody removed under it."""
    for place in places.values():
        if holders := holders_of_file(Path(f"{place.resolve()} (deleted)")):
            said = ", ".join(map(str, holders))
            raise InTheWay(message("backup.still_works", holders=said, place=str(place)))


def _say_what_is_missing(loaded: Configuration, made: Backup) -> None:
    _say(message("backup.not_in_it", path=str(loaded.settings.key_file)))
    if TEMPORAL not in made.sizes and elsewhere():
        _say(message("backup.no_temporal"))


def _say(said: Message) -> None:
    click.echo(say(said, spoken()))


def _listed(backup: Backup) -> tuple[Message, ...]:
    return tuple(
        message("backup.listed", name=name, size=Number(number=round(Decimal(size) / _MEBI, 1)))
        for name, size in backup.sizes.items()
    )


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (InTheWay, NotABackup) as error:
        fail(error, status=1)
    except sqlite3.Error as error:
        raise RecordsUnavailable(message("records.not_copied", said=str(error))) from error
