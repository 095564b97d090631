"""How stored things show in a terminal: nothing that a stranger typed may steer it."""

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from babel.dates import format_timedelta
from rich.markup import escape

from raccord.records.records import Records
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey
from raccord.settings.configuration import Configuration
from starters.cli.common import fail


@asynccontextmanager
async def opened(configuration: Configuration, keys: KeyRing) -> AsyncIterator[Records]:
    """Open the migrated records; end the command with a sentence when something in them does not unseal."""
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        yield records
    except (UnknownKey, CannotUnseal) as error:
        fail(f"the records cannot be read: {error}", status=1)
    finally:
        await records.close()


def shown(text: str) -> str:
    """Write control and format characters as escapes, and markup as text; line breaks stay."""
    safe = (c if c == "\n" or not _steers(c) else c.encode("unicode_escape").decode() for c in text)
    return escape("".join(safe))


def age(since: datetime) -> str:
    """Say in words how long ago an aware instant was: `3 hours`."""
    return str(format_timedelta(datetime.now(UTC) - since, locale="en", threshold=1))


def _steers(character: str) -> bool:
    return unicodedata.category(character).startswith("C")
