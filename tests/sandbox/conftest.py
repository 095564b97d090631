"""Simulators served on loopback, one fresh per test."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.stripe_bench import Bench, Inbox, stripe_bench, webhook_inbox


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with stripe_bench() as served:
        yield served


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with webhook_inbox() as served:
        yield served
