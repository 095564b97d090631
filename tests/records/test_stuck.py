import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from raccord.records.records import Records
from raccord.records.stuck import StuckFlow
from tests.patience import patience


def named(rows: tuple[StuckFlow, ...]) -> list[tuple[str, str, str]]:
    return [(row.connection, row.flow, row.cause) for row in rows]


async def test_flows_are_listed_by_what_holds_them_up(records: Records) -> None:
    await records.stuck.hold("stripe", "deal-won/hubspot/2", "down")
    await records.stuck.hold("stripe", "deal-won/hubspot/1", "down")
    await records.stuck.hold("hubspot", "deal-won/hubspot/1", "credentials")
    assert named(await records.stuck.of("stripe")) == [
        ("stripe", "deal-won/hubspot/2", "down"),
        ("stripe", "deal-won/hubspot/1", "down"),
    ]
    assert len(await records.stuck.list()) == 3


async def test_a_wait_counts_from_its_first_attempt(records: Records) -> None:
    await records.stuck.hold("stripe", "f", "down")
    (first,) = await records.stuck.of("stripe")
    await records.stuck.hold("stripe", "f", "down")
    assert await records.stuck.of("stripe") == (first,)
    await records.stuck.hold("stripe", "f", "credentials")
    assert await records.stuck.of("stripe") == (first.model_copy(update={"cause": "credentials"}),)


async def test_a_flow_that_got_through_is_forgotten(records: Records) -> None:
    await records.stuck.hold("stripe", "f", "down")
    await records.stuck.hold("stripe", "g", "down")
    await records.stuck.release("hubspot", "f")
    await records.stuck.release("stripe", "f")
    await records.stuck.release("stripe", "f")
    assert named(await records.stuck.list()) == [("stripe", "g", "down")]


async def test_simultaneous_reports_make_one_row(records: Records) -> None:
    await asyncio.gather(*(records.stuck.hold("stripe", "f", "down") for _ in range(8)))
    assert len(await records.stuck.list()) == 1


async def test_what_is_noted_already_waits_for_no_writer(records: Records, file: Path) -> None:
    await records.stuck.hold("stripe", "f", "down")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(patience(2)):
            await records.stuck.hold("stripe", "f", "down")
            await records.stuck.release("stripe", "unheard-of")
        other.execute("ROLLBACK")
