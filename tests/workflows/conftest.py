from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workflows.house import House, house


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which nobody works yet."""
    async with house(tmp_path) as found:
        yield found
