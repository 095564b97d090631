"""A1 notation: `'2026-W47'!A1:F20` (google-sheets.md 3: quote with `'`, double inner quotes)."""

import re
from dataclasses import dataclass

_CELLS = re.compile(r"([A-Za-z]{1,3})?([1-9]\d*)?(?::([A-Za-z]{1,3})?([1-9]\d*)?)?")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Box:
    """A part of a grid: 0-based, ends exclusive, None where it is unbounded."""

    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None

    @property
    def is_cell(self) -> bool:
        return self.bottom == self.top + 1 and self.right == self.left + 1

    def bounded(self, rows: int, columns: int) -> "Box":
        """The same with the grid's ends."""
        bottom = rows if self.bottom is None else self.bottom
        return Box(self.top, bottom, self.left, columns if self.right is None else self.right)

    def fits(self, rows: int, columns: int) -> bool:
        return max(self.top + 1, self.bottom or 0) <= rows and max(self.left + 1, self.right or 0) <= columns

    def overlaps(self, other: "Box") -> bool:
        def apart(start: int, end: int | None, other_start: int, other_end: int | None) -> bool:
            return (other_end is not None and start >= other_end) or (end is not None and other_start >= end)

        return not (
            apart(self.top, self.bottom, other.top, other.bottom)
            or apart(self.left, self.right, other.left, other.right)
        )

    def __str__(self) -> str:
        start = f"{letters(self.left)}{self.top + 1}"
        end = "" if self.right is None else letters(self.right - 1)
        end += "" if self.bottom is None else str(self.bottom)
        return start if self.is_cell or not end else f"{start}:{end}"


def parse(text: str) -> tuple[str | None, Box]:
    """The tab's title (None: the first one) and the cells. ValueError when it is no A1 notation."""
    title, cells = _split(text)
    if cells is None:
        return title, Box()
    found = _CELLS.fullmatch(cells)
    if not found or not cells:
        raise ValueError(text)
    column, row, last_column, last_row = found.groups()
    if ":" not in cells:
        if column is None or row is None:
            raise ValueError(text)
        last_column, last_row = column, row
    # `A:B` and `1:5` are whole columns and rows, `A2:B` goes down to the end.
    if (column is None) != (last_column is None) or (column is None and (row is None or last_row is None)):
        raise ValueError(text)
    box = Box(
        int(row) - 1 if row else 0,
        int(last_row) if last_row else None,
        number(column) if column else 0,
        number(last_column) + 1 if last_column else None,
    )
    if (box.bottom is not None and box.bottom <= box.top) or (box.right or box.left + 1) <= box.left:
        raise ValueError(text)
    return title, box


def quoted(title: str) -> str:
    """A title as a range has it."""
    doubled = title.replace("'", "''")
    return title if _PLAIN.fullmatch(title) and not _is_cells(title) else f"'{doubled}'"


def letters(column: int) -> str:
    """`AA` for 26."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def number(text: str) -> int:
    """26 for `AA`."""
    found = 0
    for letter in text.upper():
        found = found * 26 + ord(letter) - ord("A") + 1
    return found - 1


def _split(text: str) -> tuple[str | None, str | None]:
    if text.startswith("'"):
        found = re.fullmatch(r"'((?:[^']|'')+)'(?:!(.*))?", text, re.DOTALL)
        if not found:
            raise ValueError(text)
        return found[1].replace("''", "'"), found[2]
    title, mark, cells = text.partition("!")
    if not mark:
        return (None, text) if _is_cells(text) else (_plain(text), None)
    return _plain(title), cells


def _is_cells(text: str) -> bool:
    """Whether a text without a title is cells: `Tab` is a title, `Tab:Tac` columns, `W47` a cell."""
    found = _CELLS.fullmatch(text)
    return found is not None and (":" in text or (found[1] is not None and found[2] is not None))


def _plain(title: str) -> str:
    if not _PLAIN.fullmatch(title):
        raise ValueError(title)
    return title
