from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.service.sweep import SweepActivities
from tests.workflows.house import House, house


@pytest.fixture(autouse=True)
def nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that skips time lists no flows by their attributes."""

    async def asking(_: object) -> list[str]:
        return []

    monkeypatch.setattr(f"{SweepActivities.__module__}._asking", asking)


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which nobody works yet."""
    async with house(tmp_path) as found:
        yield found
