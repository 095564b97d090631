"""A restore and whoever works with the records exclude one another, and nothing is left of the dead."""

import asyncio
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
        assert is_locked(refused.value)
        assert not file.exists()
    await records.migrate()
    await records.close()


def test_a_restore_is_alone_among_restores(file: Path) -> None:
    with alone(file), pytest.raises(InUse), alone(file):
        pytest.fail("two at once")


async def test_a_process_is_named_as_long_as_it_lives(file: Path, url: str, key_file: Path) -> None:
    worker = start_writer(url, key_file, "worker", 1)
    assert worker.stdout
    assert await asyncio.to_thread(worker.stdout.readline) == b"ready\n"
    with pytest.raises(InUse, match=rf"tests\.records\.writer .*\(pid {worker.pid}\)"), alone(file):
        pytest.fail("a worker is there")
    worker.kill()
    worker.communicate()
    with alone(file):
        pass
