from collections.abc import AsyncIterator

import pytest

from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.vendors.pipedrive.account import Account, settings


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    """The simulator as it is at its start, without limits."""
    await served.reset()
    await served.option("pipedrive", rate_limits=False)
    return served


@pytest.fixture
def account(lab: Lab) -> Account:
    return Account(lab.http)


@pytest.fixture
async def crm(lab: Lab) -> AsyncIterator[PipedriveCrm]:
    """A connector whose account has every mapped field."""
    given = settings(base_url=f"{lab.base}/pipedrive")
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    await crm.set_up()
    yield crm
    await crm.close()
