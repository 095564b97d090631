import asyncio
import os
import signal
from itertools import pairwise
from pathlib import Path

import pytest

from raccord.records.chain import GENESIS, Break, hash_of
from raccord.records.records import Records
from tests.records.processes import finished, let_go, start_writer
from tests.records.rows import Intruder, fill, intent, tampering

ROWS = 10
TEXTS = ("at", "kind", "key", "effect", "object", "actor", "cause", "verdict", "request_hash")


@pytest.fixture
async def filled(records: Records) -> Records:
    await fill(records.audit)
    return records


async def test_an_untouched_chain_holds(filled: Records) -> None:
    found = await filled.audit.verify()
    assert (found.ok, found.rows, found.broken_at, found.why) == (True, ROWS, None, None)


async def test_an_empty_chain_holds(records: Records) -> None:
    found = await records.audit.verify()
    assert (found.ok, found.rows, found.head) == (True, 0, GENESIS)


@pytest.mark.one_database  # the chain is computed here: all places and values on one, each kind on both
@pytest.mark.parametrize("sequence", range(1, ROWS + 1))
@pytest.mark.parametrize("column", TEXTS)
async def test_a_changed_text_is_found(filled: Records, url: str, column: str, sequence: int) -> None:
    with tampering(url) as intruder:
        changed = f"UPDATE audit SET {column} = {column} || 'x' WHERE sequence = :sequence"  # noqa: S608
        intruder.execute(changed, sequence=sequence)
    found = await filled.audit.verify()
    assert (found.ok, found.broken_at, found.why) == (False, sequence, Break.CHANGED)


@pytest.mark.one_database  # the chain is computed here: all places and values on one, each kind on both
@pytest.mark.parametrize("sequence", range(1, ROWS + 1))
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("sealed = substr(sealed, 1, length(sealed) - 1)", Break.CHANGED),
        ("sealed = hex(sealed)", Break.CHANGED),
        ("sealed = x''", Break.CHANGED),
        ("at = 7", Break.CHANGED),
        ("at = 7.5", Break.CHANGED),
        ("cause = CAST(cause AS BLOB)", Break.CHANGED),
        ("actor = cause, cause = actor", Break.CHANGED),
        ("hash = upper(hash) || '0'", Break.CHANGED),
        ("previous = 'f' || substr(previous, 2) || 'f'", Break.MOVED),
    ],
)
async def test_a_changed_value_of_any_type_is_found(
    filled: Records, url: str, change: str, why: Break, sequence: int
) -> None:
    with tampering(url) as intruder:
        intruder.execute(f"UPDATE audit SET {change} WHERE sequence = :sequence", sequence=sequence)  # noqa: S608
    found = await filled.audit.verify()
    assert (found.ok, found.broken_at, found.why) == (False, sequence, why)


@pytest.mark.one_database  # the chain is computed here: all places and values on one, each kind on both
@pytest.mark.parametrize("sequence", range(1, ROWS + 1))
async def test_a_deleted_row_is_found(filled: Records, url: str, sequence: int) -> None:
    with tampering(url) as intruder:
        intruder.execute("DELETE FROM audit WHERE sequence = :sequence", sequence=sequence)
    found = await filled.audit.verify()
    why = Break.TRUNCATED if sequence == ROWS else Break.MISSING
    assert (found.ok, found.broken_at, found.why) == (False, sequence, why)


@pytest.mark.one_database  # the chain is computed here: all places and values on one, each kind on both
@pytest.mark.parametrize("left", range(ROWS))
async def test_a_cut_tail_is_found(filled: Records, url: str, left: int) -> None:
    with tampering(url) as intruder:
        intruder.execute("DELETE FROM audit WHERE sequence > :left", left=left)
    found = await filled.audit.verify()
    assert (found.ok, found.broken_at, found.why) == (False, left + 1, Break.TRUNCATED)


def move(intruder: Intruder, origin: int, target: int) -> None:
    intruder.execute(
        "UPDATE audit SET sequence = :target WHERE sequence = :origin", target=target, origin=origin
    )


@pytest.mark.one_database  # the chain is computed here: all places and values on one, each kind on both
@pytest.mark.parametrize(("one", "other"), [(1, 2), (1, ROWS), (4, 5), (3, 8), (ROWS - 1, ROWS)])
async def test_swapped_rows_are_found(filled: Records, url: str, one: int, other: int) -> None:
    with tampering(url) as intruder:
        move(intruder, one, 99)
        move(intruder, other, one)
        move(intruder, 99, other)
    found = await filled.audit.verify()
    assert (found.ok, found.broken_at, found.why) == (False, one, Break.MOVED)


