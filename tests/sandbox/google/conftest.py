"""A server for all of Google's tests, an account for each."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.google.bench import Google, google_bench


@pytest.fixture(scope="module")
async def served_google() -> AsyncIterator[Google]:
    async with google_bench() as google:
        yield google


@pytest.fixture
async def google(served_google: Google) -> Google:
    await served_google.fresh()
    return served_google
