"""What the simulated HubSpot sends, checked against HubSpot's published signature vectors."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.hubspot.settings import CLIENT_SECRET, TOKEN, HubSpotSettings
from sandbox.hubspot.vendor import HubSpotVendor
from sandbox.hubspot.webhooks import signature_v1, signature_v3
from sandbox.mailbox.mailbox import Mailbox
from tests.sandbox.serving import serving

DEAL = "38990100001"
URL = "https://receiver.example/webhooks/hubspot?tenant=acme%3Afr&note=a%20b"
SECRET = "3f1c9a2e-7b54-4d0a-9c61-5e8f20b7d4aa"
BODY = (
    b'[{"eventId":3181526811,"subscriptionId":2211,"portalId":144000001,"appId":8123456,'
    b'"occurredAt":1750339999870,"subscriptionType":"deal.propertyChange","attemptNumber":0,'
    b'"objectId":38990123456,"propertyName":"dealstage","propertyValue":"closedwon",'
    b'"changeSource":"CRM_UI","sourceId":"userId:70112233"}]'
)
UNICODE_BODY = (
    '[{"eventId":1,"objectId":42,"propertyName":"name","propertyValue":"Société Générale d’Études",'
    '"subscriptionType":"company.propertyChange"}]'
).encode()


@pytest.mark.parametrize(
    ("secret", "url", "body", "timestamp", "expected"),
    [
        (
            SECRET,
            "https://sync.example.fr/webhooks/hubspot",
            BODY,
            1750340000123,
            "HmSblK4P2WBd9Ka1+LtsO9NIfIAfdbjwdLQ6deiOUEo=",
        ),
        (
            SECRET,
            "https://sync.example.fr/webhooks/hubspot?tenant=acme%3Afr%2Fparis&note=a%20b",
            BODY,
            1750340000123,
            "Ru13RpVqtXJyjr1vIGTbL9k0kUY1VEPNbAPIgfluwf0=",
        ),
        (
            SECRET,
            "https://sync.example.fr/webhooks/hubspot",
            UNICODE_BODY,
            1750340000123,
            "uq8i+WmGVr6Bn1zU1bu6IXqBaJcjAR443VxdmgcBxzA=",
        ),
        (
            "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
            "https://www.example.com/webhook_uri",
            b"{'example_field':'example_value'}",
            1693657560000,
            "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
        ),
    ],
)
def test_version_3_signatures_equal_the_published_ones(
    secret: str, url: str, body: bytes, timestamp: int, expected: str
) -> None:
    assert signature_v3(secret, url, body, timestamp) == expected


def test_version_1_signatures_equal_the_published_one() -> None:
    expected = "7d1931ae35cbfe65420c28b1a14928b2224fa36b80583398dafc235c98af47ac"
    assert signature_v1(SECRET, BODY) == expected


@dataclass
class Receiver:
    """Takes what is delivered; answers with the given statuses first, then 200."""

    statuses: list[int] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200)

    def batches(self) -> list[list[dict[str, Any]]]:
        return [json.loads(request.content) for request in self.requests]

    async def events(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many events have arrived."""
        await _until(lambda: sum(map(len, self.batches())) >= count)
        return [event for batch in self.batches() for event in batch]


async def _until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not met():  # noqa: ASYNC110 - what is awaited happens on the other side of HTTP
            await asyncio.sleep(0.02)


@asynccontextmanager
async def account(receiver: Receiver, **webhook: Any) -> AsyncIterator[httpx.AsyncClient]:
    delivery = Delivery(schedule=(0.01, 0.01), transport=httpx.MockTransport(receiver))
    vendor = HubSpotVendor(delivery=delivery, settings=HubSpotSettings(webhook_window=0.05))
    delivery.configure("hubspot", {"url": URL, **webhook})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        serving(assemble(vendors=[vendor], delivery=delivery, emails=Mailbox())) as url,
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client,
    ):
        yield client


async def patch(client: httpx.AsyncClient, path: str, *, user: str | None = None, **values: str) -> None:
    headers = {"X-Sandbox-Actor": user} if user else {}
    answer = await client.patch(
        f"/hubspot/crm/v3/objects/{path}", json={"properties": values}, headers=headers
    )
    assert answer.status_code == 200, answer.text


