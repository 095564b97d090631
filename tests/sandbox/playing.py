"""What a person does on the page, by the same requests."""

from typing import Any

import httpx

from sandbox.hubspot.person import HubSpotPerson


async def page_of(http: httpx.AsyncClient) -> dict[str, Any]:
    """What HubSpot's panel draws."""
    found: dict[str, Any] = (await http.get("/panels/hubspot.json")).raise_for_status().json()
    return found


def dirty_deals(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [deal for deal in page["deals"] if deal["dirty"]]


async def settle(http: httpx.AsyncClient, deal: dict[str, Any]) -> None:
    """Press each button of the pencil's dialogue, take each value that it offers, and save."""
    owner = HubSpotPerson(http, actor=deal["actor"])
    for action in deal["actions"]:
        body = {"json": action["body"]} if "body" in action else {}
        await owner.call(action["method"], action["path"], **body)
    for field in deal["fields"]:
        if field["offer"] is not None:
            await owner.call("PATCH", field["path"], json={"properties": {field["property"]: field["offer"]}})
