"""Records of one test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from raccord.records.records import Records
from raccord.sealing import KeyRing


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "keys.json"))
    await opened.migrate()
    yield opened
    await opened.close()
