"""The receiver over HTTP: what is authentic becomes durable, everything else has no effect and is no 5xx."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.front_door.stack import SECRETS, Lane, TemporalServer, answers, free_port, until
from tests.patience import patience

SECRET = SECRETS["RACCORD_HUBSPOT__WEBHOOK_SECRET"]


def event(deal: str = "123", **changes: Any) -> dict[str, Any]:
    return {
        "eventId": 3181526811,
        "subscriptionId": 2211,
        "portalId": 144000001,
        "appId": 8123456,
        "occurredAt": 1750339999870,
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": int(deal),
        "propertyName": "dealstage",
        "propertyValue": "closedwon",
        "changeSource": "CRM_UI",
        "sourceId": "userId:70112233",
    } | changes


def sign(body: bytes, url: str, *, timestamp: int, secret: str = SECRET) -> str:
    """HubSpot's v3 signature, written from its documentation and independent of the connector."""
    message = b"POST" + url.encode() + body + str(timestamp).encode()
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def now_ms() -> int:
    return int(time.time() * 1000)


@dataclass
class Request:
    """A delivery to spoil: the default one is authentic."""

    body: bytes = field(default_factory=lambda: json.dumps([event()]).encode())
    timestamp: int = field(default_factory=now_ms)
    secret: str = SECRET
    path: str = "/webhooks/hubspot"
    method: str = "POST"
    headers: dict[str, str | None] = field(default_factory=dict)
    sent_body: bytes | None = None

    async def send(self, base_url: str) -> httpx.Response:
        signature = sign(self.body, f"{base_url}{self.path}", timestamp=self.timestamp, secret=self.secret)
        headers = {
            "Content-Type": "application/json",
            "X-HubSpot-Signature-v3": signature,
            "X-HubSpot-Request-Timestamp": str(self.timestamp),
        } | self.headers
        kept = [(k.encode(), v.encode("latin-1")) for k, v in headers.items() if v is not None]
        async with httpx.AsyncClient(base_url=base_url, timeout=patience(10)) as http:
            return await http.request(
                self.method,
                self.path,
                content=self.body if self.sent_body is None else self.sent_body,
                headers=kept,
            )


async def workflows(lane: Lane) -> int:
    return (await lane.client.count_workflows("WorkflowType = 'DealWon'")).count


HOSTILE: dict[str, tuple[Callable[[], Request], int]] = {
    "another secret": (lambda: Request(secret="not-the-secret-of-this-account"), 401),
    "five minutes and a second old": (lambda: Request(timestamp=now_ms() - 301_000), 401),
    "five minutes and a second ahead": (lambda: Request(timestamp=now_ms() + 301_000), 401),
    "body changed after signing": (lambda: Request(sent_body=json.dumps([event("999")]).encode()), 401),
    "no signature": (lambda: Request(headers={"X-HubSpot-Signature-v3": None}), 401),
    "no timestamp": (lambda: Request(headers={"X-HubSpot-Request-Timestamp": None}), 401),
    "empty signature": (lambda: Request(headers={"X-HubSpot-Signature-v3": ""}), 401),
    "signature that is not ASCII": (lambda: Request(headers={"X-HubSpot-Signature-v3": "é" * 44}), 401),
    "signature that is not base64": (lambda: Request(headers={"X-HubSpot-Signature-v3": "%%%"}), 401),
    "timestamp with a sign": (lambda: Request(headers={"X-HubSpot-Request-Timestamp": f"+{now_ms()}"}), 401),
    "timestamp with a decimal": (
        lambda: Request(headers={"X-HubSpot-Request-Timestamp": f"{now_ms()}.0"}),
        401,
    ),
    "timestamp in other digits": (lambda: Request(headers={"X-HubSpot-Request-Timestamp": "²³"}), 401),
    "timestamp of a thousand digits": (
        lambda: Request(headers={"X-HubSpot-Request-Timestamp": "1" * 1000}),
        401,
    ),
    "only the unkeyed v1 signature": (
        lambda: Request(headers={"X-HubSpot-Signature-v3": None, "X-HubSpot-Signature": "0" * 64}),
        401,
    ),
    "unknown connection": (lambda: Request(path="/webhooks/nobody"), 401),
    "signed for another path": (
        lambda: Request(path="/webhooks/hubspot?x=1", headers={"X-HubSpot-Signature-v3": "AAAA"}),
        401,
    ),
    "GET": (lambda: Request(method="GET"), 405),
    "PUT": (lambda: Request(method="PUT"), 405),
    "DELETE": (lambda: Request(method="DELETE"), 405),
    "form content type": (
        lambda: Request(headers={"Content-Type": "application/x-www-form-urlencoded"}),
        415,
    ),
    "no content type": (lambda: Request(headers={"Content-Type": None}), 415),
    "content type that only begins right": (
        lambda: Request(headers={"Content-Type": "application/jsonp"}),
        415,
    ),
    "another charset": (lambda: Request(headers={"Content-Type": "application/json; charset=utf-16"}), 415),
    "compressed": (lambda: Request(headers={"Content-Encoding": "gzip"}), 415),
    "one byte too large": (lambda: Request(body=b"[" + b" " * (256 * 1024 - 1) + b"]"), 413),
    "ten megabytes": (lambda: Request(body=b"x" * 10_000_000), 413),
}

