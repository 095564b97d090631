"""The file manager, and notes that hang its files on deals."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.test_hubspot_tasks import DEAL, OBJECTS, tie
from tests.sandbox.test_hubspot_webhooks import Receiver, account

FILES = "/hubspot/files/v3/files"
PDF = b"%PDF-1.7 \xff\x00\r\n"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with account(Receiver()) as client:
        yield client


async def upload(client: httpx.AsyncClient, name: str = "F-1.pdf", **form: Any) -> httpx.Response:
    options = json.dumps(form.pop("options", {"access": "PRIVATE", "overwrite": True}))
    data = {"folderPath": "/Raccord", "options": options, **form}
    return await client.post(FILES, data=data, files={"file": (name, PDF, "application/pdf")})


async def test_a_file_is_stored_and_one_of_its_name_replaced(client: httpx.AsyncClient) -> None:
    first = await upload(client)
    assert first.status_code == 201, first.text
    stored = first.json()
    assert (stored["path"], stored["size"], stored["access"]) == ("/Raccord/F-1.pdf", len(PDF), "PRIVATE")
    assert (await upload(client)).json()["id"] == stored["id"]
    other = await upload(client, options={"access": "PRIVATE"})
    assert other.json()["id"] != stored["id"]
    assert (await client.get(f"{FILES}/{stored['id']}")).json()["name"] == "F-1"
    assert len((await client.get(f"{FILES}/search", params={"name": "F-1"})).json()["results"]) == 1


@pytest.mark.parametrize(
    "form",
    [
        {"options": {}},
        {"options": {"access": "PRIVATE", "ovewrite": True}},
        {"folderId": "1"},
        {"folder": "/x"},
    ],
)
async def test_what_hubspot_would_not_take_is_refused(
    client: httpx.AsyncClient, form: dict[str, Any]
) -> None:
    assert (await upload(client, **form)).status_code == 400


async def test_a_token_without_the_scope_is_refused(client: httpx.AsyncClient) -> None:
    scopes = [s for s in (await client.get("/_control/webhooks/hubspot")).json()["scopes"] if s != "files"]
    await client.put("/_control/webhooks/hubspot", json={"scopes": scopes})
    refused = await upload(client)
    assert (refused.status_code, "files" in refused.text) == (403, True)


async def test_a_note_shows_a_file_on_its_deal(client: httpx.AsyncClient) -> None:
    file = (await upload(client)).json()["id"]
    values = {"hs_timestamp": "2026-12-01T08:00:00.000Z", "hs_note_body": "PDF", "hs_attachment_ids": file}
    made = await client.post(
        f"{OBJECTS}/notes", json={"properties": values, "associations": [tie(DEAL, 214)]}
    )
    assert made.status_code == 201, made.text
    page = await client.get(f"/hubspot/crm/v4/objects/deals/{DEAL}/associations/notes")
    assert [str(row["toObjectId"]) for row in page.json()["results"]] == [made.json()["id"]]
    del values["hs_timestamp"]
    assert (await client.post(f"{OBJECTS}/notes", json={"properties": values})).status_code == 400
