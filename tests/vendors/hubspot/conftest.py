from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from raccord.connectors.crm import Crm
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.hubspot import CRM
from raccord.vendors.hubspot.settings import HubSpotSettings
from tests.vendors.hubspot.account import Account
from tests.vendors.hubspot.stub import Stub, running

TOKEN = "pat-eu1-canary-token"

Connect = Callable[..., Crm]


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running() as stub:
        yield stub


@pytest.fixture
def account(stub: Stub) -> Account:
    return Account(stub)


@pytest.fixture
async def connect(stub: Stub) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:

        def made(**given: Any) -> Crm:
            settings = HubSpotSettings.model_validate(
                {
                    "base_url": stub.url,
                    "access_token": TOKEN,
                    "account_id": 144000001,
                    "requests_per_second": 1000,
                }
                | given
            )
            crm = CRM.connect("hubspot", settings, BusinessClock())
            stack.push_async_callback(crm.close)
            return crm

        yield made


@pytest.fixture
def crm(connect: Connect) -> Crm:
    return connect()
