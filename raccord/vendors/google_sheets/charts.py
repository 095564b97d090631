"""Native charts, on the Dashboard: made once, later told what to draw; people may move and size them."""

import zlib
from collections.abc import Callable, Container, Iterator, Sequence

from raccord.domain.report.publication import Chart, ChartKind, Publication, Table
from raccord.vendors.google_sheets.cells import Data
from raccord.vendors.google_sheets.client import Request
from raccord.vendors.google_sheets.lines import CHART_LINES, CHARTS_BESIDE, head_id, row_id
from raccord.vendors.google_sheets.placing import Tab

_TYPES = {ChartKind.COLUMNS: "COLUMN", ChartKind.LINE: "LINE"}
_WIDTH, _HEIGHT, _APART = 460, 350, 480
"""Pixels; a row of a sheet has 21."""


def charts(
    publication: Publication,
    dashboard: Tab,
    place_of: Callable[[Table], tuple[Tab, Sequence[str]]],
    there: Container[int],
) -> Iterator[Request]:
    """Yield the requests that draw the charts; one whose table has no rows is left as it is.

    `place_of` a table is its tab with the keys of its columns there; `there` are the ids of the charts that
    there are.
    """
    for place, chart in enumerate(publication.charts):
        table = publication.table(chart.table)
        tab, keys = place_of(table)
        if (rows := _rows(table, tab)) is None:
            continue
        spec = _spec(chart, table, tab, keys, rows)
        if (id := chart_id(chart)) in there:
            yield {"updateChartSpec": {"chartId": id, "spec": spec}}
        else:
            position = {"overlayPosition": _position(dashboard, place)}
            yield {"addChart": {"chart": {"chartId": id, "spec": spec, "position": position}}}


def chart_id(chart: Chart) -> int:
    """The id of a chart, the same each week: a whole number of 31 bits, as Google wants it."""
    return zlib.crc32(f"raccord {chart.key}".encode()) & 0x7FFF_FFFF


def _rows(table: Table, tab: Tab) -> range | None:
    """The rows from the titles of the columns to the last row, those that people put between included."""
    head = tab.row_of(head_id(table.key))
    prefix = row_id(table.key, "")
    last = max((place for place, id in enumerate(tab.ids) if id.startswith(prefix)), default=None)
    return None if head is None or last is None or last < head else range(head, last + 1)


def _spec(chart: Chart, table: Table, tab: Tab, keys: Sequence[str], rows: range) -> Data:
    def column(key: str) -> Data:
        place = tab.column + 1 + keys.index(key)
        source = {
            "sheetId": tab.sheet_id,
            "startRowIndex": rows.start,
            "endRowIndex": rows.stop,
            "startColumnIndex": place,
            "endColumnIndex": place + 1,
        }
        return {"sourceRange": {"sources": [source]}}

    across = next(each.title for each in table.columns if each.key == chart.across)
    return {
        "title": chart.title,
        "altText": chart.alternative,
        "basicChart": {
            "chartType": _TYPES[chart.kind],
            "legendPosition": "BOTTOM_LEGEND",
            "headerCount": 1,
            "axis": [
                {"position": "BOTTOM_AXIS", "title": across},
                {"position": "LEFT_AXIS", "title": chart.unit},
            ],
            "domains": [{"domain": column(chart.across)}],
            "series": [{"series": column(each), "targetAxis": "LEFT_AXIS"} for each in chart.values],
        },
    }


def _position(dashboard: Tab, place: int) -> Data:
    row, beside = divmod(place, CHARTS_BESIDE)
    first = dashboard.row_of(f"charts/{row * CHART_LINES}") or 0
    anchor = {"sheetId": dashboard.sheet_id, "rowIndex": first, "columnIndex": dashboard.column + 1}
    offset = {"offsetXPixels": beside * _APART} if beside else {}
    return {"anchorCell": anchor, **offset, "widthPixels": _WIDTH, "heightPixels": _HEIGHT}
