import asyncio
from collections.abc import AsyncIterator

import pytest

from raccord.domain.values.clock import BusinessClock
from raccord.vendors.stripe.connector import StripeBilling
from tests.vendors.stripe.samples import settings
from tests.vendors.stripe.stub import Stub


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    stub = Stub()
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0)
    stub.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield stub
    server.close()


@pytest.fixture
async def billing(stub: Stub) -> AsyncIterator[StripeBilling]:
    billing = StripeBilling(settings(stub.base_url), BusinessClock())
    yield billing
    await billing.close()