UNREADABLE: dict[str, bytes] = {
    "empty": b"",
    "truncated": b'[{"eventId": 1, "objectId": 12',
    "not UTF-8": b'[{"eventId": 1, "objectId": "\xff\xfe"}]',
    "deeply nested": b"[" * 100_000 + b"]" * 100_000,
    "nested just too deep": b"[" * 33 + b"]" * 33,
    "duplicate key": b'[{"objectId": 1, "objectId": 2, "subscriptionType": "deal.creation"}]',
    "NaN": b'[{"objectId": NaN}]',
    "Infinity": b'[{"objectId": -Infinity}]',
    "an integer of a thousand digits": b'[{"objectId": ' + b"9" * 1000 + b"}]",
    "a number with a huge exponent": b'[{"objectId": 1e999999999999999999999}]',
    "a string": b'"closedwon"',
    "null": b"null",
    "an object with no event": b"{}",
    "an array of numbers": b"[1, 2, 3]",
    "an event without id": b'[{"subscriptionType": "deal.propertyChange", "propertyName": "dealstage"}]',
    "an event whose id is a list": b'[{"subscriptionType": "deal.creation", "objectId": [1]}]',
    "an event whose id is a path": b'[{"subscriptionType": "deal.creation", "objectId": "../../x"}]',
    "a lone surrogate": b'[{"subscriptionType": "deal.creation", "objectId": "\\ud800"}]',
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.quick
async def test_a_request_that_is_not_authentic_has_no_effect(lane: Lane, case: str) -> None:
    make, status = HOSTILE[case]
    before = await workflows(lane)
    answer = await make().send(lane.url("receiver"))
    assert answer.status_code == status
    assert answer.content == b""
    assert await workflows(lane) == before


@pytest.mark.parametrize("case", UNREADABLE)
async def test_an_authentic_body_that_cannot_be_read_is_kept_and_starts_nothing(
    lane: Lane, case: str
) -> None:
    before, kept = await workflows(lane), await quarantined(lane)
    answer = await Request(body=UNREADABLE[case]).send(lane.url("receiver"))
    assert answer.status_code == 200
    assert await workflows(lane) == before
    assert await quarantined(lane) > kept


@pytest.mark.parametrize("path", ["/webhooks/hubspot/", "/webhooks//hubspot", "/webhook/hubspot"])
async def test_a_misdirected_sender_is_refused_and_seen(lane: Lane, path: str) -> None:
    seen = log_lines(lane, "misdirected")
    answer = await Request(path=path).send(lane.url("receiver"))
    assert (answer.status_code, answer.content) == (404, b"")
    assert [line["path"] for line in log_lines(lane, "misdirected")[len(seen) :]] == [path]


def log_lines(lane: Lane, verdict: str) -> list[dict[str, Any]]:
    """Return what the receiver logged of requests with this verdict."""
    lines = (lane.directory / "starter.log").read_text().splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [line for line in found if line.get("verdict") == verdict]


async def quarantined(lane: Lane) -> int:
    keys = KeyRing.load(lane.directory / "keys.json")
    records = Records.open(lane.configuration().settings.records_url, keys)
    try:
        return len(await records.quarantine.list())
    finally:
        await records.close()


@pytest.mark.quick
async def test_a_replayed_delivery_changes_nothing(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await until(lambda: shown(lane, deal))
    request = Request(body=json.dumps([event(deal)]).encode())
    for _ in range(3):
        assert (await request.send(lane.url("receiver"))).status_code == 200
    await lane.outcome(deal)
    assert len(await lane.account.invoices(deal)) == 1


async def shown(lane: Lane, deal: str) -> bool:
    return bool((await lane.account.shown(deal))["billing_invoice_number"])


async def test_one_bad_element_does_not_block_its_neighbours(lane: Lane) -> None:
    deals = [await lane.account.deal() for _ in range(2)]
    for deal in deals:
        await lane.account.edit("deals", deal, dealstage="closedwon")
    bad = {"subscriptionType": "deal.propertyChange", "objectId": {}}
    body = json.dumps([event(deals[0]), bad, event(deals[1])]).encode()
    kept = await quarantined(lane)
    assert (await Request(body=body).send(lane.url("receiver"))).status_code == 200
    for deal in deals:
        assert (await lane.outcome(deal))["ending"] in ("invoiced", "already_invoiced")
    assert await quarantined(lane) == kept + 1


async def test_a_type_of_event_that_no_flow_uses_is_acknowledged_and_starts_nothing(lane: Lane) -> None:
    before = await workflows(lane)
    body = json.dumps(
        [event(subscriptionType="ticket.creation"), event(subscriptionType="novelty.2027")]
    ).encode()
    assert (await Request(body=body).send(lane.url("receiver"))).status_code == 200
    assert await workflows(lane) == before


async def test_doctor_shows_what_was_ignored_and_why(lane: Lane) -> None:
    body = json.dumps([event(subscriptionType="invoice.creation")] * 7).encode()
    assert (await Request(body=body).send(lane.url("receiver"))).status_code == 200

    async def counted() -> bool:
        checks = json.loads((await lane.command("doctor", "--json")).stdout)["checks"]
        found = next(check["found"] for check in checks if check["name"] == "ignored events")
        return "hubspot invoice.creation: 7" in found

    await until(counted)


@pytest.fixture(scope="module")
async def alone(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    """A receiver whose Temporal does not exist."""
    directory: Path = tmp_path_factory.mktemp("alone")
    overrides = {"RACCORD_TEMPORAL__EMBEDDED_PORT": str(free_port())}
    found = Lane(server, directory, "alone", overrides=overrides)
    found.write_configuration()
    KeyRing.create(directory / "keys.json")
    await found.receiver.start()
    await until(lambda: answers(found.url("receiver", "/healthz")))
    yield found
    await found.receiver.stop()


class TestWithoutTemporal:
    async def test_a_delivery_is_answered_503_in_time_and_asked_to_come_again(self, alone: Lane) -> None:
        started = time.monotonic()
        answer = await Request().send(alone.url("receiver"))
        assert time.monotonic() - started < patience(3)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"

    async def test_ten_deliveries_at_once_are_all_answered_in_time(self, alone: Lane) -> None:
        started = time.monotonic()
        found = await asyncio.gather(*(Request().send(alone.url("receiver")) for _ in range(10)))
        assert time.monotonic() - started < patience(5)
        assert {answer.status_code for answer in found} == {503}

    async def test_it_is_alive_and_not_ready(self, alone: Lane) -> None:
        async with httpx.AsyncClient(base_url=alone.url("receiver")) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 503
