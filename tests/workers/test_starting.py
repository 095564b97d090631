"""A start waits for what starts or writes beside it, and ends where it is told to."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from raccord.records import engine
from raccord.records.database import RecordsUnavailable
from raccord.records.in_use import alone
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.receiver.serve import run_receiver
from tests.patience import patience
from tests.records.rows import writing_elsewhere
from tests.settings.written import configuration
from workers.run import run_worker
from workers.starting import Waiting, migrated

TOML = "[health]\nworker_port = 0\n[metrics]\nworker_port = 0\n"


class Told(Waiting):
    def __init__(self) -> None:
        super().__init__()
        self.first = asyncio.Event()

    def __call__(self, why: str) -> None:
        super().__call__(why)
        self.first.set()


@pytest.fixture
def loaded(tmp_path: Path) -> Configuration:
    return configuration(tmp_path, f'{TOML}[data]\ndirectory = "{tmp_path}"\n')


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "of-this-test.json")


async def test_a_file_that_another_process_writes_is_waited_for(
    loaded: Configuration, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PRAGMAS", ("PRAGMA busy_timeout = 10",))
    records = Records.open(loaded.settings.records_url, keys)
    await records.migrate()
    told = Told()
    async with asyncio.timeout(patience(20)):
        with writing_elsewhere(loaded.settings.records_url):
            starting = asyncio.create_task(migrated(records, loaded.settings.records_url, told))
            first = asyncio.create_task(told.first.wait())
            await asyncio.wait([starting, first], return_when=asyncio.FIRST_COMPLETED)
        await starting
    await records.close()


async def test_a_start_beside_a_restore_ends_and_begins_nothing_after_it(
    loaded: Configuration, keys: KeyRing
) -> None:
    """Whoever restores sets modes before anything starts: what was mailed since the backup is forgotten."""
    url, told = loaded.settings.records_url, Told()
    records, file = Records.open(url, keys), Path(url.removeprefix("sqlite:///"))
    async with asyncio.timeout(patience(20)):
        with alone(file), pytest.raises(RecordsUnavailable, match="nothing starts before it has ended"):
            await migrated(records, url, told)
    assert not told.first.is_set()
    assert not file.exists()
    await records.close()


async def test_a_file_that_is_no_database_is_not_waited_for(loaded: Configuration, keys: KeyRing) -> None:
    records, told = Records.open(loaded.settings.records_url, keys), Told()
    file = Path(loaded.settings.records_url.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"not a database" * 1000)
    with pytest.raises(RecordsUnavailable):
        await migrated(records, loaded.settings.records_url, told)
    assert not told.first.is_set()
    await records.close()


async def receive(configuration: Configuration, keys: KeyRing) -> None:
    await run_receiver(configuration, keys, ())


@pytest.mark.parametrize(
    ("run", "waits_in"),
    [
        (run_worker, "workers.run.migrated"),
        (run_worker, "workers.run.connect"),
        (receive, "starters.receiver.serve.migrated"),
        (receive, "starters.receiver.serve.connect_lazily"),
    ],
)
async def test_a_stop_ends_a_start_that_waits(
    loaded: Configuration,
    keys: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[[Configuration, KeyRing], Any],
    waits_in: str,
) -> None:
    stop = asyncio.Event()

    async def waits(*_: object, **__: object) -> None:
        stop.set()
        await asyncio.Event().wait()

    module = waits_in.rpartition(".")[0]
    monkeypatch.setattr(f"{module}.stop_event", lambda: stop)
    monkeypatch.setattr(waits_in, waits)
    async with asyncio.timeout(patience(10)):
        await run(loaded, keys)
