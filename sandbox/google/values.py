"""Reading and writing cells by A1 ranges: the `spreadsheets.values` collection."""

from dataclasses import dataclass
from typing import Any

from sandbox.google import a1, cells, moving
from sandbox.google.a1 import Box
from sandbox.google.book import Book, Tab, every
from sandbox.google.cells import Json
from sandbox.google.errors import invalid
from sandbox.google.protection import must_be_free

Rows = list[list[Any]]


@dataclass(frozen=True)
class Rendering:
    """How a read shows values (discovery document, `spreadsheets.values.get`)."""

    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"
    major: str = "ROWS"

    def of(self, tab: Tab, row: int, column: int, locale: str) -> Any:
        cell, value = tab.at(row, column), tab.value(row, column)
        if self.values == "FORMULA" and cell.value and "formulaValue" in cell.value:
            return cell.value["formulaValue"]
        as_text = self.dates == "FORMATTED_STRING" and cells.is_date(cell.format)
        if self.values == "FORMATTED_VALUE" or as_text:
            return cells.shown(value, cell.format, locale)
        return cells.plain(value)


def read(book: Book, text: str, rendering: Rendering) -> Json:
    """A `ValueRange`: no empty rows and cells at the ends, no `values` at all when nothing is there."""
    tab, box = book.located(text)
    whole = box.bounded(tab.rows, tab.columns)
    answer: Json = {"range": named(tab, whole), "majorDimension": rendering.major}
    if filled := tab.filled(whole):
        rows = _rows(tab, filled, rendering, book.locale)
        if rendering.major == "COLUMNS":
            width = max(map(len, rows))
            rows = _trimmed([list(line) for line in zip(*(_padded(row, width) for row in rows), strict=True)])
        answer["values"] = rows
    return answer


def write(book: Book, given: Json, option: str | None, *, app: bool) -> Json:
    """Put one `ValueRange` there; an `UpdateValuesResponse`.

    A single cell is where the values begin; of a wider range the values may not leave it.
    """
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    tab, box = book.located(given.get("range", ""))
    rows = by_rows(given)
    height, width = len(rows), max(map(len, rows), default=0)
    if not box.is_cell:
        _must_stay_inside(tab, box, height, width)
    target = Box(box.top, box.top + max(height, 1), box.left, box.left + max(width, 1))
    book.must_fit(tab, target)
    if app:
        must_be_free(tab, target)
    written = _put(tab, target, rows, option, book.locale)
    return {
        "spreadsheetId": book.id,
        "updatedRange": named(tab, target),
        "updatedRows": height,
        "updatedColumns": width,
        "updatedCells": written,
    }


def clear(book: Book, text: str, *, app: bool) -> str:
    """Empty the cells and keep how they look and their notes; the range that was cleared."""
    tab, box = book.located(text)
    whole = box.bounded(tab.rows, tab.columns)
    if app:
        must_be_free(tab, whole)
    for row, column in [place for place in tab.cells if _within(place, whole)]:
        tab.put(row, column, value=None)
    return named(tab, whole)


def append(book: Book, given: Json, option: str | None, *, insert: bool, app: bool) -> Json:
    """Write below the table that the range holds; the tab grows where it must. Twice is twice."""
    tab, box = book.located(given.get("range", ""))
    rows = by_rows(given)
    table = _table(tab, box)
    top, left = (table.bottom or 0, table.left) if table else (box.top, box.left)
    if insert and top < tab.rows:
        moving.insert(book, tab, "ROWS", top, len(rows))
    tab.grid["rowCount"] = max(tab.rows, top + len(rows))
    tab.grid["columnCount"] = max(tab.columns, left + max(map(len, rows), default=0))
    start = Box(top, top + 1, left, left + 1)
    written = {**given, "range": f"{a1.quoted(tab.title)}!{start}"}
    answer = {"spreadsheetId": book.id, "updates": write(book, written, option, app=app)}
    return answer | ({"tableRange": named(tab, table)} if table else {})


def by_rows(given: Json) -> Rows:
    """The values of a `ValueRange`, row by row. Refuses what is no bool, string or number."""
    rows: Rows = given.get("values", [])
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            if not isinstance(value, str | bool | int | float | None):
                raise invalid(f"Invalid values[{row}][{column}]: only bool, string and double are supported")
    if given.get("majorDimension") == "COLUMNS":
        height = max(map(len, rows), default=0)
        return [[line[row] if row < len(line) else None for line in rows] for row in range(height)]
    return rows


def named(tab: Tab, box: Box) -> str:
    return f"{a1.quoted(tab.title)}!{box}"


def _put(tab: Tab, target: Box, rows: Rows, option: str, locale: str) -> int:
    written = 0
    for row, line in enumerate(rows, target.top):
        for column, value in enumerate(line, target.left):
            if value is None:
                continue
            written += 1
            if option == "RAW":
                tab.put(row, column, value=cells.entered(value))
                continue
            entered, look = cells.typed(value, locale)
            kept = tab.at(row, column).format
            has_format = kept is not None and "numberFormat" in kept
            new = kept if look is None or has_format else {**(kept or {}), "numberFormat": look}
            tab.put(row, column, value=entered, format=new)
    return written


def _must_stay_inside(tab: Tab, box: Box, height: int, width: int) -> None:
    whole = box.bounded(tab.rows, tab.columns)
    if box.top + height > (whole.bottom or 0):
        what = f"row [{(whole.bottom or 0) + 1}]"
    elif box.left + width > (whole.right or 0):
        what = f"column [{a1.letters(whole.right or 0)}]"
    else:
        return
    raise invalid(f"Requested writing within range [{named(tab, whole)}], but tried writing to {what}")


def _table(tab: Tab, box: Box) -> Box | None:
    """From the range's corner down to its last row with a value, without an empty row between."""
    whole = box.bounded(tab.rows, tab.columns)
    right = tab.columns if box.is_cell else whole.right or 0
    bottom = box.top
    while any(tab.at(bottom, column).value for column in range(box.left, right)):
        bottom += 1
    found = tab.filled(Box(box.top, bottom, box.left, right)) if bottom > box.top else None
    return found and Box(box.top, bottom, box.left, found.right)


def _rows(tab: Tab, box: Box, rendering: Rendering, locale: str) -> Rows:
    rows: Rows = [[] for _ in range(box.top, box.bottom or 0)]
    for row, column in every(box):
        rows[row - box.top].append(rendering.of(tab, row, column, locale))
    return _trimmed(rows)


def _trimmed(rows: Rows) -> Rows:
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _padded(row: list[Any], width: int) -> list[Any]:
    return [*row, *[""] * (width - len(row))]


def _within(place: tuple[int, int], box: Box) -> bool:
    row, column = place
    return box.top <= row < (box.bottom or 0) and box.left <= column < (box.right or 0)
