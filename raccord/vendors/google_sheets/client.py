"""Every call to Google Sheets: one spreadsheet read, and written in batches."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from raccord.connectors.errors import Auth, Forbidden
from raccord.connectors.http.api import JsonApi
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import W
from raccord.connectors.http.writing import write_json
from raccord.vendors.google_sheets.errors import TABLE, sharing
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings
from raccord.vendors.google_sheets.token import DRIVE, SHEETS, Tokens
from raccord.vendors.google_sheets.wire import File, Sheet, Spreadsheet, Written

_BURST = 8.0
_LARGEST = 1_500_000
"""Bytes of a batch: 2 MB are recommended (the same section)."""
_READ = Operation("read the spreadsheet")
_WRITE = Operation("write the report into the spreadsheet", write=True)
_TABS = (
    "spreadsheetUrl,sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),charts(chartId))"
)
_CELLS = "sheets(properties(sheetId),data(rowData(values(userEnteredValue,note))))"

Request = dict[str, Any]
"""One of a batch, as Google's schema `Request` has it."""


class SheetsClient:
    """Calls about the one spreadsheet of a connection. They raise connector errors, and nothing else."""

    def __init__(self, connection: str, settings: GoogleSheetsSettings) -> None:
        rate = settings.requests_per_second
        self.tokens = Tokens(connection, settings)
        self._path = f"/v4/spreadsheets/{settings.spreadsheet}"
        self._http = HttpClient(connection, settings, requests_per_second=rate, burst=_BURST)
        drive = settings.model_copy(update={"base_url": settings.drive_url})
        self._drive = HttpClient(connection, drive, requests_per_second=rate, burst=_BURST)
        self._file = f"/drive/v3/files/{settings.spreadsheet}"

    async def tabs(self) -> Spreadsheet:
        """Return the tabs with their charts, without what stands in them."""
        return await self._call(_READ, "GET", f"{self._path}?{urlencode({'fields': _TABS})}", Spreadsheet)

    async def cells(self, titles: Iterable[str]) -> Spreadsheet:
        """Return what stands in some tabs."""
        query = [("fields", _CELLS), *(("ranges", quoted(title)) for title in titles)]
        return await self._call(
            _READ, "GET", f"{self._path}?{urlencode(query, quote_via=quote)}", Spreadsheet
        )

    async def write(self, requests: Sequence[Request]) -> None:
        """Send requests in their order, in as few batches as possible; each happens whole or not at all."""
        for batch in batches(requests):
            content = {"requests": batch}
            await self._call(_WRITE, "POST", f"{self._path}:batchUpdate", Written, content=content)

    async def may_edit(self) -> bool:
        """Ask Drive whether the service account may edit the spreadsheet."""
        query = urlencode({"fields": "capabilities(canEdit)", "supportsAllDrives": "true"})
        operation = Operation("tell who may edit the spreadsheet")
        api = JsonApi(self._drive, TABLE, await self._authorization(DRIVE))
        found = await api.call(operation, "GET", f"{self._file}?{query}", File)
        return found.capabilities.can_edit

    async def close(self) -> None:
        for each in (self._http, self._drive, self.tokens):
            await each.close()

    async def _call(
        self, operation: Operation, method: str, path: str, into: type[W], *, content: Any = None
    ) -> W:
        for last in (False, True):
            headers = await self._authorization(SHEETS)
            api = JsonApi(self._http, sharing(TABLE, self.tokens.email()), headers)
            try:
                return await api.call(operation, method, path, into, content=content)
            except Forbidden:
                raise
            except Auth:
                # A token may end before its time; nothing happened (google-sheets page, section 5).
                self.tokens.forget()
                if last:
                    raise
        raise AssertionError

    async def _authorization(self, scope: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.tokens.get(scope)}"}


def quoted(title: str) -> str:
    """Return a tab's title as the range that is all of it."""
    return "'" + title.replace("'", "''") + "'"


def batches(requests: Iterable[Request]) -> Iterable[list[Request]]:
    """Yield the requests in batches of a size that Google takes."""
    batch: list[Request] = []
    size = 0
    for request in requests:
        length = len(write_json(request).encode())
        if batch and size + length > _LARGEST:
            yield batch
            batch, size = [], 0
        batch.append(request)
        size += length
    if batch:
        yield batch


def sheet_of(spreadsheet: Spreadsheet, sheet_id: int) -> Sheet:
    """Return a tab, or one in which nothing stands."""
    return spreadsheet.sheet(sheet_id) or Sheet()
