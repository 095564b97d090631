"""How stored things show in a terminal: nothing that a stranger typed may steer it."""

import json
import sys
import unicodedata
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap

import click
from babel.dates import format_timedelta

from raccord.connectors.connection import Check, CheckState
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey
from raccord.settings.configuration import Configuration
from raccord.texts import say_fact, say_param
from starters.cli.common import bold, fail
from starters.cli.terminal import is_exact

_COLOURS = {CheckState.OK: "green", CheckState.WARN: "yellow", CheckState.FAIL: "red"}
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
        fail(message("error.records_unread", why=error.said[0]), status=1)
    finally:
        await records.close()


def shown(text: str) -> str:
    """Write control and format characters as escapes; line breaks stay."""
    return "".join(c if c == "\n" or not _steers(c) else c.encode("unicode_escape").decode() for c in text)


def print_check(check: Check, language: str) -> None:
    """Print a line for what was looked at or made, and below it what to do where it is not well."""
    state = click.style(f"{check.state.value:<4}", fg=_COLOURS.get(check.state))
    click.echo(f"{state}  {shown(say_fact(say_param(check.whole_title, language), check.seen, language))}")
    if check.state is not CheckState.OK:
        click.echo(f"      → {shown(say_param(check.advice, language))}")


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[str] = (),
    folds: Collection[str] = (),
) -> Iterator[str]:
    """Yield aligned lines that nothing in a cell can break; `right`: headings of numbers.

    In a terminal the last column, and those that `folds` names, go on below themselves where a line would
    be too long, and never inside a word.
    """
    lines = [[shown(cell).replace("\n", " ") for cell in row] for row in (headings, *rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for place, name in enumerate(headings[:-1]):
        if name in folds:
            widths[place] = min(widths[place], max(columns() // 4, _width(name)))
    room = max(columns() - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1), _NARROWEST)
    widths[-1] = min(widths[-1], room)
    for number, cells in enumerate(lines):
        folded = [
            fold(cell, width) if name in folds or place == len(cells) - 1 else [cell]
            for place, (name, cell, width) in enumerate(zip(headings, cells, widths, strict=True))
        ]
        for parts in zip_longest(*folded, fillvalue=""):
            padded = [
                " " * (width - _width(cell)) + cell if name in right else cell + " " * (width - _width(cell))
                for name, cell, width in zip(headings, parts, widths, strict=True)
            ]
            line = _GAP.join(padded).rstrip()
            yield line if number else bold(line)


def fits(lines: Sequence[str]) -> bool:
    """Say whether no line of a table is longer than the terminal's."""
    return all(_width(click.unstyle(line)) <= columns() for line in lines)


def table_or_facts(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    language: str,
    *,
    right: Collection[str] = (),
    folds: Collection[str] = (),
    named: int = 1,
) -> Iterator[str]:
    """Yield a table; where a line of it is longer than the terminal's, the facts of each row below its name.

    `named`: how many of the first cells name a row.
    """
    lines = list(table(headings, rows, right=right, folds=folds))
    if fits(lines):
        yield from lines
        return
    for row in rows:
        yield from fold(shown(" · ".join(filter(None, row[:named]))), indent="  ")
        facts = zip(headings[named:], row[named:], strict=True)
        told = " · ".join(say_fact(label, fact, language) for label, fact in facts if fact)
        yield from fold(shown(f"  {told}"), indent="  ")


def fold(text: str, width: int | None = None, *, indent: str = "") -> list[str]:
    """Break a line between words where it is longer than `width`, by default the terminal's."""
    return wrap(
        text, width or columns(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]


def columns() -> int:
    """Return the terminal's width; without one, a width that nothing reaches."""
    return get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def print_json(document: object) -> None:
    """Print JSON for a machine: exact in every encoding that a terminal or pipe may have."""
    click.echo(as_json(document, indent=2))


def as_json(document: object, *, indent: int | None = None) -> str:
    """Write JSON; what the output cannot show is escaped and not replaced."""
    plain = not sys.stdout or not is_exact(sys.stdout)
    return json.dumps(document, ensure_ascii=plain, indent=indent, default=str)


def age(since: datetime, language: str) -> str:
    """Say in words how long ago an aware instant was: `3 hours`, `3 heures`."""
    return str(format_timedelta(datetime.now(UTC) - since, locale=language, threshold=1))


def _width(text: str) -> int:
    """Count a terminal's columns: a Chinese or Japanese character takes two, a combining accent none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


def _steers(character: str) -> bool:
    return unicodedata.category(character).startswith("C")
