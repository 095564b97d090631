"""A restore and whoever works with the records exclude one another, and nothing is left of the dead."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from raccord.records.database import RecordsUnavailable, is_locked
from raccord.records.in_use import InUse, alone
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.records.processes import start_writer


async def test_many_work_at_once_and_no_restore_begins_beside_any(
    file: Path, url: str, keys: KeyRing
) -> None:
    workers = [Records.open(url, keys), Records.open(url, keys)]
    for worker in workers:
        await worker.migrate()
        await worker.migrate()
    for worker in workers:
        with pytest.raises(InUse, match="in use by a worker or starter"), alone(file):
            pytest.fail("somebody works there")
        await worker.close()
    with alone(file):
        pass


async def test_beside_a_restore_nothing_starts_and_nothing_is_made(
    file: Path, url: str, keys: KeyRing
) -> None:
    records = Records.open(url, keys)
    with alone(file):
        with pytest.raises(RecordsUnavailable, match="`raccord restore` puts a backup back") as refused:
            await records.migrate()
        assert not is_locked(refused.value)
        assert not file.exists()
    await records.migrate()
    await records.close()


def test_a_restore_is_alone_among_restores(file: Path) -> None:
    with alone(file), pytest.raises(InUse), alone(file):
        pytest.fail("two at once")


async def test_a_process_holds_them_as_long_as_it_lives(file: Path, url: str, key_file: Path) -> None:
    async with working(url, key_file):
        with pytest.raises(InUse, match="in use by"), alone(file):
            pytest.fail("a worker is there")
    with alone(file):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who has a file open, and only Linux has it")
async def test_a_process_is_named(file: Path, url: str, key_file: Path) -> None:
    async with working(url, key_file) as pid:
        with pytest.raises(InUse, match=rf"tests\.records\.writer .*\(pid {pid}\)"), alone(file):
            pytest.fail("a worker is there")


@asynccontextmanager
async def working(url: str, key_file: Path) -> AsyncIterator[int]:
    """Have a worker work on the records, and kill it."""
    worker = start_writer(url, key_file, "worker", 1)
    assert worker.stdout
    try:
        assert await asyncio.to_thread(worker.stdout.readline) == b"ready\n"
        yield worker.pid
    finally:
        worker.kill()
        worker.communicate()
