"""A server for all of Notion's tests, a workspace for each."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.notion.bench import Notion, notion_bench


@pytest.fixture(scope="module")
async def served_notion() -> AsyncIterator[Notion]:
    async with notion_bench() as notion:
        yield notion


@pytest.fixture
async def notion(served_notion: Notion) -> Notion:
    await served_notion.fresh()
    return served_notion
