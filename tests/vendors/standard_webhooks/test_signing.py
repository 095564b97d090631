"""Events signed as Standard Webhooks has it, and an endpoint that does not take them."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from raccord.connectors.errors import ConnectorError, RateLimited, Transient
from raccord.domain.onboarding.event import OutboundEvent
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.standard_webhooks.connector import Endpoint, connect
from raccord.vendors.standard_webhooks.settings import EndpointSettings
from raccord.vendors.standard_webhooks.signing import headers
from tests.patience import patience
from tests.sandbox.serving import serving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
EVENT = OutboundEvent(
    key="onboarding/hubspot/7/out", about="hubspot:7", body='{"type":"customer.onboarding"}'
)


def test_the_published_vector() -> None:
    """Of the reference libraries (github.com/standard-webhooks, `test_sign_function` in each language)."""
    signed = headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
        [SECRET.encode()],
    )
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize(
    "secret",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_not base64 at all!",
        "whsec_" + "QUJD" * 4,
        "whsec_" + "QUJD" * 40,
    ],
)
def test_a_secret_that_is_no_key_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match=r"unfit\.whsec"):
        EndpointSettings.model_validate({"base_url": "https://hook.example/1", "webhook_secret": secret})


def test_events_go_over_https_alone() -> None:
    with pytest.raises(ValidationError, match=r"unfit\.https"):
        EndpointSettings.model_validate({"base_url": "http://hook.example/1", "webhook_secret": SECRET})


class Inbox:
    """What arrived, and what is answered to it."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = Response(status_code=204)

    async def take(self, request: Request) -> Response:
        self.received.append((str(request.url), dict(request.headers), await request.body()))
        return self.answer


@asynccontextmanager
async def endpoint(**more: Any) -> AsyncIterator[tuple[Inbox, Endpoint]]:
    inbox = Inbox()
    app = Starlette(routes=[Route("/{path:path}", inbox.take, methods=["GET", "POST"])])
    async with serving(app) as base:
        given = {"base_url": f"{base}/hook/1?a=b", "webhook_secret": SECRET, "timeout": patience(3)}
        port = connect("make", EndpointSettings.model_validate(given | more), BusinessClock())
        assert isinstance(port, Endpoint)
        try:
            yield inbox, port
        finally:
            await port.close()


def verified(received: tuple[str, dict[str, str], bytes], secret: str) -> bool:
    """Whether a receiver with this secret believes it, by the page alone."""
    _, sent, body = received
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return right in sent["webhook-signature"].split(" ")


async def test_an_event_arrives_at_the_configured_address_with_one_id_for_all_attempts() -> None:
    async with endpoint() as (inbox, port):
        await port.send(EVENT)
        await port.send(EVENT)
        first, second = inbox.received
    assert first[0].endswith("/hook/1?a=b")
    assert first[1]["webhook-id"] == second[1]["webhook-id"] == EVENT.id
    assert first[1]["content-type"] == "application/json"
    assert json.loads(first[2]) == {"type": "customer.onboarding"}
    assert verified(first, SECRET)
    assert not verified(first, OTHER)


@pytest.mark.parametrize(("until", "both"), [("2099-01-01", True), ("2020-01-01", False)])
async def test_while_secrets_are_exchanged_either_proves_it(until: str, both: bool) -> None:
    rotation = {"previous_webhook_secret": OTHER, "previous_webhook_secret_until": until}
    async with endpoint(**rotation) as (inbox, port):
        await port.send(EVENT)
    assert verified(inbox.received[0], SECRET)
    assert verified(inbox.received[0], OTHER) is both


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (404, Transient, r"did not take the event \(status 404\)"),
        (500, Transient, "status 500"),
        (410, Transient, "takes no more events"),
        (302, Transient, "not followed"),
        (429, RateLimited, "later"),
    ],
)
async def test_what_was_not_taken_is_sent_again_later(
    status: int, error: type[ConnectorError], said: str
) -> None:
    async with endpoint() as (inbox, port):
        inbox.answer = Response(status_code=status, headers={"location": "/elsewhere", "retry-after": "70"})
        with pytest.raises(ConnectorError, match=said) as raised:
            await port.send(EVENT)
        assert type(raised.value) is error
        assert len(inbox.received) == 1


async def test_nobody_there_is_told_by_the_probe_too() -> None:
    async with endpoint() as (_, port):
        await port.probe()
    async with endpoint(base_url="http://127.0.0.1:1/hook") as (_, port):
        for call in (port.probe(), port.send(EVENT)):
            with pytest.raises(Transient, match="cannot be reached"):
                await call
