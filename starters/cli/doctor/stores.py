"""What Raccord keeps: the keys and the records."""

import os
import stat
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, tzinfo
from pathlib import Path

from activities.contact.memory import learnt_rules
from raccord.connectors.connection import Check, Connection
from raccord.domain.values.message import Moment, Quote, Text, message
from raccord.records.credentials import ConnectedRow
from raccord.records.database import RecordsUnavailable
from raccord.records.ignored import IgnoredEvents
from raccord.records.records import Records
from raccord.records.stuck import StuckFlow
from raccord.sealing import BadKeyFile, CannotUnseal, KeyRing, UnknownKey
from raccord.settings.configuration import Configuration
from starters.cli.ladder.page import summary
from workers.policies import FLOW

KEY = message("doctor.key")
MOST_REASONS = 5


def key(loaded: Configuration) -> tuple[KeyRing | None, Check]:
    """Load the key ring, which others must not read; None when there is none that can be used."""
    path = loaded.settings.key_file
    try:
        keys = KeyRing.load(path)
    except FileNotFoundError:
        remedy = message("doctor.up_makes_key")
        return None, Check.warn(
            KEY,
            message("doctor.key_missing", path=str(path)),
            expected=message("doctor.a_key_ring"),
            remedy=remedy,
        )
    except OSError as error:
        remedy = message("doctor.let_read")
        return None, Check.fail(
            KEY,
            message("doctor.key_unread", path=str(path), why=error.strerror or ""),
            expected=message("doctor.a_key_ring"),
            remedy=remedy,
        )
    except BadKeyFile as error:
        remedy = message("doctor.put_back_key")
        return None, Check.fail(KEY, error.said[0], expected=message("doctor.a_key_ring"), remedy=remedy)
    if exposed(path):
        found, expected = message("doctor.key_exposed", path=str(path)), message("doctor.owner_alone")
        return keys, Check.fail(KEY, found, expected=expected, remedy=f"chmod 600 {path}")
    return keys, Check.ok(KEY, message("doctor.key_active", path=str(path), id=keys.active_id))


def exposed(path: Path) -> bool:
    """Whether others read it. A secret that is handed over is another's file, and ours by its group."""
    about = path.stat()
    others = stat.S_IRWXO if about.st_uid != os.getuid() else stat.S_IRWXO | stat.S_IRWXG
    return bool(about.st_mode & others)


async def records(loaded: Configuration, keys: KeyRing) -> AsyncIterator[Check]:
    """Ask whether the tables are there, and what was ignored."""
    name = message("check.records")
    opened = Records.open(loaded.settings.records_url, keys)
    try:
        if await opened.migrated():
            yield Check.ok(name, message("doctor.records_migrated", database=await opened.database()))
            yield Check.ok(message("doctor.ignored"), _counted(await opened.ignored.list()))
            if learnt := await learnt_rules(opened.answers):
                said = ", ".join(f"{field} {standing}" for field, standing in learnt.items())
                yield Check.ok(message("doctor.details_answered"), said)
            if ladder := await _ladder(loaded, opened):
                yield ladder
            yield _held_up(await opened.stuck.list())
            for row in loaded.connections:
                if row.vendor.oauth:
                    told = await opened.credentials.told(row.name)
                    yield _access(row, told, loaded.settings.clock.tz)
        else:
            remedy = message("doctor.migrates_itself")
            found = message("doctor.records_old", database=await opened.database())
            yield Check.warn(name, found, expected=message("check.migrated"), remedy=remedy)
    except RecordsUnavailable as error:
        remedy = message("doctor.check_database")
        yield Check.fail(name, error.said[0], expected=message("check.reachable"), remedy=remedy)
    finally:
        await opened.close()


async def _ladder(loaded: Configuration, opened: Records) -> Check | None:
    """Say who is how far between shadow and live; None where all are as `[modes]` says."""
    settings, name = loaded.settings, message("check.ladder")
    try:
        placed = await opened.rungs.placed()
    except (UnknownKey, CannotUnseal) as error:
        remedy = message("doctor.put_back_key")
        return Check.fail(name, error.said[0], expected=message("doctor.a_key_ring"), remedy=remedy)
    if not placed and settings.rollout.begin is None:
        return None
    said = summary(placed, settings.rollout.begin, settings.modes[FLOW])
    return Check.ok(name, message("check.all_of", each=said))


def _held_up(flows: tuple[StuckFlow, ...]) -> Check:
    name = message("doctor.held_up")
    if not flows:
        return Check.ok(name, message("doctor.none_waits"))
    counts = Counter(each.connection for each in flows)
    waiting = tuple(
        message("doctor.waits_by", count=count, connection=connection)
        for connection, count in sorted(counts.items())
    )
    said = next((each.said for each in flows if each.said), "")
    return Check.warn(
        name,
        message("doctor.held_up_by", waiting=waiting, said=Quote(quote=said))
        if said
        else message("check.all_of", each=waiting),
        expected=message("doctor.none_expected"),
        remedy=message("doctor.goes_on"),
    )


def _access(row: Connection, told: ConnectedRow | None, zone: tzinfo) -> Check:
    """Say how a connection is let in, and until when: by a token of the settings, or as a person agreed."""
    name, app = message("doctor.access", connection=row.name), row.oauth
    if app is None:
        return Check.ok(name, message("doctor.access_entered", token=f"{row.name}.{row.settings.entered}"))
    expected = message("doctor.access_expected", vendor=app.vendor)
    remedy = message("doctor.connect_anew", connection=row.name)
    if told is None:
        return Check.fail(name, message("doctor.access_never"), expected=expected, remedy=remedy)

    def local(instant: datetime) -> Moment:
        return Moment(moment=instant.astimezone(zone))

    if told.refused_at:
        found = message("doctor.access_refused", vendor=app.vendor, since=local(told.refused_at))
        return Check.fail(name, found, expected=expected, remedy=remedy)
    return Check.ok(
        name,
        message(
            "doctor.access_agreed",
            since=local(told.connected_at),
            renewed=local(told.renewed_at),
            until=(told.renewed_at + app.lasts_unused).astimezone(zone).date(),
        ),
    )


def _counted(events: tuple[IgnoredEvents, ...]) -> Text:
    """Say what vendors sent for nothing: a subscription to end, or another account's."""
    said = [f"{each.source} {each.reason}: {each.count}" for each in events[:MOST_REASONS]]
    more = sum(each.count for each in events[MOST_REASONS:])
    others = (message("doctor.others", count=more),) if more else ()
    return message("check.all_of", each=(*said, *others)) if said else message("check.none")
