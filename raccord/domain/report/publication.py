"""A report in words of one language, as every place shows it: sentences, tables of typed cells, charts.

A place shows it its own way, and needs to know nothing of what the tables are about.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from raccord.domain.report.week import Week
from raccord.domain.values.money import Money


@dataclass(frozen=True)
class Linked:
    """A text that leads somewhere."""

    text: str
    url: str


Cell: TypeAlias = str | Linked | Money | Decimal | int | date | None
"""What a cell holds; nothing where it is None. Texts are what people typed: never a formula, never a date."""


class ColumnKind(StrEnum):
    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """`name` is the key of the column that says what a row is about, where it is not the first."""

    key: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    currency: str = ""
    """Of all its amounts; empty where they may be of several."""


@dataclass(frozen=True)
class Row:
    """`key` is the same for the same row whenever the week is told, and no other row of its table has it."""

    key: str
    cells: tuple[Cell, ...]
    url: str = ""
    """Where people open what the row is about."""


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    """What stands below it; what stands in its place where it has no row."""
    over_weeks: bool = False
    """Whether each row is a week, by its key: a place may keep those of earlier reports beside them."""

    @property
    def naming(self) -> int:
        """The place of the column that says what a row is about."""
        return next((place for place, each in enumerate(self.columns) if each.key == "name"), 0)

    def leads(self, row: Row) -> tuple[str, ...]:
        """Return where each cell of a row leads: the one that names it, unless a cell leads on itself."""
        urls = [cell.url if isinstance(cell, Linked) else "" for cell in row.cells]
        if not any(urls) and self.naming < len(urls):
            urls[self.naming] = row.url
        return tuple(urls)


class ChartKind(StrEnum):
    COLUMNS = "columns"
    LINE = "line"


@dataclass(frozen=True)
class Chart:
    """A picture of a table: `across` is the column of its domain, `values` the columns that it draws."""

    key: str
    title: str
    alternative: str
    """What it shows, for who cannot see it."""
    kind: ChartKind
    table: str
    across: str
    values: tuple[str, ...]
    unit: str
    """`EUR`, or the word for days."""


@dataclass(frozen=True)
class Publication:
    """One week, ready to be shown. `tables` and `charts` are in the order in which they are read.

    `gaps` and `weeks` are the keys of the tables of gaps and of the trend, among `tables`.
    """

    week: Week
    language: str
    company: str
    mark: str
    """`TEST` where no money is real; empty else."""
    title: str
    subtitle: str
    """From when to when, when it was computed, and that it is late where it is."""
    computed_at: datetime
    sentences: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    """The most important figures, label and value, as text."""
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    gaps: str = "gaps"
    weeks: str = "weeks"

    def table(self, key: str) -> Table:
        """Raises `LookupError`."""
        return next(each for each in self.tables if each.key == key)
