"""The tables of a report as files for a spreadsheet: what people typed is text, amounts are numbers."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO

from raccord.domain.report.publication import Cell, Column, ColumnKind, Linked, Publication, Row, Table
from raccord.domain.values.base import plain
from raccord.domain.values.message import message
from raccord.domain.values.money import Money, exponent
from raccord.texts.speech import say
from raccord.texts.spreadsheets import harmless

_BOM = "\ufeff"
"""Without it Excel reads a file as if it were written in the letters of 1985."""
_DECIMAL = {"fr": ","}
_DELIMITER = {"fr": ";"}
"""As Excel expects them where it speaks the language; elsewhere a point and a comma."""


def csv_files(shown: Publication) -> Mapping[str, bytes]:
    """Return a file for each table, by its name: `2026-W48-gaps.csv`."""
    return {f"{shown.week}-{table.key}.csv": _file(table, shown.language) for table in shown.tables}


def _file(table: Table, language: str) -> bytes:
    leads = any(row.url for row in table.rows)
    return "".join(csv_lines(table.columns, table.rows, language, leads=leads)).encode()


def csv_lines(columns: Sequence[Column], rows: Iterable[Row], language: str, *, leads: bool) -> Iterator[str]:
    """Yield a file line by line, its first with the mark of UTF-8. `leads`: the last column is a link."""
    written = StringIO()
    lines = csv.writer(written, delimiter=_DELIMITER.get(language, ","))
    titles = [title for each in columns for title in _titles(each, language)]
    lines.writerow([*titles, say(message("week.column.link"), language)] if leads else titles)
    yield f"{_BOM}{_taken(written)}"
    for row in rows:
        cells = [
            text
            for column, cell in zip(columns, row.cells, strict=True)
            for text in _texts(column, cell, language)
        ]
        lines.writerow([*cells, row.url] if leads else cells)
        yield _taken(written)


def _taken(written: StringIO) -> str:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text


def _titles(column: Column, language: str) -> Iterator[str]:
    """Yield what stands above a column; its currency has one of its own where its title does not say it."""
    yield harmless(column.title)
    if _mixed(column):
        yield say(message("week.column.currency", title=column.title), language)


def _texts(column: Column, cell: Cell, language: str) -> Iterator[str]:
    match cell:
        case None:
            yield ""
        case Money(amount=amount, currency=currency):
            yield _number(f"{amount:.{exponent(currency)}f}", language)
        case date():
            yield cell.isoformat()
        case Decimal() | int():
            yield _number(plain(Decimal(cell)), language)
        case Linked(text=text) | str(text):
            yield harmless(text)
    if _mixed(column):
        yield cell.currency if isinstance(cell, Money) else ""


def _mixed(column: Column) -> bool:
    return column.kind is ColumnKind.MONEY and not column.currency


def _number(written: str, language: str) -> str:
    return written.replace(".", _DECIMAL.get(language, "."))
