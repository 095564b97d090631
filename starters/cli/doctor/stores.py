"""What Raccord keeps: the keys and the records."""

import os
import stat
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from activities.contact.memory import learnt_rules
from raccord.connectors.connection import Check
from raccord.records.database import RecordsUnavailable
from raccord.records.ignored import IgnoredEvents
from raccord.records.records import Records
from raccord.records.stuck import StuckFlow
from raccord.sealing import BadKeyFile, KeyRing
from raccord.settings.configuration import Configuration

KEY = "encryption key"
MOST_REASONS = 5


def key(loaded: Configuration) -> tuple[KeyRing | None, Check]:
    """Load the key ring, which others must not read; None when there is none that can be used."""
    path = loaded.settings.key_file
    try:
        keys = KeyRing.load(path)
    except FileNotFoundError:
        remedy = "raccord up makes one on its first start; a fleet shares one file: copy it there."
        return None, Check.warn(KEY, f"{path} is missing", expected="a key ring", remedy=remedy)
    except OSError as error:
        remedy = "Let the user that runs Raccord read it, and nobody else."
        return None, Check.fail(KEY, f"{path}: {error.strerror}", expected="a key ring", remedy=remedy)
    except BadKeyFile as error:
        remedy = "Put the right file back from your backup."
        return None, Check.fail(KEY, str(error), expected="a key ring", remedy=remedy)
    if exposed(path):
        found, expected = f"{path} can be read by others", "a file for its owner alone"
        return keys, Check.fail(KEY, found, expected=expected, remedy=f"chmod 600 {path}")
    return keys, Check.ok(KEY, f"{path}, active {keys.active_id}")


def exposed(path: Path) -> bool:
    """Whether others read it. A secret that is handed over is another's file, and ours by its group."""
    about = path.stat()
    others = stat.S_IRWXO if about.st_uid != os.getuid() else stat.S_IRWXO | stat.S_IRWXG
    return bool(about.st_mode & others)


async def records(loaded: Configuration, keys: KeyRing) -> AsyncIterator[Check]:
    """Ask whether the tables are there, and what was ignored."""
    name = "records"
    opened = Records.open(loaded.settings.records_url, keys)
    try:
        if await opened.migrated():
            yield Check.ok(name, f"{await opened.database()}, migrated")
            yield Check.ok("ignored events", _counted(await opened.ignored.list()))
            if learnt := await learnt_rules(opened.answers):
                said = ", ".join(f"{field} {standing}" for field, standing in learnt.items())
                yield Check.ok("customer details, as answered", said)
            yield _held_up(await opened.stuck.list())
        else:
            remedy = "Nothing to do: raccord up, worker and starter migrate when they start."
            found = f"{await opened.database()}, without tables yet, or with those of an older release"
            yield Check.warn(name, found, expected="migrated", remedy=remedy)
    except RecordsUnavailable as error:
        remedy = (
            "Check database_url. SQLite: that the data directory can be written. PostgreSQL: that the server "
            "runs, and that this role may connect and owns the tables."
        )
        yield Check.fail(name, str(error), expected="reachable", remedy=remedy)
    finally:
        await opened.close()


def _held_up(flows: tuple[StuckFlow, ...]) -> Check:
    name = "held up"
    if not flows:
        return Check.ok(name, "no flow waits for a vendor")
    counts = Counter(each.connection for each in flows)
    waiting = ", ".join(f"{count} by {connection}" for connection, count in sorted(counts.items()))
    said = next((each.said for each in flows if each.said), "")
    return Check.warn(
        name,
        f"{waiting}. {said}".strip(),
        expected="no flow that waits for a vendor",
        remedy="They go on by themselves once it answers; raccord inbox list says since when.",
    )


def _counted(events: tuple[IgnoredEvents, ...]) -> str:
    """Say what vendors sent for nothing: a subscription to end, or another account's."""
    said = [f"{each.source} {each.reason}: {each.count}" for each in events[:MOST_REASONS]]
    more = sum(each.count for each in events[MOST_REASONS:])
    return ", ".join([*said, *([f"others: {more}"] if more else [])]) or "none"
