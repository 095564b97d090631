from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from raccord.connectors.messenger import Messenger
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.slack import MESSENGER
from raccord.vendors.slack.settings import SlackSettings
from tests.vendors.slack.stub import Asked, Reply, Stub, no, ok, running

TOKEN = "xoxb-canary-token"
SECRET = "slack-test-signing-secret-9c1d"
CHANNEL = "C0123ABCD"
TS = "1790000000.000200"
MEMBERS = {"anne@example.fr": "U0ANNE", "bob@example.fr": "U0BOB"}

Connect = Callable[..., Messenger]


def member(asked: Asked) -> Reply:
    found = MEMBERS.get(asked.query["email"])
    return ok(user={"id": found, "deleted": False}) if found else no("users_not_found")


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running() as stub:
        stub.on("POST chat.postMessage", ok(channel=CHANNEL, ts=TS, message={"text": "x"}))
        stub.on("POST chat.update", ok(channel=CHANNEL, ts=TS, text="x"))
        stub.on("POST chat.postEphemeral", ok(message_ts="1790000001.000100"))
        stub.on("GET users.lookupByEmail", member)
        yield stub


@pytest.fixture
async def connect(stub: Stub) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:

        def made(**given: Any) -> Messenger:
            base = {"base_url": stub.url, "bot_token": TOKEN, "channel": CHANNEL, "team": "T012"}
            messenger = MESSENGER.connect(
                "slack", SlackSettings.model_validate(base | given), BusinessClock()
            )
            stack.push_async_callback(messenger.close)
            return messenger

        yield made


@pytest.fixture
def slack(connect: Connect) -> Messenger:
    return connect()
