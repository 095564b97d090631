"""A server for a module of Pipedrive's tests, an account for each; its answers are held to the contract."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.pipedrive.bench import Pipedrive, pipedrive_bench


@pytest.fixture(scope="module")
async def served_pipedrive() -> AsyncIterator[Pipedrive]:
    async with pipedrive_bench() as pipedrive:
        yield pipedrive


@pytest.fixture
async def pipedrive(served_pipedrive: Pipedrive) -> AsyncIterator[Pipedrive]:
    await served_pipedrive.fresh()
    yield served_pipedrive
    assert served_pipedrive.contract.wrong == []
