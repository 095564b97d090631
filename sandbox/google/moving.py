"""Rows and columns that come and go: cells move, and so do charts, filters and protection that name them."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.google.book import Book, Tab
from sandbox.google.cells import Json

_NAMES = {
    "ROWS": ("rowCount", "startRowIndex", "endRowIndex", "rowIndex"),
    "COLUMNS": ("columnCount", "startColumnIndex", "endColumnIndex", "columnIndex"),
}


def insert(book: Book, tab: Tab, dimension: str, at: int, count: int) -> None:
    """Empty ones; a range that they fall into grows."""
    _moved(
        book,
        tab,
        dimension,
        lambda index: index + count if index >= at else index,
        lambda end: end + count if end > at else end,
    )
    tab.grid[_NAMES[dimension][0]] += count


def delete(book: Book, tab: Tab, dimension: str, start: int, end: int) -> None:
    """With what is in them; a range that held them shrinks."""
    tab.cells = {at: cell for at, cell in tab.cells.items() if not start <= _index(at, dimension) < end}
    tab.dimensions = {
        at: kept for at, kept in tab.dimensions.items() if at[0] != dimension or not start <= at[1] < end
    }

    def after(index: int) -> int:
        return index - (end - start) if index >= end else min(index, start)

    _moved(book, tab, dimension, after, after)
    tab.grid[_NAMES[dimension][0]] -= end - start


def sources(value: Any) -> Iterator[Json]:
    """Every `GridRange` that a chart draws, at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from sources(each)
    elif isinstance(value, dict):
        yield from value.get("sourceRange", {}).get("sources", ())
        for each in value.values():
            yield from sources(each)


def _moved(
    book: Book, tab: Tab, dimension: str, index: Callable[[int], int], end: Callable[[int], int]
) -> None:
    rows = dimension == "ROWS"
    tab.cells = {
        (index(row) if rows else row, column if rows else index(column)): cell
        for (row, column), cell in tab.cells.items()
    }
    tab.dimensions = {
        (which, index(number) if which == dimension else number): kept
        for (which, number), kept in tab.dimensions.items()
    }
    _, start_name, end_name, cell_name = _NAMES[dimension]
    moves = ((start_name, index), (end_name, end), (cell_name, index))
    for named in _named(book, tab):
        for name, move in moves:
            if name in named:
                named[name] = move(named[name])


def _named(book: Book, tab: Tab) -> Iterator[Json]:
    """Every range and anchor that names cells of a tab."""
    for _, chart in book.charts():
        yield from (source for source in sources(chart["spec"]) if source.get("sheetId", 0) == tab.id)
        anchor = chart["position"].get("overlayPosition", {}).get("anchorCell", {})
        if anchor.get("sheetId", 0) == tab.id:
            yield anchor
    yield from (each["range"] for each in tab.protected)
    if tab.filter:
        yield tab.filter["range"]


def _index(place: tuple[int, int], dimension: str) -> int:
    return place[0 if dimension == "ROWS" else 1]
