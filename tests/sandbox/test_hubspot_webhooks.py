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
from sandbox.core.delivery import DEFAULT_SCHEDULE, Delivery
from sandbox.hubspot.settings import CLIENT_SECRET, TOKEN, HubSpotSettings
from sandbox.hubspot.vendor import HubSpotVendor
from sandbox.hubspot.webhooks import signature_v1, signature_v3
from sandbox.mailbox.mailbox import Mailbox
from tests.patience import patience
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
    async with asyncio.timeout(patience(5)):
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


async def test_a_row_of_an_import_is_told_property_by_property_as_that_persons_import() -> None:
    receiver = Receiver()
    async with account(receiver) as client:
        person = {"X-Sandbox-Actor": "userId:70112233", "X-Sandbox-Source": "IMPORT"}
        body = {"properties": {"city": "Brest", "zip": "29200"}}
        path = "/hubspot/crm/v3/objects/companies/9000001"
        assert (await client.patch(path, json=body, headers=person)).status_code == 200
        assert (
            await client.patch(path, json=body, headers={**person, "X-Sandbox-Source": "X"})
        ).status_code == 400
        events = await receiver.events(2)
    assert sorted(each["propertyName"] for each in events) == ["city", "zip"]
    assert {(each["changeSource"], each["sourceId"]) for each in events} == {("IMPORT", "userId:70112233")}


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
        created, linked, back, deleted = await receiver.events(4)
    assert made.status_code == 201
    assert (created["subscriptionType"], created["changeFlag"]) == ("deal.creation", "CREATED")
    assert (linked["fromObjectId"], linked["toObjectId"]) == (int(deal), 9000001)
    assert (linked["isPrimaryAssociation"], linked["associationRemoved"]) == (True, False)
    assert (back["subscriptionType"], back["toObjectId"]) == ("company.associationChange", int(deal))
    assert (deleted["subscriptionType"], deleted["changeFlag"]) == ("deal.deletion", "DELETED")


LINE, CONTACT, COMPANY = "line_items/7700001", "contacts/5010001", "companies/9000001"


@pytest.mark.parametrize(
    ("path", "name", "type_id"),
    [(f"deals/{DEAL}", "deal", "0-3"), (COMPANY, "company", "0-2"), (CONTACT, "contact", "0-1"),
     (LINE, "line_item", "0-8")],
)  # fmt: skip
@pytest.mark.parametrize("style", ["classic", "generic"])
async def test_changes_deletion_and_restore_of_every_record_of_a_sale_are_told_signed(
    path: str, name: str, type_id: str, style: str
) -> None:
    receiver, changed = Receiver(), {"deals": "dealname", "contacts": "lastname"}
    field_name = changed.get(path.split("/", maxsplit=1)[0], "name")
    person = {"X-Sandbox-Actor": "userId:70112233"}
    async with account(receiver, format=style) as client:
        await patch(client, path, **{field_name: "Changed"})
        await client.delete(f"/hubspot/crm/v3/objects/{path}")
        restored = await client.post(f"/hubspot/crm/v3/objects/{path}/restore", headers=person)
        read = await client.get(f"/hubspot/crm/v3/objects/{path}", params={"properties": field_name})
        told = await receiver.events(3)
    subject = "object" if style == "generic" else name
    kinds = ["propertyChange", "deletion", "restore"]
    assert [event["subscriptionType"] for event in told] == [f"{subject}.{kind}" for kind in kinds]
    assert {event["objectId"] for event in told} == {int(path.split("/")[1])}
    assert {event.get("objectTypeId") for event in told} == {type_id if style == "generic" else None}
    assert (told[0]["propertyName"], told[0]["propertyValue"]) == (field_name, "Changed")
    assert (told[2]["changeSource"], {"changeFlag", "propertyName"} & set(told[2])) == ("CRM_UI", set())
    assert (restored.status_code, read.json()["properties"][field_name]) == (204, "Changed")
    for request in receiver.requests:
        timestamp = int(request.headers["X-HubSpot-Request-Timestamp"])
        signature = signature_v3(CLIENT_SECRET, URL, request.content, timestamp)
        assert request.headers["X-HubSpot-Signature-v3"] == signature


async def test_a_restored_deal_has_its_company_and_lines_again() -> None:
    path, person = f"/hubspot/crm/v3/objects/deals/{DEAL}", {"X-Sandbox-Actor": "userId:70112233"}
    wanted = {"associations": "companies,line_items"}
    async with account(Receiver()) as client:
        before = (await client.get(path, params=wanted)).json()["associations"]
        await client.delete(path)
        refused = await client.post(path + "/restore")
        deleted = await client.get(path)
        await client.post(path + "/restore", headers=person)
        after = (await client.get(path, params=wanted)).json()["associations"]
    assert (refused.status_code, deleted.status_code) == (404, 404)
    assert after == before


@pytest.mark.parametrize("kind", ["company", "contact", "line_item"])
async def test_a_creation_is_told_to_who_subscribed_to_it(kind: str) -> None:
    receiver, plural = Receiver(), {"company": "companies"}.get(kind, f"{kind}s")
    async with account(receiver, subscriptions=[f"{kind}.creation"]) as client:
        made = await client.post(f"/hubspot/crm/v3/objects/{plural}", json={"properties": {}})
        [event] = await receiver.events(1)
    assert (event["subscriptionType"], event["objectId"]) == (f"{kind}.creation", int(made.json()["id"]))


async def test_what_is_not_subscribed_to_is_not_told() -> None:
    receiver = Receiver()
    async with account(receiver, subscriptions=["company.deletion"]) as client:
        await patch(client, COMPANY, name="Changed")
        await client.delete(f"/hubspot/crm/v3/objects/{CONTACT}")
        await client.delete(f"/hubspot/crm/v3/objects/{COMPANY}")
        told = await receiver.events(1)
    assert [event["subscriptionType"] for event in told] == ["company.deletion"]


async def test_adding_and_removing_a_line_is_told_from_both_ends() -> None:
    receiver = Receiver()
    path = "/hubspot/crm/v4/objects/deals/38990100002/associations"
    async with account(receiver, format="generic") as client:
        await client.put(path + "/default/line_items/7700001")
        await client.delete(path + "/line_items/7700001")
        told = await receiver.events(4)
    ends = [(event["fromObjectTypeId"], event["toObjectTypeId"]) for event in told]
    assert ends == [("0-3", "0-8"), ("0-8", "0-3")] * 2
    assert [event["associationRemoved"] for event in told] == [False, False, True, True]


async def test_tasks_are_told_in_the_generic_format_only() -> None:
    body, told = {"properties": {"hs_timestamp": "1796202000000"}}, []
    for style in ("classic", "generic"):
        receiver = Receiver()
        wanted = ["task.creation", "deal.deletion"]
        async with account(receiver, format=style, subscriptions=wanted) as client:
            await client.post("/hubspot/crm/v3/objects/tasks", json=body)
            await client.delete(f"/hubspot/crm/v3/objects/deals/{DEAL}")
            told.append([event["subscriptionType"] for event in await receiver.events(1)])
    assert told == [["deal.deletion"], ["object.creation", "object.deletion"]]


def test_an_event_that_nobody_takes_comes_ten_times_more() -> None:
    """hubspot.md 7. A receiver that is busy for a minute has then not lost it."""
    assert len(DEFAULT_SCHEDULE) == 10
    assert sum(DEFAULT_SCHEDULE) > 300
