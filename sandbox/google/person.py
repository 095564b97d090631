"""Somebody with a spreadsheet open."""

from typing import Any
from urllib.parse import quote

import httpx

from sandbox.core.person import Person
from sandbox.google import a1
from sandbox.google.settings import ACCOUNT, BOOK, OWNER

Json = dict[str, Any]


class GooglePerson(Person):
    """Reads a tab as it is shown, adds what people add, shares and unshares; owns every file."""

    vendor = "google"

    def __init__(self, http: httpx.AsyncClient, *, actor: str = OWNER) -> None:
        super().__init__(http, actor=actor)

    async def key(self) -> Json:
        """Download the service account's key file."""
        found: Json = await self.call("GET", "/console/key.json")
        return found

    async def tabs(self, book: str = BOOK) -> list[str]:
        """Return the titles of the tabs, as they stand."""
        found = await self._book(book, "sheets.properties.title")
        return [each["properties"]["title"] for each in found["sheets"]]

    async def rows(self, tab: str, book: str = BOOK) -> list[list[str]]:
        """Return what stands in a tab, as it is shown."""
        found = await self.call("GET", f"/v4/spreadsheets/{book}/values/{_named(tab)}")
        rows: list[list[str]] = found.get("values", [])
        return rows

    async def charts(self, tab: str, book: str = BOOK) -> list[str]:
        """Return the titles of a tab's charts."""
        found = await self._book(book, "sheets(properties.title,charts.spec.title)")
        sheets = {each["properties"]["title"]: each.get("charts", []) for each in found["sheets"]}
        return [chart["spec"].get("title", "") for chart in sheets[tab]]

    async def write(self, tab: str, cell: str, *rows: list[Any], book: str = BOOK) -> None:
        """Type values as people do, from a cell on."""
        where = f"{_named(tab)}!{cell}"
        body = {"values": list(rows)}
        path = f"/v4/spreadsheets/{book}/values/{where}?valueInputOption=USER_ENTERED"
        await self.call("PUT", path, json=body)

    async def add_tab(self, title: str, *, book: str = BOOK) -> None:
        await self.batch({"addSheet": {"properties": {"title": title}}}, book=book)

    async def delete_tab(self, title: str, *, book: str = BOOK) -> None:
        await self.batch({"deleteSheet": {"sheetId": await self._id(title, book)}}, book=book)

    async def rename_tab(self, title: str, new: str, *, book: str = BOOK) -> None:
        properties = {"sheetId": await self._id(title, book), "title": new}
        await self.batch({"updateSheetProperties": {"properties": properties, "fields": "title"}}, book=book)

    async def add_column(self, tab: str, name: str, *, before: int = 0, book: str = BOOK) -> None:
        """Insert a column; `before` counts from 0."""
        place = {
            "sheetId": await self._id(tab, book),
            "dimension": "COLUMNS",
            "startIndex": before,
            "endIndex": before + 1,
        }
        await self.batch({"insertDimension": {"range": place}}, book=book)
        await self.write(tab, f"{a1.letters(before)}1", [name], book=book)

    async def add_row(self, tab: str, *values: Any, book: str = BOOK) -> None:
        """Type a row below what is there."""
        path = f"/v4/spreadsheets/{book}/values/{_named(tab)}!A1:append?valueInputOption=USER_ENTERED"
        await self.call("POST", path, json={"values": [list(values)]})

    async def note(self, tab: str, row: int, column: int, text: str, *, book: str = BOOK) -> None:
        """Leave a note at a cell; both count from 0."""
        start = {"sheetId": await self._id(tab, book), "rowIndex": row, "columnIndex": column}
        rows = [{"values": [{"note": text}]}]
        await self.batch({"updateCells": {"start": start, "rows": rows, "fields": "note"}}, book=book)

    async def protect(self, tab: str, *, book: str = BOOK) -> None:
        """Let nobody but oneself change a tab."""
        protected = {"range": {"sheetId": await self._id(tab, book)}, "editors": {"users": [self._actor]}}
        await self.batch({"addProtectedRange": {"protectedRange": protected}}, book=book)

    async def share(self, email: str = ACCOUNT, role: str = "writer", *, book: str = BOOK) -> None:
        body = {"type": "user", "role": role, "emailAddress": email}
        await self.call("POST", f"/drive/v3/files/{book}/permissions", json=body)

    async def unshare(self, email: str = ACCOUNT, *, book: str = BOOK) -> None:
        fields = "permissions(id,emailAddress)"
        found = await self.call("GET", f"/drive/v3/files/{book}/permissions", params={"fields": fields})
        for granted in found["permissions"]:
            if granted["emailAddress"] == email:
                await self.call("DELETE", f"/drive/v3/files/{book}/permissions/{granted['id']}")

    async def batch(self, *requests: Json, book: str = BOOK) -> Json:
        path = f"/v4/spreadsheets/{book}:batchUpdate"
        found: Json = await self.call("POST", path, json={"requests": list(requests)})
        return found

    async def _id(self, title: str, book: str) -> int:
        found = await self._book(book, "sheets.properties(sheetId,title)")
        (id_,) = (
            each["properties"]["sheetId"] for each in found["sheets"] if each["properties"]["title"] == title
        )
        return int(id_)

    async def _book(self, book: str, fields: str) -> Json:
        found: Json = await self.call("GET", f"/v4/spreadsheets/{book}", params={"fields": fields})
        return found


def _named(tab: str) -> str:
    return quote(a1.quoted(tab), safe="")
