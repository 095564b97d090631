from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.http.client import HttpClient
from tests.connectors.stub import Reply, Stub, running

Connect = Callable[..., HttpClient]


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running(Reply(b"", 404), prefix="/api") as stub:
        yield stub


@pytest.fixture
async def connect(stub: Stub) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:

        def made(*, rate: float = 1000, **given: Any) -> HttpClient:
            settings = ConnectionSettings(**{"vendor": "acme", "base_url": stub.url, "timeout": 0.8} | given)
            client = HttpClient("acme", settings, requests_per_second=rate)
            stack.push_async_callback(client.close)
            return client

        yield made
