"""How stored things show in a terminal: nothing that a stranger typed may steer it."""

import codecs
import json
import sys
import unicodedata
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from shutil import get_terminal_size
from textwrap import wrap

from babel.dates import format_timedelta

from raccord.records.records import Records
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey
from raccord.settings.configuration import Configuration
from starters.cli.common import bold, fail

_GAP = "  "
_NARROWEST = 16
"""Columns that the last one keeps in any terminal."""


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
    """Write control and format characters as escapes; line breaks stay."""
    return "".join(c if c == "\n" or not _steers(c) else c.encode("unicode_escape").decode() for c in text)


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[str] = ()
) -> Iterator[str]:
    """Yield aligned lines, one a row, that nothing in a cell can break; `right`: headings of numbers.

    In a terminal the last column goes on below itself where a line would be too long.
    """
    lines = [[shown(cell).replace("\n", " ") for cell in row] for row in (headings, *rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    indent = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    room = max(columns() - indent, _NARROWEST)
    for number, cells in enumerate(lines):
        first, *more = wrap(cells[-1], room) or [""]
        padded = [
            " " * (width - _width(cell)) + cell if name in right else cell + " " * (width - _width(cell))
            for name, cell, width in zip(headings, [*cells[:-1], first], widths, strict=True)
        ]
        line = _GAP.join(padded).rstrip()
        yield line if number else bold(line)
        yield from (" " * indent + rest for rest in more)


def columns() -> int:
    """Return the terminal's width; without one, a width that nothing reaches."""
    return get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def print_json(document: object) -> None:
    """Print JSON for a machine: exact in every encoding that a terminal or pipe may have."""
    exact = not codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf")
    sys.stdout.write(json.dumps(document, ensure_ascii=exact, indent=2, default=str) + "\n")


def age(since: datetime, language: str) -> str:
    """Say in words how long ago an aware instant was: `3 hours`, `3 heures`."""
    return str(format_timedelta(datetime.now(UTC) - since, locale=language, threshold=1))


def _width(text: str) -> int:
    """Count a terminal's columns: a Chinese or Japanese character takes two, a combining accent none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


def _steers(character: str) -> bool:
    return unicodedata.category(character).startswith("C")
