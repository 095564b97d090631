"""Rows and columns: appended, inserted, deleted, sized (`appendDimension` and its siblings)."""

from sandbox.google import masks, moving
from sandbox.google.a1 import Box
from sandbox.google.book import Book, Tab
from sandbox.google.cells import Json
from sandbox.google.errors import invalid
from sandbox.google.protection import must_be_free

_LENGTHS = {"ROWS": "rowCount", "COLUMNS": "columnCount"}


def append(book: Book, asked: Json) -> None:
    tab, length = book.tab(asked.get("sheetId")), asked.get("length", 0)
    if length < 1:
        raise invalid("The length must be at least 1.")
    tab.grid[_length(asked)] += length


def insert(book: Book, asked: Json, *, app: bool) -> None:
    """Insert empty rows or columns; what was there moves down, or to the right."""
    tab, dimension, start, end = _located(book, asked.get("range", {}), insert=True)
    if app:
        must_be_free(tab, _from(dimension, start))
    moving.insert(book, tab, dimension, start, end - start)


def delete(book: Book, asked: Json, *, app: bool) -> None:
    """Delete rows or columns with all that stands in them (discovery document, `DeleteDimensionRequest`)."""
    tab, dimension, start, end = _located(book, asked.get("range", {}))
    if end - start == tab.grid[_length(asked["range"])]:
        raise invalid(f"You can't delete all the {dimension.lower()} on the sheet.")
    if app:
        must_be_free(tab, _from(dimension, start))
    moving.delete(book, tab, dimension, start, end)


def update(book: Book, asked: Json) -> None:
    tab, dimension, start, end = _located(book, asked.get("range", {}))
    tree = masks.parse(asked.get("fields", ""), "sheets", "DimensionProperties")
    for number in range(start, end):
        place = (dimension, number)
        tab.dimensions[place] = masks.merged(tab.dimensions.get(place), asked.get("properties", {}), tree)


def auto_resize(book: Book, asked: Json) -> None:
    """The width by itself again: the sandbox measures no letters."""
    tab, dimension, start, end = _located(book, asked.get("dimensions", {}))
    for number in range(start, end):
        tab.dimensions.pop((dimension, number), None)


def _located(book: Book, given: Json, *, insert: bool = False) -> tuple[Tab, str, int, int]:
    """The rows or columns of a `DimensionRange`: half open, unbounded where an end is missing."""
    tab = book.tab(given.get("sheetId"))
    count: int = tab.grid[_length(given)]
    start: int = given.get("startIndex", 0)
    end: int = given.get("endIndex", count)
    if not 0 <= start < end or start > count or (end > count and not insert):
        raise invalid(f"The range {start}:{end} is outside of the grid's {count}.")
    return tab, given["dimension"], start, end


def _from(dimension: str, start: int) -> Box:
    return Box(start) if dimension == "ROWS" else Box(left=start)


def _length(given: Json) -> str:
    if given.get("dimension") not in _LENGTHS:
        raise invalid("The dimension must be ROWS or COLUMNS.")
    return _LENGTHS[given["dimension"]]
