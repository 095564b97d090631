"""Requests of `spreadsheets.batchUpdate`: tabs, grids, cells, protection, metadata. Charts are apart."""

import copy
from collections.abc import Callable

from sandbox.google import charts, dimensions, masks
from sandbox.google.a1 import Box
from sandbox.google.book import COLUMNS, ROWS, Book, Tab, every, new_id
from sandbox.google.cells import Cell, Json
from sandbox.google.errors import Refused, invalid
from sandbox.google.protection import must_be_free
from sandbox.google.settings import GoogleSettings


class Structure:
    """One batch on a copy of a spreadsheet. `app`: asked for by the app, and not by a person on the page."""

    def __init__(self, book: Book, settings: GoogleSettings, *, app: bool) -> None:
        self._book = book
        self._settings = settings
        self._app = app
        self._played: dict[str, Callable[[Json], Json | None]] = {
            "addSheet": self._add_sheet,
            "deleteSheet": self._delete_sheet,
            "updateSheetProperties": self._update_sheet,
            "updateSpreadsheetProperties": self._update_spreadsheet,
            "appendDimension": lambda asked: dimensions.append(book, asked),
            "insertDimension": lambda asked: dimensions.insert(book, asked, app=app),
            "deleteDimension": lambda asked: dimensions.delete(book, asked, app=app),
            "updateDimensionProperties": lambda asked: dimensions.update(book, asked),
            "autoResizeDimensions": lambda asked: dimensions.auto_resize(book, asked),
            "repeatCell": self._repeat_cell,
            "updateCells": self._update_cells,
            "setBasicFilter": self._set_filter,
            "clearBasicFilter": self._clear_filter,
            "addProtectedRange": self._protect,
            "deleteProtectedRange": self._unprotect,
            "createDeveloperMetadata": self._create_metadata,
            "addChart": lambda asked: charts.add(book, asked),
            "updateChartSpec": lambda asked: charts.update(book, asked),
            "updateEmbeddedObjectPosition": lambda asked: charts.move(book, asked),
            "deleteEmbeddedObject": lambda asked: charts.delete(book, asked),
        }

    def apply(self, requests: list[Json]) -> list[Json]:
        """Run every request in order; the replies mirror them. The first that cannot be refuses all."""
        if not requests:
            raise invalid("Must specify at least one request.")
        return [self._applied(number, request) for number, request in enumerate(requests)]

    def _applied(self, number: int, request: Json) -> Json:
        if len(request) != 1:
            raise invalid(f"Invalid requests[{number}]: exactly one kind of request must be set.")
        ((kind, asked),) = request.items()
        play = self._played.get(kind)
        if play is None:
            raise Refused(501, f"The sandbox does not play requests[{number}].{kind}.")
        try:
            reply = play(asked)
            self._must_hold()
        except Refused as refused:
            refused.message = f"Invalid requests[{number}].{kind}: {refused.message}"
            raise
        return {} if reply is None else {kind: reply}

    def _add_sheet(self, asked: Json) -> Json:
        book, wanted = self._book, copy.deepcopy(asked.get("properties", {}))
        id_ = wanted.setdefault("sheetId", new_id())
        if id_ < 0 or any(tab.id == id_ for tab in book.tabs):
            why = "must not be negative" if id_ < 0 else "already exists"
            raise invalid(f"The sheet id {id_} {why}.")
        title = wanted.setdefault("title", f"Feuille {len(book.tabs) + 1}")
        self._must_be_free_title(title)
        wanted.setdefault("sheetType", "GRID")
        wanted["gridProperties"] = {"rowCount": ROWS, "columnCount": COLUMNS} | wanted.get(
            "gridProperties", {}
        )
        place = wanted.pop("index", len(book.tabs))
        tab = Tab(wanted)
        self._must_be_grid(tab)
        book.tabs.insert(place, tab)
        return {"properties": {**tab.properties, "index": book.tabs.index(tab)}}

    def _delete_sheet(self, asked: Json) -> None:
        tab = self._book.tab(asked.get("sheetId"))
        if len(self._book.tabs) == 1:
            raise invalid("You can't remove all the sheets in a document.")
        if tab.protected and self._app:
            must_be_free(tab, Box())
        self._book.tabs.remove(tab)

    def _update_sheet(self, asked: Json) -> None:
        wanted = asked.get("properties", {})
        tree = masks.parse(asked.get("fields", ""), "sheets", "SheetProperties")
        tab = self._book.tab(wanted.get("sheetId"))
        if tree.pop("index", None) is not None or ("*" in tree and "index" in wanted):
            self._move(tab, wanted.get("index", 0))
        tree.pop("sheetId", None)
        if "*" in tree:
            tree = {name: {} for name in wanted}
            tree.pop("index", None)
        if "title" in tree and wanted.get("title") != tab.title:
            self._must_be_free_title(wanted.get("title", ""))
        if tree:
            fresh = {**wanted, "sheetId": tab.id}
            tab.properties = masks.merged(tab.properties, fresh, tree)
        self._must_be_grid(tab)
        tab.cells = {at: cell for at, cell in tab.cells.items() if at[0] < tab.rows and at[1] < tab.columns}

    def _move(self, tab: Tab, index: int) -> None:
        """To an index counted before the move (discovery document, `SheetProperties.index`)."""
        tabs = self._book.tabs
        before = tabs.index(tab)
        tabs.insert(index, tab)
        del tabs[before if index > before else before + 1]

    def _update_spreadsheet(self, asked: Json) -> None:
        tree = masks.parse(asked.get("fields", ""), "sheets", "SpreadsheetProperties")
        self._book.properties = masks.merged(self._book.properties, asked.get("properties", {}), tree)

    def _repeat_cell(self, asked: Json) -> None:
        tab, box = self._book.grid_box(asked.get("range", {}))
        tree = masks.parse(asked.get("fields", ""), "sheets", "CellData")
        self._may_write(tab, box)
        for row, column in every(box):
            _changed(tab, row, column, asked.get("cell", {}), tree)

    def _update_cells(self, asked: Json) -> None:
        if ("range" in asked) == ("start" in asked):
            raise invalid("Exactly one of start and range must be set.")
        tree, rows = masks.parse(asked.get("fields", ""), "sheets", "CellData"), asked.get("rows", [])
        width = max((len(row.get("values", ())) for row in rows), default=0)
        if "range" in asked:
            tab, box = self._book.grid_box(asked["range"])
            if box.top + len(rows) > (box.bottom or 0) or box.left + width > (box.right or 0):
                raise invalid("The data do not fit into the range.")
        else:
            start = asked["start"]
            tab = self._book.tab(start.get("sheetId"))
            top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
            box = Box(top, top + max(1, len(rows)), left, left + max(1, width))
            self._book.must_fit(tab, box)
        self._may_write(tab, box)
        given = {
            (box.top + row, box.left + column): data
            for row, line in enumerate(rows)
            for column, data in enumerate(line.get("values", ()))
        }
        places = every(box) if "range" in asked else iter(given)
        for place in places:
            _changed(tab, *place, given.get(place, {}), tree)

    def _set_filter(self, asked: Json) -> None:
        wanted = asked.get("filter", {})
        tab, _ = self._book.grid_box(wanted.get("range", {}))
        tab.filter = wanted

    def _clear_filter(self, asked: Json) -> None:
        self._book.tab(asked.get("sheetId")).filter = None

    def _protect(self, asked: Json) -> Json:
        wanted = copy.deepcopy(asked.get("protectedRange", {}))
        tab, _ = self._book.grid_box(wanted.get("range", {}))
        wanted.setdefault("protectedRangeId", new_id())
        tab.protected.append(wanted)
        return {"protectedRange": wanted}

    def _unprotect(self, asked: Json) -> None:
        for tab in self._book.tabs:
            for each in tab.protected:
                if each["protectedRangeId"] == asked.get("protectedRangeId"):
                    tab.protected.remove(each)
                    return
        raise invalid(f"No protected range with id: {asked.get('protectedRangeId')}")

    def _create_metadata(self, asked: Json) -> Json:
        wanted = copy.deepcopy(asked.get("developerMetadata", {}))
        book = self._book
        id_ = wanted.setdefault("metadataId", new_id())
        there = [*book.metadata, *(each for tab in book.tabs for each in tab.metadata)]
        if id_ < 1 or any(each["metadataId"] == id_ for each in there):
            raise invalid(f"The metadata id {id_} is not positive or exists already.")
        if not wanted.get("metadataKey") or wanted.get("visibility") not in ("DOCUMENT", "PROJECT"):
            raise invalid("Developer metadata must have a key and a visibility.")
        location = wanted.get("location", {})
        if location.get("spreadsheet"):
            book.metadata.append(wanted)
        elif "sheetId" in location:
            book.tab(location["sheetId"]).metadata.append(wanted)
        else:
            raise invalid("The sandbox keeps metadata of a spreadsheet or of a sheet.")
        return {"developerMetadata": wanted}

    def _may_write(self, tab: Tab, box: Box) -> None:
        if self._app:
            must_be_free(tab, box)

    def _must_be_free_title(self, title: str) -> None:
        if not title or len(title) > self._settings.title_length:
            raise invalid(f"A sheet's title has 1 to {self._settings.title_length} characters.")
        if self._book.titled(title):
            raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')

    @staticmethod
    def _must_be_grid(tab: Tab) -> None:
        if min(tab.rows, tab.columns) < 1:
            raise invalid("A grid has at least one row and one column.")
        frozen = tab.grid.get("frozenRowCount", 0), tab.grid.get("frozenColumnCount", 0)
        if (frozen[0] and frozen[0] >= tab.rows) or (frozen[1] and frozen[1] >= tab.columns):
            raise invalid("You can't freeze all visible rows or columns on the sheet.")

    def _must_hold(self) -> None:
        if self._book.cell_count() > self._settings.cells:
            raise invalid(
                "This action would increase the number of cells in the workbook above the limit of "
                f"{self._settings.cells} cells."
            )


def _changed(tab: Tab, row: int, column: int, data: Json, tree: masks.Tree) -> None:
    cell = tab.at(row, column)
    old = {"userEnteredValue": cell.value, "userEnteredFormat": cell.format, "note": cell.note}
    if unplayed := set(tree) - set(old) - {"*"}:
        raise Refused(501, f"The sandbox does not play the field {sorted(unplayed)[0]} of a cell.")
    new = masks.merged(old, data, {name: {} for name in old} if "*" in tree else tree)
    if len(new.get("userEnteredValue") or {}) > 1:
        raise invalid("A value has exactly one kind.")
    value = new.get("userEnteredValue")
    if value == {"stringValue": ""}:
        value = None
    fresh = Cell(value, new.get("userEnteredFormat"), new.get("note") or None)
    tab.put(row, column, value=fresh.value, format=fresh.format, note=fresh.note)
