"""Notion's simulator on a real port, and an integration that speaks plain HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.core.operator import Operator
from sandbox.mailbox.mailbox import Mailbox
from sandbox.notion.person import NotionPerson
from sandbox.notion.settings import NotionSettings
from sandbox.notion.vendor import NotionVendor
from tests.sandbox.serving import serving

Json = dict[str, Any]
ROOT = "5a4d0000-0000-4000-8000-000000000001"
PRIVATE = "5a4d0000-0000-4000-8000-000000000002"
TOKEN = "ntn_sandbox_0000"
OLD, NEW = "2025-09-03", "2026-03-11"
COLUMNS: Json = {
    "Nom": {"title": {}},
    "Clé": {"rich_text": {}},
    "Montant": {"number": {"format": "euro"}},
    "Échéance": {"date": {}},
    "État": {"select": {"options": [{"name": "en retard", "color": "red"}]}},
    "Lien": {"url": {}},
}


@dataclass
class Notion:
    """One workspace. `call` speaks as the integration, `person` as somebody who sees every page."""

    http: httpx.AsyncClient

    @property
    def person(self) -> NotionPerson:
        return NotionPerson(self.http)

    @property
    def operator(self) -> Operator:
        return Operator(self.http)

    async def fresh(self, **settings: Any) -> None:
        await self.operator.reset()
        await self.operator.settings("notion", **{**NotionSettings().options(), "rate_limits": False})
        await self.operator.settings("notion", **settings)

    async def raw(
        self, method: str, path: str, *, version: str | None = OLD, token: str | None = TOKEN, **options: Any
    ) -> httpx.Response:
        headers = {"Notion-Version": version} if version else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request(method, f"/notion/v1{path}", headers=headers, **options)

    async def call(self, method: str, path: str, **options: Any) -> Json:
        answer = await self.raw(method, path, **options)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str, str]:
        """Status, code and message."""
        answer = await self.raw(method, path, **options)
        error = answer.json()
        assert (error["object"], error["status"]) == ("error", answer.status_code), error
        assert error["request_id"]
        return error["status"], error["code"], error["message"]

    async def database(self, title: str = "Écarts", **columns: Any) -> tuple[str, str]:
        """Make a database under the shared page; its id and that of its data source."""
        body = {
            "parent": {"type": "page_id", "page_id": ROOT},
            "title": [text(title)],
            "initial_data_source": {"properties": columns or COLUMNS},
        }
        made = await self.call("POST", "/databases", json=body)
        return made["id"], made["data_sources"][0]["id"]

    async def row(self, source: str, key: str, **values: Any) -> str:
        properties = {"Nom": {"title": [text(key)]}, "Clé": {"rich_text": [text(key)]}} | values
        body = {"parent": {"type": "data_source_id", "data_source_id": source}, "properties": properties}
        return str((await self.call("POST", "/pages", json=body))["id"])

    async def keyed(self, source: str, key: str, **more: Any) -> list[str]:
        query = {"filter": {"property": "Clé", "rich_text": {"equals": key}}, **more}
        found = await self.call("POST", f"/data_sources/{source}/query", json=query)
        return [each["id"] for each in found["results"]]

    async def page(self, title: str, *children: Json) -> str:
        body = {
            "parent": {"page_id": ROOT},
            "properties": {"title": {"title": [text(title)]}},
            "children": list(children),
        }
        return str((await self.call("POST", "/pages", json=body))["id"])


def text(content: str, **more: Any) -> Json:
    return {"type": "text", "text": {"content": content, **more}}


def paragraph(content: str = "x", **more: Any) -> Json:
    return {"object": "block", "type": "paragraph", "paragraph": {"rich_text": [text(content)], **more}}


def table(*rows: list[str], width: int = 2) -> Json:
    lines = [{"type": "table_row", "table_row": {"cells": [[text(cell)] for cell in row]}} for row in rows]
    return {"type": "table", "table": {"table_width": width, "has_column_header": True, "children": lines}}


@asynccontextmanager
async def notion_bench() -> AsyncIterator[Notion]:
    delivery = Delivery()
    app = assemble(vendors=[NotionVendor(delivery=delivery)], delivery=delivery, emails=Mailbox())
    async with serving(app) as base, httpx.AsyncClient(base_url=base, trust_env=False) as http:
        yield Notion(http)
