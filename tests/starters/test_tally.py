"""Counting what is ignored: soon, and apart from the deliveries."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from raccord.records.records import Records
from raccord.sealing import KeyRing
from starters.receiver.tally import Tally
from tests.front_door.stack import until


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "keys.json"))
    await opened.migrate()
    yield opened
    await opened.close()


async def counted(records: Records) -> dict[str, int]:
    return {each.reason: each.count for each in await records.ignored.list()}


async def stopped(writing: asyncio.Task[None]) -> None:
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing


async def test_what_is_noted_is_written_down_soon(records: Records) -> None:
    tally = Tally(records)
    writing = asyncio.create_task(tally.keep_writing())
    for _ in range(3):
        tally.note("hubspot", ["ticket.creation", "other-account"])

    async def written() -> bool:
        return await counted(records) == {"ticket.creation": 3, "other-account": 3}

    await until(written)
    await stopped(writing)


async def test_what_is_left_is_written_down_in_the_end(records: Records) -> None:
    tally = Tally(records)
    writing = asyncio.create_task(tally.keep_writing())
    await asyncio.sleep(0)
    tally.note("hubspot", ["ticket.creation"])
    await stopped(writing)
    assert await counted(records) == {"ticket.creation": 1}


@pytest.mark.slow
async def test_locked_records_lose_no_count_and_hold_nobody_up(records: Records, tmp_path: Path) -> None:
    tally = Tally(records)
    holder = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(tally.keep_writing())
    tally.note("hubspot", ["ticket.creation"])

    async def refused() -> bool:
        """The write that waits for the lock has given up, and comes again."""
        return began.is_set() and not records.lasting(writes=True)

    began = asyncio.Event()

    async def waits() -> bool:
        if records.lasting(writes=True):
            began.set()
        return began.is_set()

    await until(waits)
    tally.note("hubspot", ["ticket.creation"])
    await until(refused)
    holder.execute("ROLLBACK")
    holder.close()

    async def written() -> bool:
        return await counted(records) == {"ticket.creation": 2}

    await until(written)
    await stopped(writing)
