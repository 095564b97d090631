"""The `ReportSink` port on Google Sheets: a tab for each week, and a Dashboard over all of them."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

from raccord.connectors.capabilities import ReportSinkCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.errors import Permanent
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.publication import Publication, Table
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.google_sheets.charts import charts
from raccord.vendors.google_sheets.checks import check
from raccord.vendors.google_sheets.client import Request, SheetsClient, sheet_of
from raccord.vendors.google_sheets.lines import columns, dashboard_lines, is_newest, week_lines
from raccord.vendors.google_sheets.placing import Tab
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings
from raccord.vendors.google_sheets.tabs import DASHBOARD, DASHBOARD_ID, is_taken, taken, week_id
from raccord.vendors.google_sheets.wire import Spreadsheet

_REQUESTS = 8.0
_SPARE_ROWS, _SPARE_COLUMNS = 20, 10
"""Of a new tab, for what people add below and beside."""
_COLUMN_PIXELS = 170


def connect(name: str, settings: ConnectionSettings, _clock: BusinessClock) -> ReportSink:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return GoogleSheets(name, of_vendor(settings, GoogleSheetsSettings))


class GoogleSheets:
    """One spreadsheet."""

    def __init__(self, name: str, settings: GoogleSheetsSettings) -> None:
        self._settings = settings
        self._client = SheetsClient(name, settings)
        self._one_at_a_time = asyncio.Lock()

    @property
    def capabilities(self) -> ReportSinkCapabilities:
        return ReportSinkCapabilities(
            # A tab has an id that we choose, a line has its own; what was written is seen at once.
            uniqueness=Uniqueness.UNIQUE_REFERENCE,
            settle=timedelta(0),
            requests_per_second=self._settings.requests_per_second,
            requests_per_activity=_REQUESTS,
        )

    async def publish(self, publication: Publication) -> str:
        # Rows are written by their numbers: another week that is shown meanwhile would move them.
        async with self._one_at_a_time:
            return await self._publish(publication)

    async def _publish(self, publication: Publication) -> str:
        tabs = await self._client.tabs()
        title, sheet_id = str(publication.week), week_id(publication.week)
        for name, id in ((title, sheet_id), (DASHBOARD, DASHBOARD_ID)):
            if is_taken(tabs, name, id):
                raise Permanent(f"{taken(name)} Then the report is shown.")
        ours = [sheet for id in (sheet_id, DASHBOARD_ID) if (sheet := tabs.sheet(id))]
        cells = await self._client.cells(each.properties.title for each in ours) if ours else Spreadsheet()
        week, dashboard = (_tab(id, tabs, cells) for id in (sheet_id, DASHBOARD_ID))
        await self._client.write(list(_requests(publication, tabs, week, dashboard)))
        return tabs.url_of(sheet_id)

    async def probe(self) -> None:
        await self._client.tabs()

    async def check(self) -> tuple[Check, ...]:
        return await check(self._client, self._settings)

    async def close(self) -> None:
        await self._client.close()


def _tab(id: int, tabs: Spreadsheet, cells: Spreadsheet) -> Tab:
    there = tabs.sheet(id)
    rows = there.properties.grid.rows if there else _SPARE_ROWS
    return Tab.of(id, sheet_of(cells, id), rows)


def _requests(publication: Publication, tabs: Spreadsheet, week: Tab, dashboard: Tab) -> Iterator[Request]:
    """Yield all that is to be done, what makes room before what is written into it."""
    newest = is_newest(publication, dashboard)

    def place_of(table: Table) -> tuple[Tab, list[str]]:
        if table.over_weeks:
            return dashboard, columns(table, dashboard)
        return week, [column.key for column in table.columns]

    room, written = list[Request](), list[Request]()
    for tab, title, lines in (
        (dashboard, DASHBOARD, dashboard_lines(publication, dashboard)),
        (week, str(publication.week), week_lines(publication)),
    ):
        width = int(lines[0].remark)
        if tabs.sheet(tab.sheet_id) is None:
            room += _new(tab, title, width)
        more_room, more_written = tab.place(lines, width)
        room += more_room
        written += more_written
    yield from room
    yield from written
    if newest:
        there = {chart.chart_id for sheet in tabs.sheets for chart in sheet.charts}
        yield from charts(publication, dashboard, place_of, there)


def _new(tab: Tab, title: str, width: int) -> Iterator[Request]:
    """Make a tab: its ids hidden, its columns wide enough; the Dashboard before all, the newest week next."""
    index = 0 if title == DASHBOARD else 1
    grid = {"rowCount": _SPARE_ROWS, "columnCount": 1 + width + _SPARE_COLUMNS}
    properties = {"sheetId": tab.sheet_id, "title": title, "index": index, "gridProperties": grid}
    yield {"addSheet": {"properties": properties}}
    for start, end, change in (
        (0, 1, {"hiddenByUser": True}),
        (1, 1 + width, {"pixelSize": _COLUMN_PIXELS}),
    ):
        span = {"sheetId": tab.sheet_id, "dimension": "COLUMNS", "startIndex": start, "endIndex": end}
        fields = ",".join(change)
        yield {"updateDimensionProperties": {"range": span, "properties": change, "fields": fields}}
