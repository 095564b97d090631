"""What Raccord keeps: the keys, the records, and the flows in Temporal."""

from datetime import timedelta

from raccord.connectors.connection import Check
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import BadKeyFile, KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect

KEY = "encryption key"
WITHIN = timedelta(seconds=3)


def key(loaded: Configuration) -> tuple[KeyRing | None, Check]:
    """Load the key ring; None when there is none that can be used, with the reason."""
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
    return keys, Check.ok(KEY, f"{path}, active {keys.active_id}")


async def records(loaded: Configuration, keys: KeyRing) -> Check:
    """Ask whether the tables are there."""
    name = "records"
    try:
        opened = Records.open(loaded.settings.records_url, keys)
        try:
            migrated = await opened.migrated()
        finally:
            await opened.close()
    except RecordsUnavailable as error:
        remedy = "Check database_url, and that the data directory can be written."
        return Check.fail(name, str(error), expected="reachable", remedy=remedy)
    if migrated:
        return Check.ok(name, "migrated")
    remedy = "Nothing to do: raccord up, worker and starter migrate when they start."
    return Check.warn(name, "not there yet, or older", expected="migrated", remedy=remedy)


async def temporal(loaded: Configuration, keys: KeyRing) -> Check:
    """Ask whether a server answers."""
    try:
        client = await connect(loaded.settings, keys, within=WITHIN)
    except TemporalUnreachable as error:
        return Check.warn("temporal", str(error), expected="reachable", remedy="raccord up starts one.")
    return Check.ok("temporal", f"namespace {client.namespace}")
