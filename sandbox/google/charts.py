"""Charts: `addChart`, `updateChartSpec`, `updateEmbeddedObjectPosition`, `deleteEmbeddedObject`."""

import copy

from sandbox.google import masks
from sandbox.google.book import Book, Tab, new_id, new_tab
from sandbox.google.cells import Json
from sandbox.google.errors import invalid
from sandbox.google.moving import sources

_KINDS = ("Chart", "ChartSpec")


def add(book: Book, asked: Json) -> Json:
    """Put a chart over a tab, or on one of its own; the id may be chosen, but must be free."""
    wanted = copy.deepcopy(asked.get("chart", {}))
    _must_be_spec(book, wanted.get("spec", {}))
    id_ = wanted.setdefault("chartId", new_id())
    if any(chart["chartId"] == id_ for _, chart in book.charts()):
        raise invalid(f"An embedded object with the id {id_} already exists.")
    tab, position = _placed(book, wanted.get("position", {}))
    wanted["position"] = position
    tab.charts.append(wanted)
    return {"chart": wanted}


def update(book: Book, asked: Json) -> None:
    """Put another specification in the place of the whole old one."""
    _, chart = _found(book, asked.get("chartId"))
    spec = copy.deepcopy(asked.get("spec", {}))
    _must_be_spec(book, spec)
    chart["spec"] = spec


def move(book: Book, asked: Json) -> Json:
    tab, chart = _found(book, asked.get("objectId"))
    tree = masks.parse(asked.get("fields", ""), "sheets", "OverlayPosition")
    old = chart["position"].get("overlayPosition")
    new = masks.merged(old, asked.get("newPosition", {}).get("overlayPosition", {}), tree)
    place, chart["position"] = _placed(book, {"overlayPosition": new})
    if place is not tab:
        tab.charts.remove(chart)
        place.charts.append(chart)
    return {"position": chart["position"]}


def delete(book: Book, asked: Json) -> None:
    tab, chart = _found(book, asked.get("objectId"))
    tab.charts.remove(chart)


def _found(book: Book, id_: int | None) -> tuple[Tab, Json]:
    for tab, chart in book.charts():
        if chart["chartId"] == id_:
            return tab, chart
    raise invalid(f"No chart with id: {id_}")


def _placed(book: Book, position: Json) -> tuple[Tab, Json]:
    """`overlayPosition` or `newSheet` (google-sheets.md 4)."""
    if position.get("newSheet"):
        tab = new_tab(f"Graphique {new_id()}", id_=new_id())
        tab.properties["sheetType"] = "OBJECT"
        book.tabs.append(tab)
        return tab, {"sheetId": tab.id}
    overlay = position.get("overlayPosition")
    if not overlay:
        raise invalid("A chart needs a position: overlayPosition or newSheet.")
    anchor = overlay.get("anchorCell", {})
    tab = book.tab(anchor.get("sheetId"))
    row, column = anchor.get("rowIndex", 0), anchor.get("columnIndex", 0)
    if not (0 <= row < tab.rows and 0 <= column < tab.columns):
        raise invalid(f"The anchor cell {row}:{column} is outside of the grid.")
    return tab, {"overlayPosition": overlay}


def _must_be_spec(book: Book, spec: Json) -> None:
    kinds = [name for name in spec if name.endswith(_KINDS)]
    if len(kinds) != 1:
        raise invalid("A chart's spec has exactly one kind of chart.")
    chart = spec[kinds[0]]
    if kinds[0] == "basicChart" and not (chart.get("chartType") and chart.get("series")):
        raise invalid("A basic chart needs a chartType and at least one series.")
    for source in sources(chart):
        book.grid_box(source)