async def test_a_person_winning_a_deal_is_told_in_one_signed_classic_event() -> None:
    receiver = Receiver()
    async with account(receiver) as client:
        await patch(client, f"deals/{DEAL}", user="userId:70112233", dealstage="closedwon")
        [event] = await receiver.events(1)
    request = receiver.requests[0]
    timestamp = int(request.headers["X-HubSpot-Request-Timestamp"])
    signature = signature_v3(CLIENT_SECRET, URL, request.content, timestamp)
    assert request.headers["X-HubSpot-Signature-v3"] == signature
    assert (event["subscriptionType"], event["objectId"]) == ("deal.propertyChange", int(DEAL))
    assert (event["propertyName"], event["propertyValue"]) == ("dealstage", "closedwon")
    assert (event["changeSource"], event["sourceId"], event["attemptNumber"]) == (
        "CRM_UI",
        "userId:70112233",
        0,
    )


async def test_a_write_with_the_token_is_told_as_an_integrations() -> None:
    receiver = Receiver()
    async with account(receiver) as client:
        await patch(client, "companies/9000001", city="Brest")
        [event] = await receiver.events(1)
    assert (event["changeSource"], event["sourceId"], event["appId"]) == ("INTEGRATION", "8123456", 8123456)


async def test_the_generic_format_names_the_object_type() -> None:
    receiver = Receiver()
    async with account(receiver, format="generic") as client:
        await patch(client, "companies/9000001", city="Brest")
        [event] = await receiver.events(1)
    assert (event["subscriptionType"], event["objectTypeId"]) == ("object.propertyChange", "0-2")
    assert event["isSensitive"] is False


async def test_changes_of_one_moment_travel_together() -> None:
    receiver = Receiver()
    async with account(receiver) as client:
        await patch(client, "companies/9000001", city="Brest", zip="29200", address="1 rue de Siam")
        await receiver.events(3)
    assert [len(batch) for batch in receiver.batches()] == [3]


async def test_a_refused_delivery_comes_again_with_the_next_attempt_number() -> None:
    receiver = Receiver(statuses=[503, 500])
    async with account(receiver) as client:
        await patch(client, f"deals/{DEAL}", dealstage="closedwon")
        events = await receiver.events(3)
        attempts = (await client.get("/_control/deliveries")).json()
    assert [event["attemptNumber"] for event in events] == [0, 1, 2]
    assert len({event["eventId"] for event in events}) == 1
    assert [attempt["status"] for attempt in attempts] == [503, 500, 200]


async def test_a_property_nobody_subscribed_to_is_not_told() -> None:
    receiver = Receiver()
    async with account(receiver) as client:
        await patch(client, f"deals/{DEAL}", billing_invoice_number="F-2026-0001")
        await patch(client, f"deals/{DEAL}", dealstage="closedwon")
        await receiver.events(1)
    assert [event["propertyName"] for batch in receiver.batches() for event in batch] == ["dealstage"]


async def test_creation_association_and_deletion_of_a_deal_are_told() -> None:
    receiver = Receiver()
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}
    body = {
        "properties": {"dealname": "new", "dealstage": "closedwon"},
        "associations": [{"to": {"id": "9000001"}, "types": [spec]}],
    }
    async with account(receiver) as client:
        made = await client.post("/hubspot/crm/v3/objects/deals", json=body)
        deal = made.json()["id"]
        await client.delete(f"/hubspot/crm/v3/objects/deals/{deal}")
        created, linked, deleted = await receiver.events(3)
    assert made.status_code == 201
    assert (created["subscriptionType"], created["changeFlag"]) == ("deal.creation", "CREATED")
    assert (linked["fromObjectId"], linked["toObjectId"]) == (int(deal), 9000001)
    assert (linked["isPrimaryAssociation"], linked["associationRemoved"]) == (True, False)
    assert (deleted["subscriptionType"], deleted["changeFlag"]) == ("deal.deletion", "DELETED")
