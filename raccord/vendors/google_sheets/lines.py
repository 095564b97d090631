"""What stands in the two tabs, line by line: that of a week, and the Dashboard over all weeks.

Each line of ours has its id in a hidden column left of it, by which it is found again wherever people have
moved it to. Behind the id stands a remark: of the first line how many columns are ours, of a line of the
Dashboard which week's report wrote it last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from raccord.domain.report.publication import Publication, Row, Table
from raccord.vendors.google_sheets.cells import Data, data

FIRST = "raccord"
"""The id of the first line."""
_BETWEEN = " < "
_ROW = "/row/"
CHARTS_BESIDE, CHART_LINES = 3, 18
"""Charts side by side above the Dashboard's tables, and the empty lines they take, 21 pixels each."""


@dataclass(frozen=True)
class Line:
    """`cells` is None where what stands there stays: a newer report wrote it."""

    id: str
    cells: tuple[Data, ...] | None
    remark: str = ""
    merged: bool = False
    """Whether what a newer report wrote into it is in it."""

    @property
    def key(self) -> str:
        """What stands in the hidden column."""
        return f"{self.id}{_BETWEEN}{self.remark}"


class Standing(Protocol):
    """What stands in a tab."""

    @property
    def remarks(self) -> Mapping[str, str]:
        """By the ids of the lines."""
        ...

    def text(self, id: str, place: int) -> str:
        """Return what stands in a column of ours, from 0."""
        ...


def parsed(key: str) -> tuple[str, str]:
    """Return the id and the remark of what stands in a hidden column; no id where it is none of ours."""
    id, between, remark = key.rpartition(_BETWEEN)
    return (id, remark) if between else ("", "")


def row_id(table: str, row: str) -> str:
    return f"{table}{_ROW}{row}"


def head_id(table: str) -> str:
    return f"{table}/columns"


def week_lines(publication: Publication) -> list[Line]:
    """Return what the week's own tab shows."""
    shown = [table for table in publication.tables if not table.over_weeks]
    width = width_of(shown)
    return [
        _texts(FIRST, [_marked(publication, publication.title)], bold=True, remark=str(width)),
        _texts("subtitle", [publication.subtitle]),
        *(_texts(f"sentence/{place}", [said]) for place, said in enumerate(publication.sentences)),
        _texts("totals", []),
        *(_texts(f"total/{place}", total) for place, total in enumerate(publication.totals)),
        *(line for table in shown for line in _table(table, publication.language)),
    ]


def dashboard_lines(publication: Publication, standing: Standing) -> list[Line]:
    """Return what the Dashboard shows: weeks of earlier reports stay, those of newer ones as they stand."""
    shown = over_weeks(publication)
    rows = -(-len(publication.charts) // CHARTS_BESIDE) * CHART_LINES
    width = max([2, *(len(columns(table, standing)) for table in shown)])
    lines = [
        _texts(FIRST, [_marked(publication, publication.company)], bold=True, remark=str(width)),
        *(_texts(f"charts/{place}", []) for place in range(rows)),
        *(line for table in shown for line in _over_weeks(table, publication, standing)),
    ]
    if is_newest(publication, standing):
        return lines
    # Rows and titles of columns say themselves what a newer report has written.
    return [line if line.id not in standing.remarks or line.merged else _left(line) for line in lines]


def over_weeks(publication: Publication) -> list[Table]:
    """The tables of the Dashboard."""
    return [table for table in publication.tables if table.over_weeks]


def columns(table: Table, standing: Standing) -> list[str]:
    """The columns of a table over weeks by their keys: those that stand there, then the others.

    Each currency has its own: what was told of one stays where it is when another comes.
    """
    there = [key for key in standing.remarks.get(head_id(table.key), "").split(",") if key]
    return [*there, *(column.key for column in table.columns if column.key not in there)]


def is_newest(publication: Publication, standing: Standing) -> bool:
    """Whether no newer week's report has written any line of the Dashboard."""
    return all(remark <= str(publication.week) for id, remark in standing.remarks.items() if _ROW in id)


def width_of(tables: Sequence[Table]) -> int:
    """How many columns are ours."""
    return max([2, *(len(table.columns) for table in tables)])


def _left(line: Line) -> Line:
    return replace(line, cells=None)


def _marked(publication: Publication, title: str) -> str:
    return f"{publication.mark} · {title}" if publication.mark else title


def _texts(id: str, cells: Sequence[str], *, bold: bool = False, remark: str = "") -> Line:
    return Line(id, tuple(data(cell, "", bold=bold) for cell in cells), remark)


def _table(table: Table, language: str) -> Iterator[Line]:
    yield from _head(table)
    for row in table.rows:
        yield Line(row_id(table.key, row.key), _cells(table, row, language))
    if table.note:
        yield _texts(f"{table.key}/note", [table.note])


def _head(table: Table) -> Iterator[Line]:
    yield _texts(f"{table.key}/above", [])
    yield _texts(f"{table.key}/title", [table.title], bold=True)
    yield _texts(head_id(table.key), [column.title for column in table.columns], bold=True)


def _over_weeks(table: Table, publication: Publication, standing: Standing) -> Iterator[Line]:
    """Yield a table's lines, the rows by their keys: an ISO week sorts as text."""
    told, prefix, keys = str(publication.week), row_id(table.key, ""), columns(table, standing)
    ours = {row_id(table.key, row.key): row for row in table.rows}
    kept = {
        id: remark
        for id, remark in standing.remarks.items()
        if id.startswith(prefix) and (id not in ours or remark > told)
    }
    above, title, _ = _head(table)
    yield from (above, title, _titles(table, keys, publication, standing))
    for id in sorted(ours.keys() | kept.keys()):
        if id in kept:
            yield Line(id, None, kept[id], merged=True)
        else:
            cells = dict(
                zip(
                    (each.key for each in table.columns),
                    _cells(table, ours[id], publication.language),
                    strict=False,
                )
            )
            yield Line(id, tuple(cells.get(key, {}) for key in keys), told, merged=True)
    if table.note:
        yield _texts(f"{table.key}/note", [table.note])


def _titles(table: Table, keys: Sequence[str], publication: Publication, standing: Standing) -> Line:
    """Return the titles of the columns: as a newer report has them, and of what is no more as they stand."""
    id, newest = head_id(table.key), is_newest(publication, standing)
    titles = {column.key: column.title for column in table.columns}
    there = [standing.text(id, place) for place in range(len(keys))]
    said = [
        titles.get(key, stands) if newest else stands or titles.get(key, "")
        for key, stands in zip(keys, there, strict=True)
    ]
    return replace(_texts(id, said, bold=True, remark=",".join(keys)), merged=True)


def _cells(table: Table, row: Row, language: str) -> tuple[Data, ...]:
    cells = zip(row.cells, table.leads(row), strict=True)
    return tuple(data(cell, language, url=url) for cell, url in cells)
