"""What leaves for Slack, and what its official client must not add."""

import logging
from collections.abc import AsyncIterator

import pytest

from raccord.connectors.errors import AmbiguousWrite
from raccord.connectors.http.errors import Operation
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.settings import SlackSettings
from raccord.vendors.slack.wire import Success
from tests.vendors.slack.conftest import CHANNEL, TOKEN
from tests.vendors.slack.stub import Fault, Reply, Stub

READ, WRITE = Operation("find a person"), Operation("post a message", write=True)
CANARY = "jean@acme.example"


@pytest.fixture
async def client(stub: Stub) -> AsyncIterator[SlackClient]:
    given = {"base_url": stub.url, "bot_token": TOKEN, "channel": CHANNEL}
    client = SlackClient("slack", SlackSettings.model_validate(given))
    yield client
    await client.close()


async def post(client: SlackClient) -> None:
    await client.call(WRITE, client.api.chat_postMessage, Success, channel="C0", text="Été", thread_ts=None)


async def find(client: SlackClient) -> None:
    await client.call(READ, client.api.users_lookupByEmail, Success, email=CANARY)


async def test_a_request_of_ours_is_exactly_this(client: SlackClient, stub: Stub) -> None:
    await post(client)
    stub.on("GET users.lookupByEmail", {"ok": True})
    await client.call(READ, client.api.users_lookupByEmail, Success, email="a+b&c é@x.fr", force=True)
    written, asked = stub.seen
    assert written.body == '{"channel":"C0","text":"Été"}'.encode()
    assert written.headers["content-type"] == "application/json;charset=utf-8"
    assert asked.query == {"email": "a+b&c é@x.fr", "force": "1"}
    assert asked.body == b""
    for each in stub.seen:
        assert each.headers["authorization"] == f"Bearer {TOKEN}"


async def test_slacks_client_tells_nothing_of_this_machine(client: SlackClient, stub: Stub) -> None:
    await post(client)
    assert stub.seen[0].headers["user-agent"] == "raccord"


async def test_slacks_client_writes_no_request_and_no_answer_to_a_log(
    client: SlackClient, stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    stub.on("GET users.lookupByEmail", {"ok": True, "note": CANARY})
    with caplog.at_level(logging.DEBUG):
        await find(client)
    assert CANARY not in caplog.text
    assert TOKEN not in caplog.text


async def test_slacks_client_repeats_nothing(client: SlackClient, stub: Stub) -> None:
    stub.on("POST chat.postMessage", Reply(fault=Fault.RESET))
    with pytest.raises(AmbiguousWrite):
        await post(client)
    assert stub.count("POST chat.postMessage") == 1


async def test_a_connection_is_kept_for_the_next_request(client: SlackClient, stub: Stub) -> None:
    await post(client)
    await post(client)
    assert stub.connections == 1