@pytest.mark.one_database  # the chain is computed here: all places and values on one, each kind on both
@pytest.mark.parametrize("sequence", range(1, ROWS + 1))
async def test_a_closed_gap_is_found(filled: Records, url: str, sequence: int) -> None:
    """Deleting a row, renumbering the rest and correcting the head's number is not enough."""
    with tampering(url) as intruder:
        intruder.execute("DELETE FROM audit WHERE sequence = :sequence", sequence=sequence)
        for later in range(sequence + 1, ROWS + 1):
            move(intruder, later, later - 1)
        intruder.execute("UPDATE audit_head SET sequence = sequence - 1")
    assert not (await filled.audit.verify()).ok


@pytest.mark.parametrize(
    ("change", "broken_at", "why"),
    [
        ("UPDATE audit SET actor = 'me' WHERE sequence = 3", 3, Break.CHANGED),
        ("UPDATE audit SET sealed = substr(sealed, 2) WHERE sequence = 10", 10, Break.CHANGED),
        ("UPDATE audit SET previous = hash WHERE sequence = 4", 4, Break.MOVED),
        ("DELETE FROM audit WHERE sequence = 5", 5, Break.MISSING),
        ("DELETE FROM audit WHERE sequence > 7", 8, Break.TRUNCATED),
    ],
)
async def test_tampering_is_found_where_it_was(
    filled: Records, url: str, change: str, broken_at: int, why: Break
) -> None:
    with tampering(url) as intruder:
        intruder.execute(change)
    found = await filled.audit.verify()
    assert (found.ok, found.broken_at, found.why) == (False, broken_at, why)


@pytest.mark.parametrize("place", [-1, 0, ROWS + 1, 99])
async def test_an_added_row_is_found(filled: Records, url: str, place: int) -> None:
    with tampering(url) as intruder:
        intruder.execute("CREATE TEMP TABLE forged AS SELECT * FROM audit WHERE sequence = 5")
        intruder.execute("UPDATE forged SET sequence = :place", place=place)
        intruder.execute("INSERT INTO audit SELECT * FROM forged")
    found = await filled.audit.verify()
    assert (found.ok, found.why) == (False, Break.ADDED)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE audit_head SET hash = 'x'", Break.HEAD_CHANGED),
        ("UPDATE audit_head SET sequence = 5", Break.HEAD_CHANGED),
        ("UPDATE audit_head SET sequence = 11", Break.TRUNCATED),
        ("DELETE FROM audit_head", Break.HEAD_MISSING),
    ],
)
async def test_a_changed_head_is_found(filled: Records, url: str, change: str, why: Break) -> None:
    with tampering(url) as intruder:
        intruder.execute(change)
    found = await filled.audit.verify()
    assert (found.ok, found.why) == (False, why)


def test_values_cannot_move_from_one_column_to_the_next() -> None:
    names = ("previous", "sequence", *TEXTS, "sealed")
    row = dict.fromkeys(names, "") | {"actor": "ab", "cause": "c"}
    assert hash_of(row) != hash_of(row | {"actor": "a", "cause": "bc"})
    assert hash_of(row | {"actor": b"ab"}) != hash_of(row)


@pytest.mark.slow
async def test_two_processes_append_one_gapless_chain(records: Records, url: str, key_file: Path) -> None:
    writers = [start_writer(url, key_file, name, 60) for name in ("left", "right")]
    await let_go(*writers)
    for number in range(20):
        await records.audit.note("deal_won.end", "hubspot:1", "raccord", f"run-{number}", {})
    for writer in writers:
        await finished(writer)
    found = await records.audit.verify()
    rows = [row async for row in records.audit.export()]
    assert (found.ok, found.rows) == (True, 2 * 60 * 2 + 20)
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    owners = [row["key"].split("/")[0] for row in rows if row["kind"] == "intent"]
    turns = sum(one != other for one, other in pairwise(owners))
    assert turns > 1, "the two never wrote at the same time"


async def test_a_chain_holds_while_others_append(records: Records) -> None:
    async def append() -> None:
        for number in range(50):
            await records.audit.note("deal_won.end", "hubspot:1", "raccord", f"run-{number}", {})

    async with asyncio.TaskGroup() as group:
        appending = group.create_task(append())
        while not appending.done():
            assert (await records.audit.verify()).ok


@pytest.mark.one_database  # starting processes is what takes long; test_migrate has them on both
@pytest.mark.slow
async def test_a_killed_writer_leaves_a_chain_that_holds(records: Records, url: str, key_file: Path) -> None:
    committed = 0
    for life in range(5):
        writer = start_writer(url, key_file, f"life-{life}", 100_000)
        await let_go(writer)
        assert writer.stdout
        for _ in range(7 + life):
            assert await asyncio.to_thread(writer.stdout.readline)
            committed += 1
        await asyncio.sleep(0.003 * life)
        os.kill(writer.pid, signal.SIGKILL)
        committed += len((await asyncio.to_thread(writer.communicate))[0].splitlines())
        found = await records.audit.verify()
        assert found.ok, found
        assert found.rows >= 2 * committed, "what was reported as written is there"
    assert (await records.audit.intend(intent("after"))).resumed is False
    assert (await records.audit.verify()).ok
