"""Somebody with a Notion page open."""

from typing import Any

import httpx

from sandbox.core.person import Person, json_of
from sandbox.notion.settings import ROOT

Json = dict[str, Any]


class NotionPerson(Person):
    """Reads pages and databases, writes beside what the app wrote, connects the integration to pages."""

    vendor = "notion"

    def __init__(self, http: httpx.AsyncClient, *, actor: str = "claire") -> None:
        super().__init__(http, actor=actor)

    async def pages(self, *, under: str = ROOT) -> list[Json]:
        """Return the pages under a page that are not in the trash, as they are read."""
        return [p for p in (await self._state())["pages"] if p["parent"] == under and not p["in_trash"]]

    async def page(self, title: str, *, under: str = ROOT) -> Json:
        """Return the one page with a title; LookupError when there is none, or more than one."""
        return _one([page for page in await self.pages(under=under) if page["title"] == title], title)

    async def lines(self, title: str, *, under: str = ROOT) -> list[str]:
        """Return what stands on a page, a text a block; a table's row is its cells, parted by `|`."""
        return [line for block in (await self.page(title, under=under))["blocks"] for line in _lines(block)]

    async def database(self, title: str) -> Json:
        found = (await self._state())["databases"]
        return _one([each for each in found if each["title"] == title and not each["in_trash"]], title)

    async def rows(self, title: str) -> list[dict[str, str]]:
        """Return the rows of a database's first data source that are not in the trash, by column."""
        rows = (await self.database(title))["data_sources"][0]["rows"]
        return [row["values"] for row in rows if not row["in_trash"]]

    async def add_page(self, title: str, *, under: str = ROOT) -> str:
        properties = {"title": {"title": _words(title)}}
        body = {"parent": {"page_id": under}, "properties": properties}
        return str((await self.call("POST", "/v1/pages", json=body))["id"])

    async def note(self, text: str, *, on: str = ROOT) -> str:
        """Write a paragraph at the end of a page; return the block's id."""
        body = {"children": [{"paragraph": {"rich_text": _words(text)}}]}
        return str((await self.call("PATCH", f"/v1/blocks/{on}/children", json=body))["results"][0]["id"])

    async def add_column(self, title: str, name: str, **kind: Any) -> None:
        """Add a column to a database: of text, or of `kind`, as in `number={}`."""
        source = await self._source(title)
        body = {"properties": {name: kind or {"rich_text": {}}}}
        await self.call("PATCH", f"/v1/data_sources/{source['id']}", json=body)

    async def add_row(self, title: str, **texts: str) -> str:
        """Add a row of texts, by column; return its id."""
        source = await self._source(title)
        kinds = source["columns"]
        properties = {name: {kinds[name]: _words(text)} for name, text in texts.items()}
        body = {"parent": {"data_source_id": source["id"]}, "properties": properties}
        return str((await self.call("POST", "/v1/pages", json=body))["id"])

    async def type_into(self, row: str, **texts: str) -> None:
        """Write texts into a row, by column."""
        properties = {name: {"rich_text": _words(text)} for name, text in texts.items()}
        await self.call("PATCH", f"/v1/pages/{row}", json={"properties": properties})

    async def add_data_source(self, title: str, name: str) -> str:
        """Add a second data source to a database; return its id."""
        database = await self.database(title)
        body = {
            "parent": {"database_id": database["id"]},
            "title": _words(name),
            "properties": {"Nom": {"title": {}}},
        }
        return str((await self.call("POST", "/v1/data_sources", json=body))["id"])

    async def trash(self, page: str) -> None:
        await self.call("PATCH", f"/v1/pages/{page}", json={"in_trash": True})

    async def restore(self, page: str) -> None:
        await self.call("PATCH", f"/v1/pages/{page}", json={"in_trash": False})

    async def delete_block(self, block: str) -> None:
        await self.call("DELETE", f"/v1/blocks/{block}")

    async def share(self, page: str = ROOT) -> None:
        """Connect the integration to a page and all that is under it."""
        await self.call("PUT", f"/console/connections/{page}")

    async def unshare(self, page: str = ROOT) -> None:
        await self.call("DELETE", f"/console/connections/{page}")

    async def _source(self, title: str) -> Json:
        source: Json = (await self.database(title))["data_sources"][0]
        return source

    async def _state(self) -> Json:
        found: Json = json_of(await self._http.get("/_control/state/notion"))
        return found


def _words(text: str) -> list[Json]:
    return [{"text": {"content": text}}]


def _lines(block: Json) -> list[str]:
    if block["type"] == "table_row":
        return ["|".join("".join(part["text"] for part in cell) for cell in block["cells"])]
    own = [] if block["type"] == "table" else [block["text"]]
    return own + [line for child in block.get("children", ()) for line in _lines(child)]


def _one(found: list[Json], title: str) -> Json:
    if len(found) != 1:
        raise LookupError(f"{len(found)} of {title!r}")
    return found[0]
