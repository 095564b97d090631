"""A server for all of Pennylane's tests, a company for each."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.pennylane.bench import Pennylane, pennylane_bench


@pytest.fixture(scope="module")
async def served_pennylane() -> AsyncIterator[Pennylane]:
    async with pennylane_bench() as pennylane:
        yield pennylane


@pytest.fixture
async def pennylane(served_pennylane: Pennylane) -> Pennylane:
    await served_pennylane.fresh()
    return served_pennylane
