"""What a week's page shows, as parts: a text, a heading with a table and its note, a line below which all is
people's.

The parts are made at once and then stay: Notion appends at the end alone (as both versions of its API write
it), so what changes is written into the blocks that stand there.
"""

from dataclasses import dataclass
from typing import Any

from raccord.domain.report.publication import Publication, Row, Table
from raccord.vendors.notion.texts import Rich, of_cell, rich

DIVIDER: dict[str, Any] = {"type": "divider", "divider": {}}
MOST_ROWS = 100
"""Of one append (notion page, section 4)."""

Cells = list[Rich]


@dataclass(frozen=True)
class Section:
    """A table with texts: its note below it, or what stands above the first of all, which has no heading."""

    title: str
    cells: tuple[Cells, ...]
    texts: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.cells[0])

    def blocks(self) -> list[dict[str, Any]]:
        """Return its blocks, of the table the first row alone: that is never more than Notion takes."""
        table = {
            "table_width": self.width,
            "has_column_header": bool(self.title),
            "has_row_header": not self.title,
            "children": [row_block(self.cells[0])],
        }
        texts = [said("paragraph", rich(text)) for text in self.texts]
        block = {"type": "table", "table": table}
        return [said("heading_2", rich(self.title)), block, *texts] if self.title else [*texts, block]


def said(type: str, text: Rich) -> dict[str, Any]:
    return {"type": type, type: {"rich_text": text}}


def row_block(cells: Cells) -> dict[str, Any]:
    return {"type": "table_row", "table_row": {"cells": cells}}


def title(publication: Publication) -> str:
    """The page's title, which begins with the week: by that it is found again."""
    marked = (str(publication.week), publication.mark, publication.title)
    return " · ".join(filter(None, marked))


def sections(publication: Publication) -> list[Section]:
    """The parts in their order: the sentences and the most important figures, then the tables."""
    sentences = "\n".join(f"• {each}" for each in publication.sentences)
    totals = tuple([rich(label), rich(value)] for label, value in publication.totals) or ([[], []],)
    first = Section("", totals, (publication.subtitle, sentences))
    return [first, *(_section(table, publication.language) for table in publication.tables if table.columns)]


def _section(table: Table, language: str) -> Section:
    head = [rich(column.title) for column in table.columns]
    rows = (_cells(table, row, language) for row in table.rows)
    return Section(table.title, (head, *rows), (table.note,))


def _cells(table: Table, row: Row, language: str) -> Cells:
    cells = [of_cell(cell, language, url) for cell, url in zip(row.cells, table.leads(row), strict=True)]
    return [*cells, *([] for _ in range(len(table.columns) - len(cells)))]
