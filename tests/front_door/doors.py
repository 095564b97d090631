"""The receiver alone, its doors, and a client that can speak HTTP badly."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote_from_bytes

from temporalio.client import Client

from activities.service.flows import Delivery
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.temporal.client import connect
from raccord.temporal.search import register_search_attributes
from tests.front_door.stack import SECRETS, Lane, TemporalServer, answers, until
from tests.patience import patience

HEADERS_END = b"\r\n\r\n"


class Front:
    """A receiver in front of a real Temporal, without worker or vendor: what is accepted stays countable."""

    def __init__(self, server: TemporalServer, directory: Path) -> None:
        self.lane = Lane(server, directory, "front")
        self.port = self.lane.ports["receiver"]
        self.url = self.lane.url("receiver")
        self._stack = AsyncExitStack()
        self._log = (directory / "starter.log", 0)
        self._verdicts: Counter[str] = Counter()
        self._tracebacks = 0
        self._keys: KeyRing
        self._client: Client

    async def __aenter__(self) -> Self:
        self.lane.write_configuration()
        await self.lane.server.namespace(self.lane.namespace)
        self._keys = KeyRing.create(self.lane.directory / "keys.json")
        self._client = await connect(self.lane.configuration().settings, self._keys)
        await register_search_attributes(self._client)
        await self.lane.receiver.start()
        self._stack.push_async_callback(self.lane.receiver.stop)
        await until(lambda: answers(f"{self.url}/readyz"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def pid(self) -> int:
        return self.lane.receiver.pid

    @property
    def alive(self) -> bool:
        return self.lane.receiver.running

    def verdicts(self) -> Counter[str]:
        """How often the receiver has logged each verdict until now."""
        self._read_log()
        return self._verdicts.copy()

    def tracebacks(self) -> int:
        """How often the receiver has met an error that nobody had foreseen."""
        self._read_log()
        return self._tracebacks

    def _read_log(self) -> None:
        file, offset = self._log
        with file.open("rb") as log:
            log.seek(offset)
            lines = log.readlines()
        self._log = file, offset + sum(map(len, lines))
        for line in lines:
            self._tracebacks += b"Traceback (most recent call last)" in line
            found = json.loads(line) if line.startswith(b"{") else {}
            if found.get("event") == "webhook":
                self._verdicts[found["verdict"]] += 1

    async def flows(self) -> int:
        return (await self._client.count_workflows("WorkflowType = 'DealWon'")).count

    async def handed_over(self) -> list[Delivery]:
        """The large deliveries that Temporal holds; nobody works here who would tell their flows."""
        found = []
        async for flow in self._client.list_workflows("WorkflowType = 'Delivered'"):
            history = await self._client.get_workflow_handle(flow.id, run_id=flow.run_id).fetch_history()
            given = history.events[0].workflow_execution_started_event_attributes.input
            found += await self._client.data_converter.decode(given.payloads, [Delivery])
        return found

    async def quarantined(self) -> int:
        records = Records.open(self.lane.configuration().settings.records_url, self._keys)
        try:
            return sum(row.count for row in await records.quarantine.list())
        finally:
            await records.close()


@dataclass(frozen=True)
class Door:
    """A route that takes signed deliveries of one vendor."""

    name: str
    route: str
    """As in the OpenAPI description."""
    path: str
    content_type: str
    sign: Callable[[bytes, str], dict[str, str]]
    """Headers for these bytes delivered to this URL, now."""
    carry: Callable[[bytes], bytes]
    """Make the JSON of one delivery into a body."""
    sample: Callable[[int], bytes]
    """The n-th of many different authentic and readable bodies."""

    def headers(self, body: bytes, front_url: str, *, signed: bool = True) -> dict[str, str]:
        signature = self.sign(body, f"{front_url}{self.path}") if signed else {}
        return {"content-type": self.content_type} | signature

    def request(self, body: bytes, front: Front, *, signed: bool = True, **headers: str) -> bytes:
        """Return a whole request as it goes over the wire, the connection to be closed after it.

        `headers` are added; `_` in a name is a hyphen.
        """
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = {
            "host": f"127.0.0.1:{front.port}",
            "connection": "close",
            "content-length": str(len(body)),
            **self.headers(body, front.url, signed=signed),
            **given,
        }
        return head("POST", self.path, lines) + body


def head(method: str, target: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + HEADERS_END


def _hubspot_signature(body: bytes, url: str) -> dict[str, str]:
    """HubSpot docs: webhooks/validating-requests, version 3."""
    sent = str(int(time.time() * 1000))
    message = b"POST" + url.encode() + body + sent.encode()
    digest = hmac.digest(SECRETS["RACCORD_HUBSPOT__WEBHOOK_SECRET"].encode(), message, hashlib.sha256)
    return {
        "x-hubspot-signature-v3": base64.b64encode(digest).decode(),
        "x-hubspot-request-timestamp": sent,
    }


def hubspot_event(deal: int, **changes: Any) -> dict[str, Any]:
    return {
        "eventId": 3181526811,
        "subscriptionId": 2211,
        "portalId": 144000001,
        "occurredAt": 1750339999870,
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": deal,
        "propertyName": "dealstage",
        "propertyValue": "closedwon",
    } | changes


def _stripe_signature(body: bytes, _: str) -> dict[str, str]:
    """Stripe docs: webhooks/signature."""
    sent = str(int(time.time()))
    secret = SECRETS["RACCORD_STRIPE__WEBHOOK_SECRET"].encode()
    digest = hmac.new(secret, sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={sent},v1={digest}"}


def stripe_event(invoice: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{invoice}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1793170800,
        "livemode": False,
        "type": "invoice.paid",
        "data": {"object": {"id": invoice, "object": "invoice", "status": "paid"}},
    } | changes


def _slack_signature(body: bytes, _: str) -> dict[str, str]:
    """Slack docs: authentication/verifying-requests-from-slack."""
    sent = str(int(time.time()))
    secret = SECRETS["RACCORD_SLACK__WEBHOOK_SECRET"].encode()
    digest = hmac.new(secret, b"v0:" + sent.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-slack-signature": f"v0={digest}", "x-slack-request-timestamp": sent}


def _slack_press(n: int) -> bytes:
    action = {"action_id": "raccord_0", "block_id": "b", "value": "retry", "type": "button"}
    payload = {
        "type": "block_actions",
        "user": {"id": "U0000000001"},
        "channel": {"id": "C0BILLING"},
        "message": {"ts": "1750339999.000100"},
        "actions": [action | {"action_ts": f"{1750339999 + n}.000200"}],
    }
    return _as_form(json.dumps(payload).encode())


def _as_form(payload: bytes) -> bytes:
    return b"payload=" + quote_from_bytes(payload).encode()


HUBSPOT = Door(
    name="hubspot",
    route="/webhooks/{connection}",
    path="/webhooks/hubspot",
    content_type="application/json",
    sign=_hubspot_signature,
    carry=lambda payload: payload,
    sample=lambda n: json.dumps([hubspot_event(n)]).encode(),
)
SLACK = Door(
    name="slack",
    route="/slack/actions",
    path="/slack/actions",
    content_type="application/x-www-form-urlencoded",
    sign=_slack_signature,
    carry=_as_form,
    sample=_slack_press,
)
STRIPE = Door(
    name="stripe",
    route="/webhooks/{connection}",
    path="/webhooks/stripe",
    content_type="application/json",
    sign=_stripe_signature,
    carry=lambda payload: payload,
    sample=lambda n: json.dumps(stripe_event(f"in_{n}")).encode(),
)


def _standard_signature(body: bytes, _: str) -> dict[str, str]:
    """standardwebhooks.com, spec/standard-webhooks.md: "Signature scheme"."""
    sent, id_ = str(int(time.time())), f"msg_{hashlib.sha256(body).hexdigest()[:16]}"
    secret = base64.b64decode(SECRETS["RACCORD_EVENTS__WEBHOOK_SECRET"].removeprefix("whsec_"))
    digest = hmac.digest(secret, f"{id_}.{sent}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": id_,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def told_event(type_: str = "deal.won", **data: Any) -> dict[str, Any]:
    return {"type": type_, "data": {"connection": "hubspot", "deal": "1"} | data}


EVENTS = Door(
    name="events",
    route="/webhooks/events",
    path="/webhooks/events",
    content_type="application/json",
    sign=_standard_signature,
    carry=lambda payload: payload,
    sample=lambda n: json.dumps(told_event(deal=str(n))).encode(),
)
DOORS = (HUBSPOT, SLACK, STRIPE, EVENTS)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def parse_answers(raw: bytes) -> list[Answer]:
    """Take apart what the receiver sent on one connection."""
    found = []
    while HEADERS_END in raw:
        top, _, raw = raw.partition(HEADERS_END)
        status, *lines = top.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        code = int(status.split(" ")[1])
        if "content-length" not in headers and code >= 200:
            length = len(raw)
        found.append(Answer(code, headers, raw[:length]))
        raw = raw[length:]
    return found


async def converse(
    port: int,
    *parts: bytes | float,
    within: float = 10,
    half_close: bool = False,
) -> list[Answer]:
    """Send bytes, waiting where a number of seconds stands between them; read until the receiver hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reading = asyncio.create_task(_read_all(reader))
    try:
        with suppress(ConnectionError):
            await _send(writer, parts)
            if half_close:
                writer.write_eof()
        return parse_answers(await asyncio.wait_for(reading, patience(within)))
    finally:
        writer.close()


async def _send(writer: asyncio.StreamWriter, parts: Sequence[bytes | float]) -> None:
    for part in parts:
        if isinstance(part, bytes):
            writer.write(part)
            await writer.drain()
        else:
            await asyncio.sleep(part)


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    raw = bytearray()
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            raw += chunk
    return bytes(raw)
