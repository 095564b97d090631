"""A spreadsheet: its tabs, their cells and charts."""

import copy
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.google import a1, cells
from sandbox.google.a1 import Box
from sandbox.google.cells import EMPTY, Cell
from sandbox.google.errors import invalid

Json = dict[str, Any]
ROWS, COLUMNS = 1000, 26
"""A new tab's grid, as the page makes it."""


@dataclass
class Tab:
    """`properties` are `SheetProperties` but for the index: a tab's place in the list is that."""

    properties: Json
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    charts: list[Json] = field(default_factory=list)
    protected: list[Json] = field(default_factory=list)
    metadata: list[Json] = field(default_factory=list)
    dimensions: dict[tuple[str, int], Json] = field(default_factory=dict)
    """`DimensionProperties` of rows and columns that have any."""
    filter: Json | None = None

    @property
    def id(self) -> int:
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    @property
    def grid(self) -> Json:
        found: Json = self.properties["gridProperties"]
        return found

    @property
    def rows(self) -> int:
        return int(self.grid["rowCount"])

    @property
    def columns(self) -> int:
        return int(self.grid["columnCount"])

    def put(self, row: int, column: int, **changes: Any) -> None:
        cell = replace(self.cells.get((row, column), EMPTY), **changes)
        if cell.is_empty:
            self.cells.pop((row, column), None)
        else:
            self.cells[row, column] = cell

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def filled(self, box: Box) -> Box | None:
        """The smallest part of a box that holds every value in it, from its own corner; None without any."""
        rows, columns = box.bottom or self.rows, box.right or self.columns
        held = [
            (row, column)
            for (row, column), cell in self.cells.items()
            if cell.value is not None and box.top <= row < rows and box.left <= column < columns
        ]
        if not held:
            return None
        return Box(box.top, max(row for row, _ in held) + 1, box.left, max(column for _, column in held) + 1)

    def value(self, row: int, column: int) -> Json | None:
        """The calculated value."""
        return cells.effective(self.at(row, column), self._numbers)

    def _numbers(self, text: str) -> list[float]:
        _, box = a1.parse(text)
        inside = box.bounded(self.rows, self.columns)
        found = (self.at(row, column).value or {} for row, column in every(inside))
        return [each["numberValue"] for each in found if "numberValue" in each]

    def copied(self) -> "Tab":
        # Cells are never changed in place: only the table of them is copied.
        cells_, self_ = dict(self.cells), replace(self, cells={})
        copied = copy.deepcopy(self_)
        copied.cells = cells_
        return copied


@dataclass
class Book:
    """One spreadsheet. A batch works on a copy, which takes its place when all of it went well."""

    id: str
    properties: Json
    tabs: list[Tab]
    metadata: list[Json] = field(default_factory=list)

    @property
    def locale(self) -> str:
        return str(self.properties["locale"])

    def copied(self) -> "Book":
        tabs = [tab.copied() for tab in self.tabs]
        return Book(self.id, copy.deepcopy(self.properties), tabs, copy.deepcopy(self.metadata))

    def tab(self, id_: int | None) -> Tab:
        """By its id: a range or a request that names none means 0, the default of a number."""
        for tab in self.tabs:
            if tab.id == (id_ or 0):
                return tab
        raise invalid(f"No sheet with id: {id_ or 0}")

    def titled(self, title: str) -> Tab | None:
        return next((tab for tab in self.tabs if tab.title == title), None)

    def located(self, text: str) -> tuple[Tab, Box]:
        """What an A1 range names. Refuses one that cannot be read, an unknown tab, cells outside the grid."""
        try:
            title, box = a1.parse(text)
        except ValueError:
            raise invalid(f"Unable to parse range: {text}") from None
        tab = self.tabs[0] if title is None else self.titled(title)
        if tab is None:
            raise invalid(f"Unable to parse range: {text}")
        self.must_fit(tab, box)
        return tab, box

    @staticmethod
    def must_fit(tab: Tab, box: Box) -> None:
        if not box.fits(tab.rows, tab.columns):
            raise invalid(
                f"Range ({a1.quoted(tab.title)}!{box}) exceeds grid limits. Max rows: {tab.rows}, "
                f"max columns: {tab.columns}"
            )

    def grid_box(self, grid: Json) -> tuple[Tab, Box]:
        """What a `GridRange` names, held against the grid."""
        tab = self.tab(grid.get("sheetId"))
        top, left = grid.get("startRowIndex", 0), grid.get("startColumnIndex", 0)
        box = Box(top, grid.get("endRowIndex"), left, grid.get("endColumnIndex"))
        if min(top, left) < 0 or (box.bottom or top + 1) <= top or (box.right or left + 1) <= left:
            raise invalid("The range is empty or not a range.")
        self.must_fit(tab, box)
        return tab, box.bounded(tab.rows, tab.columns)

    def charts(self) -> Iterator[tuple[Tab, Json]]:
        for tab in self.tabs:
            for chart in tab.charts:
                yield tab, chart

    def cell_count(self) -> int:
        return sum(tab.rows * tab.columns for tab in self.tabs)


def new_id() -> int:
    """A random int32 that is not negative."""
    return secrets.randbelow(2**31)


def every(box: Box) -> Iterator[tuple[int, int]]:
    """Each cell of a bounded box, row by row."""
    assert box.bottom is not None and box.right is not None  # noqa: PT018, S101 - bounded by who calls
    for row in range(box.top, box.bottom):
        for column in range(box.left, box.right):
            yield row, column


def new_tab(title: str, *, id_: int, rows: int = ROWS, columns: int = COLUMNS) -> Tab:
    grid = {"rowCount": rows, "columnCount": columns}
    return Tab({"sheetId": id_, "title": title, "sheetType": "GRID", "gridProperties": grid})
