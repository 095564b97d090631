from collections.abc import AsyncIterator

import pytest

from raccord.domain.values.clock import BusinessClock
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Stub, running
from tests.vendors.stripe.samples import refusal, settings


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running(refusal(404, "resource_missing", param="id")) as stub:
        yield stub


@pytest.fixture
async def billing(stub: Stub) -> AsyncIterator[StripeBilling]:
    billing = StripeBilling("stripe", settings(stub.url), BusinessClock())
    yield billing
    await billing.close()
