"""A spreadsheet's tabs as people see them: texts, charts with what they draw."""

from typing import Any

from sandbox.google import cells
from sandbox.google.a1 import Box
from sandbox.google.book import Book, Tab, every
from sandbox.google.cells import Json
from sandbox.google.errors import Refused


def tabs_shown(book: Book) -> list[Json]:
    """Each tab's title, rows, hidden columns, notes, formulas, charts, protection, in the order of tabs."""
    return [_shown(book, tab) for tab in book.tabs]


def _shown(book: Book, tab: Tab) -> Json:
    filled = tab.filled(Box(0, tab.rows, 0, tab.columns))
    rows: list[list[str]] = [[] for _ in range(filled.bottom or 0)] if filled else []
    if filled:
        for row, column in every(filled):
            rows[row].append(cells.shown(tab.value(row, column), tab.at(row, column).format, book.locale))
    named = {f"{row + 1}:{column + 1}": cell for (row, column), cell in sorted(tab.cells.items())}
    return {
        "id": tab.id,
        "title": tab.title,
        "grid": tab.grid,
        "hidden": bool(tab.properties.get("hidden")),
        "rows": rows,
        "away": [
            column
            for (dimension, column), about in sorted(tab.dimensions.items())
            if dimension == "COLUMNS" and about.get("hiddenByUser")
        ],
        "notes": {place: cell.note for place, cell in named.items() if cell.note},
        "formulas": {
            place: cell.value["formulaValue"]
            for place, cell in named.items()
            if cell.value and "formulaValue" in cell.value
        },
        "looks": {place: _look(cell.format) for place, cell in named.items() if cell.format},
        "charts": [_chart(book, chart) for chart in tab.charts],
        "protected": len(tab.protected),
    }


def _look(look: Json) -> Json:
    """What a table on a page can show of a cell's format."""
    text = look.get("textFormat", {})
    colour = look.get("backgroundColorStyle", {}).get("rgbColor") or look.get("backgroundColor")
    ink = text.get("foregroundColorStyle", {}).get("rgbColor") or text.get("foregroundColor")
    found = {
        "bold": text.get("bold"),
        "italic": text.get("italic"),
        "align": look.get("horizontalAlignment"),
        "back": colour and _hex(colour),
        "ink": ink and _hex(ink),
    }
    return {name: each for name, each in found.items() if each}


def _hex(colour: Json) -> str:
    parts = (round(255 * colour.get(name, 0)) for name in ("red", "green", "blue"))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _chart(book: Book, chart: Json) -> Json:
    spec = chart["spec"]
    kind = next(name for name in spec if name.endswith(("Chart", "ChartSpec")))
    drawn = spec[kind]
    many = drawn.get("series", []) if isinstance(drawn.get("series"), list) else [drawn]
    headers = drawn.get("headerCount", 0)
    domains = [each.get("domain", {}) for each in drawn.get("domains", [])] or [drawn.get("domain", {})]
    return {
        "id": chart["chartId"],
        "title": spec.get("title", ""),
        "kind": drawn.get("chartType", kind.removesuffix("Chart").upper()),
        "labels": [str(each) for each in _column(book, domains[0], shown=True)[headers:]],
        "series": [
            {
                "name": "".join(
                    str(each) for each in _column(book, one.get("series", {}), shown=True)[:headers]
                ),
                "values": _column(book, one.get("series", {}))[headers:],
            }
            for one in many
        ],
    }


def _column(book: Book, data: Json, *, shown: bool = False) -> list[Any]:
    """The cells that a chart's `ChartData` names, in order."""
    found: list[Any] = []
    for source in data.get("sourceRange", {}).get("sources", []):
        try:
            tab, box = book.grid_box(source)
        except Refused:
            # Its tab, or some of its cells, were deleted since: there is nothing to draw.
            continue
        for row, column in every(box):
            value = tab.value(row, column)
            look = tab.at(row, column).format
            found.append(cells.shown(value, look, book.locale) if shown else cells.plain(value))
    return found
