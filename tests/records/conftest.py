from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from raccord.records.records import Records
from raccord.sealing import KeyRing


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    return path


@pytest.fixture
def keys(key_file: Path) -> KeyRing:
    return KeyRing.load(key_file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "records.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
async def records(url: str, keys: KeyRing) -> AsyncIterator[Records]:
    opened = Records.open(url, keys)
    await opened.migrate()
    yield opened
    await opened.close()
