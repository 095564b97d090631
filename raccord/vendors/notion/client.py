"""Every call to Notion, in its order: as many a second as the settings say."""

from typing import Any, TypeVar
from urllib.parse import urlencode

from raccord.connectors.http.api import JsonApi
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.paging import pages
from raccord.connectors.http.reading import Wire
from raccord.vendors.notion.errors import TABLE
from raccord.vendors.notion.settings import NotionSettings
from raccord.vendors.notion.wire import Block, Bot, Database, DataSource, Done, Listed, Page

_BURST = 2.0
_MOST = 100
"""Of what a list shows at once (the same section)."""
_CONTENT = "insert and update"

Json = dict[str, Any]
W = TypeVar("W", bound=Wire)


class NotionClient:
    """Calls with one integration's token. They raise connector errors, and nothing else."""

    def __init__(self, connection: str, settings: NotionSettings) -> None:
        headers = {
            "Authorization": f"Bearer {settings.token.get_secret_value()}",
            "Notion-Version": settings.version,
        }
        http = HttpClient(
            connection, settings, requests_per_second=settings.requests_per_second, burst=_BURST
        )
        self._api = JsonApi(http, TABLE, headers)

    async def me(self) -> Bot:
        return await self._read("tell whose token this is", "/v1/users/me", Bot)

    async def page(self, id: str) -> Page:
        return await self._read(f"read the page {id}", f"/v1/pages/{id}", Page)

    async def children(self, id: str) -> list[Block]:
        """Return the blocks below a block or a page, in their order."""

        async def fetch(cursor: str | None) -> Listed[Block]:
            query = urlencode({"page_size": _MOST} | ({"start_cursor": cursor} if cursor else {}))
            what = f"list the blocks below {id}"
            return await self._read(what, f"/v1/blocks/{id}/children?{query}", Listed[Block])

        return [each async for page in pages(fetch, lambda page: page.following) for each in page.results]

    async def create_page(self, parent: Json, properties: Json, children: list[Json] | None = None) -> Page:
        content = {"parent": parent, "properties": properties} | ({"children": children} if children else {})
        return await self._write("create a page", "POST", "/v1/pages", Page, content)

    async def update_page(self, id: str, content: Json) -> None:
        await self._write(f"update the page {id}", "PATCH", f"/v1/pages/{id}", Page, content)

    async def append(self, id: str, children: list[Json]) -> list[Block]:
        """Append blocks below a block or a page, at most 100."""
        path = f"/v1/blocks/{id}/children"
        answer = await self._write(
            f"append blocks to {id}", "PATCH", path, Listed[Block], {"children": children}
        )
        return list(answer.results)

    async def update_block(self, id: str, content: Json) -> None:
        await self._write(f"update the block {id}", "PATCH", f"/v1/blocks/{id}", Done, content)

    async def delete_block(self, id: str) -> None:
        await self._write(f"delete the block {id}", "DELETE", f"/v1/blocks/{id}", Done)

    async def database(self, id: str) -> Database:
        return await self._read(f"read the database {id}", f"/v1/databases/{id}", Database)

    async def create_database(self, content: Json) -> Database:
        return await self._write("create a database", "POST", "/v1/databases", Database, content)

    async def data_source(self, id: str) -> DataSource:
        return await self._read(f"read the data source {id}", f"/v1/data_sources/{id}", DataSource)

    async def update_data_source(self, id: str, content: Json) -> None:
        what = f"add columns to the data source {id}"
        await self._write(what, "PATCH", f"/v1/data_sources/{id}", DataSource, content)

    async def rows(self, data_source: str, filter: Json) -> list[Page]:
        """Return the rows that a filter lets through; they may lack what was made a moment ago."""
        operation = Operation(f"query the data source {data_source}", "read")
        path = f"/v1/data_sources/{data_source}/query"

        async def fetch(cursor: str | None) -> Listed[Page]:
            content = {"filter": filter, "page_size": _MOST} | ({"start_cursor": cursor} if cursor else {})
            return await self._api.call(operation, "POST", path, Listed[Page], content=content)

        return [each async for page in pages(fetch, lambda page: page.following) for each in page.results]

    async def close(self) -> None:
        await self._api.close()

    async def _read(self, what: str, path: str, into: type[W]) -> W:
        return await self._api.call(Operation(what, "read"), "GET", path, into)

    async def _write(self, what: str, method: str, path: str, into: type[W], content: Any = None) -> W:
        return await self._api.call(
            Operation(what, _CONTENT, write=True), method, path, into, content=content
        )
