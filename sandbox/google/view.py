"""A spreadsheet as `spreadsheets.get` answers it."""

from collections.abc import Sequence
from typing import Any

from sandbox.google import cells, masks
from sandbox.google.a1 import Box
from sandbox.google.book import Book, Tab
from sandbox.google.cells import Json


def spreadsheet(
    book: Book, origin: str, *, fields: str | None = None, ranges: Sequence[str] = (), grid_data: bool = False
) -> Json:
    """The resource, or the part that a mask wants; cells only where the mask or `includeGridData` asks for
    them (discovery document, `spreadsheets.get`). `origin`: where the sandbox is served; the spreadsheet's
    address leads to its panel.
    """
    tree: masks.Tree = masks.parse(fields, "sheets", "Spreadsheet") if fields else {}
    with_cells = grid_data if not fields else "*" in tree or _wants_cells(tree)
    located = [book.located(text) for text in ranges]
    shown = [tab for tab in book.tabs if not ranges or any(tab is each for each, _ in located)]
    answer: Json = {
        "spreadsheetId": book.id,
        "properties": book.properties,
        "sheets": [
            _sheet(book, tab, [box for each, box in located if each is tab] or [Box()], with_cells)
            for tab in shown
        ],
        "spreadsheetUrl": f"{origin}/#google-panel",
    }
    if book.metadata:
        answer["developerMetadata"] = book.metadata
    selected: Json = masks.select(answer, tree)
    return selected


def properties(book: Book, tab: Tab) -> Json:
    return {**tab.properties, "index": book.tabs.index(tab)}


def _sheet(book: Book, tab: Tab, boxes: list[Box], with_cells: bool) -> Json:
    sheet: Json = {"properties": properties(book, tab)}
    if with_cells:
        sheet["data"] = [_grid(book, tab, box) for box in boxes]
    parts = {
        "charts": tab.charts,
        "protectedRanges": tab.protected,
        "developerMetadata": tab.metadata,
        "basicFilter": tab.filter,
    }
    return sheet | {name: part for name, part in parts.items() if part}


def _grid(book: Book, tab: Tab, box: Box) -> Json:
    whole = box.bounded(tab.rows, tab.columns)
    inside = [
        (row, column)
        for row, column in tab.cells
        if whole.top <= row < (whole.bottom or 0) and whole.left <= column < (whole.right or 0)
    ]
    ends: dict[int, int] = {}
    for row, column in inside:
        ends[row] = max(ends.get(row, 0), column + 1)
    rows: list[Json] = []
    for row in range(whole.top, max(ends, default=whole.top - 1) + 1):
        columns_ = range(whole.left, ends.get(row, whole.left))
        values = [_cell(book, tab, row, column) for column in columns_]
        rows.append({"values": values} if values else {})
    columns = range(whole.left, whole.right or 0)
    return {
        "startRow": whole.top,
        "startColumn": whole.left,
        "rowData": rows,
        "columnMetadata": [tab.dimensions.get(("COLUMNS", each), {"pixelSize": 100}) for each in columns],
    }


def _cell(book: Book, tab: Tab, row: int, column: int) -> Json:
    cell, value = tab.at(row, column), tab.value(row, column)
    found: dict[str, Any] = {
        "userEnteredValue": cell.value,
        "effectiveValue": value,
        "formattedValue": cells.shown(value, cell.format, book.locale) or None,
        "userEnteredFormat": cell.format,
        "note": cell.note,
    }
    return {name: each for name, each in found.items() if each is not None}


def _wants_cells(tree: masks.Tree) -> bool:
    sheets = tree.get("sheets")
    return sheets is not None and (not sheets or "data" in sheets or "*" in sheets)
