"""Simulators served on loopback: a server per module, an account per test."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.stripe_bench import Bench, Inbox, stripe_bench, webhook_inbox


@pytest.fixture(scope="module")
async def served_bench() -> AsyncIterator[Bench]:
    async with stripe_bench() as served:
        yield served


@pytest.fixture
async def bench(served_bench: Bench) -> Bench:
    await served_bench.start_over()
    return served_bench


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with webhook_inbox() as served:
        yield served
