"""Rows behind one locked head: in whose order, how far a walk goes, and what a failed append leaves."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from raccord.records import ledger
from raccord.records.chain import GENESIS, Break, hash_of
from raccord.records.database import Database, RecordsUnavailable
from raccord.records.records import Records
from tests.records.rows import fill, tampering

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
NOTE = {"kind": "note", "effect": "deal_won.end", "object": "hubspot:1", "actor": "raccord", "cause": "run-1"}


@pytest.fixture
async def database(records: Records, url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()


def append(database: Database, clear: Mapping[str, str] = NOTE) -> Any:
    def work(tx: Connection) -> None:
        ledger.append(tx, ledger.locked_head(tx), clear, at=AT, sealed=b"sealed")

    return database.writing(work)


async def walked(database: Database) -> list[dict[str, Any]]:
    return [row async for row in ledger.rows_of(database)]


async def test_a_row_is_appended_with_its_place_and_its_hash(database: Database) -> None:
    for _ in range(3):
        await append(database)
    rows = await walked(database)
    assert [row["sequence"] for row in rows] == [1, 2, 3]
    assert [row["previous"] for row in rows] == [GENESIS, rows[0]["hash"], rows[1]["hash"]]
    assert all(row["hash"] == hash_of(row) for row in rows)
    assert len({row["hash"] for row in rows}) == 3, "equal rows have their own hashes"
    assert (await ledger.verify(database)).head == rows[-1]["hash"]


async def test_columns_that_a_row_does_not_name_are_empty(database: Database) -> None:
    await append(database, NOTE)
    (row,) = await walked(database)
    assert [row[name] for name in ("key", "verdict", "request_hash")] == ["", "", ""]
    assert {name: row[name] for name in NOTE} == NOTE


async def test_the_head_is_moved_together_with_its_row_or_not_at_all(database: Database) -> None:
    await append(database)

    def fail_behind(tx: Connection) -> None:
        ledger.append(tx, ledger.locked_head(tx), NOTE, at=AT, sealed=b"")
        raise LookupError

    with pytest.raises(LookupError):
        await database.writing(fail_behind)
    await append(database)
    found = await ledger.verify(database)
    assert (found.ok, found.rows) == (True, 2)


async def test_simultaneous_appenders_of_two_connections_leave_no_gap(database: Database, url: str) -> None:
    other = Database(url)
    await asyncio.gather(*(append(each) for _ in range(20) for each in (database, other)))
    await other.close()
    rows = await walked(database)
    assert [row["sequence"] for row in rows] == list(range(1, 41))
    assert (await ledger.verify(database)).ok


@pytest.mark.parametrize("page", [1, 3, 9, 10, 11])
async def test_a_walk_by_pages_meets_every_row_once(
    records: Records, database: Database, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    await fill(records.audit)
    monkeypatch.setattr(ledger, "_PAGE", page)
    assert [row["sequence"] for row in await walked(database)] == list(range(1, 11))
    found = await ledger.verify(database)
    assert (found.ok, found.rows) == (True, 10)


@pytest.mark.parametrize("page", [3, 1000])
async def test_a_walk_ends_at_the_head_that_it_found(
    records: Records, database: Database, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    await fill(records.audit)
    monkeypatch.setattr(ledger, "_PAGE", page)
    seen = []
    async for row in ledger.rows_of(database):
        seen.append(row["sequence"])
        await append(database)
    assert seen == list(range(1, 11)), "what is appended meanwhile belongs to the next walk"
    assert (await ledger.verify(database)).rows == 20


@pytest.mark.parametrize("sequence", [1, 4, 10])
async def test_a_break_is_found_across_pages_and_the_rows_before_it_hold(
    records: Records, database: Database, url: str, monkeypatch: pytest.MonkeyPatch, sequence: int
) -> None:
    await fill(records.audit)
    intact = (await walked(database))[sequence - 2]["hash"] if sequence > 1 else GENESIS
    monkeypatch.setattr(ledger, "_PAGE", 3)
    with tampering(url) as intruder:
        intruder.execute("UPDATE audit SET actor = 'me' WHERE sequence = :sequence", sequence=sequence)
    found = await ledger.verify(database)
    assert (found.ok, found.why) == (False, Break.CHANGED)
    assert (found.broken_at, found.rows, found.head) == (sequence, sequence - 1, intact)


async def test_without_a_head_nothing_is_appended_or_proven_and_nothing_is_walked(
    records: Records, database: Database, url: str
) -> None:
    await fill(records.audit)
    with tampering(url) as intruder:
        intruder.execute("DELETE FROM audit_head")
    with pytest.raises(RecordsUnavailable, match="restore the database"):
        await append(database)
    found = await ledger.verify(database)
    assert (found.ok, found.rows, found.why) == (False, 0, Break.HEAD_MISSING)
    assert await walked(database) == []
