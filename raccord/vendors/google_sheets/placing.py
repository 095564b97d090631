"""Bringing the lines of a tab to where they stand: those that are there already, whoever moved them; else
behind the line before them. What people wrote is moved along and never written over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from raccord.connectors.http.writing import write_json
from raccord.vendors.google_sheets.cells import FIELDS, Data, text
from raccord.vendors.google_sheets.client import Request
from raccord.vendors.google_sheets.lines import FIRST, Line, parsed
from raccord.vendors.google_sheets.wire import CellData, RowData, Sheet

_LARGEST = 500_000
"""Characters of one request, so that batches can be cut between them."""


@dataclass
class Tab:
    """One tab of ours: `ids` says what stands in each row, nothing where that is people's."""

    sheet_id: int
    rows: tuple[RowData, ...] = ()
    row_count: int = 0
    column: int = 0
    """Where the ids are."""
    width: int = 0
    """How many columns right of it are ours."""
    former: int = 0
    """How many of them there were."""
    ids: list[str] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)
    """The ids that stand there, with their remarks."""

    @classmethod
    def of(cls, sheet_id: int, sheet: Sheet, row_count: int) -> "Tab":
        """Read a tab. A row that people copied counts once: the copy is theirs."""
        column = next(
            (place for row in sheet.rows for place, cell in enumerate(row.values) if _first(cell)), 0
        )
        ids, remarks = list[str](), dict[str, str]()
        for row in sheet.rows:
            id, remark = parsed(row.values[column].text) if column < len(row.values) else ("", "")
            ids.append("" if id in remarks else id)
            remarks.setdefault(id, remark)
        remarks.pop("", None)
        remark = remarks.get(FIRST, "")
        width = int(remark) if remark.isdecimal() else 0
        return cls(sheet_id, sheet.rows, row_count, column, width, ids=ids, remarks=remarks)

    def place(self, lines: Sequence[Line], width: int) -> tuple[list[Request], list[Request]]:
        """Return the requests that make room for the lines, and those that write what stands in them."""
        room = [*self._widened(width), *self._removed({line.id for line in lines}), *self._inserted(lines)]
        return room, list(self._written(lines))

    def text(self, id: str, place: int) -> str:
        """Return what stands in a column of ours, from 0; nothing where no line of that id does."""
        if id not in self.remarks:
            return ""
        cells = self.rows[self.ids.index(id)].values
        at = self.column + 1 + place
        return cells[at].text if at < len(cells) else ""

    def row_of(self, id: str) -> int | None:
        """The row, from 0, in which a line stands once the requests are done."""
        return self.ids.index(id) if id in self.ids else None

    def _widened(self, width: int) -> Iterator[Request]:
        """Make room for more columns left of people's own; the grid of a new tab has enough."""
        if self.width and width > self.width:
            start = self.column + 1 + self.width
            wanted = _span(self.sheet_id, "COLUMNS", start, start + width - self.width)
            yield {"insertDimension": {"range": wanted, "inheritFromBefore": True}}
        self.former, self.width = self.width, max(self.width, width)

    def _removed(self, wanted: set[str]) -> Iterator[Request]:
        for place in reversed(range(len(self.ids))):
            if (id := self.ids[place]) and id not in wanted:
                if self._is_written_on(place):
                    self.ids[place] = ""
                    yield {"updateCells": {"range": self._ours(place), "fields": FIELDS}}
                else:
                    del self.ids[place]
                    self.row_count -= 1
                    yield {"deleteDimension": {"range": _span(self.sheet_id, "ROWS", place, place + 1)}}

    def _is_written_on(self, place: int) -> bool:
        """Whether people wrote beside a line of ours, or put a note on it: then the row stays."""
        cells = self.rows[place].values
        ours = range(self.column, self.column + 1 + self.former)
        return any(cell.note or (cell.value and at not in ours) for at, cell in enumerate(cells))

    def _ours(self, place: int) -> Data:
        span = {"startRowIndex": place, "endRowIndex": place + 1}
        columns = {"startColumnIndex": self.column, "endColumnIndex": self.column + 1 + self.width}
        return {"sheetId": self.sheet_id, **span, **columns}

    def _inserted(self, lines: Sequence[Line]) -> Iterator[Request]:
        after, new = -1, list[Line]()
        for line in lines:
            if line.id not in self.remarks:
                new.append(line)
                continue
            if new:
                yield from self._insert(after + 1, new)
                new = []
            after = self.ids.index(line.id)
        if new:
            yield from self._insert(after + 1, new)

    def _insert(self, place: int, lines: Sequence[Line]) -> Iterator[Request]:
        """Make new rows and write their ids at once: no batch ends with rows that nobody would know again."""
        if place < self.row_count:
            span = _span(self.sheet_id, "ROWS", place, place + len(lines))
            yield {"insertDimension": {"range": span, "inheritFromBefore": False}}
        else:
            wanted = {"sheetId": self.sheet_id, "dimension": "ROWS", "length": len(lines)}
            yield {"appendDimension": wanted}
        self.row_count += len(lines)
        self.ids[place:place] = [line.id for line in lines]
        yield self._write(place, self.column, [[text(line.key)] for line in lines], "userEnteredValue")

    def _written(self, lines: Sequence[Line]) -> Iterator[Request]:
        """Write each line, with its id, and the rest of our columns empty; neighbours in one request."""
        rows = sorted((self.ids.index(line.id), self._row(line)) for line in lines if line.cells is not None)
        start, pending, size = 0, list[list[Data]](), 0
        for place, row in rows:
            length = len(write_json(row))
            if pending and (place != start + len(pending) or size + length > _LARGEST):
                yield self._write(start, self.column, pending, FIELDS)
                pending, size = [], 0
            start = start if pending else place
            pending.append(row)
            size += length
        if pending:
            yield self._write(start, self.column, pending, FIELDS)

    def _row(self, line: Line) -> list[Data]:
        cells = line.cells or ()
        return [text(line.key), *cells, *({} for _ in range(self.width - len(cells)))]

    def _write(self, row: int, column: int, cells: Sequence[Sequence[Data]], fields: str) -> Request:
        start = {"sheetId": self.sheet_id, "rowIndex": row, "columnIndex": column}
        return {
            "updateCells": {"start": start, "rows": [{"values": list(r)} for r in cells], "fields": fields}
        }


def _first(cell: CellData) -> bool:
    return parsed(cell.text)[0] == FIRST


def _span(sheet_id: int, dimension: str, start: int, end: int) -> Data:
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}
