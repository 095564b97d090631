from collections.abc import AsyncIterator

import pytest

from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    """The simulators as they are at their start."""
    await served.reset()
    return served
