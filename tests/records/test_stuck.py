import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from raccord.records.database import Database, RecordsUnavailable
from raccord.records.records import Records
from raccord.records.stuck import LOOK_EVERY, Stuck, StuckFlow
from raccord.sealing import KeyRing
from tests.patience import patience
from tests.records.rows import tampering, writing_elsewhere


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
    (second,) = await records.stuck.of("stripe")
    assert (second.cause, second.since) == ("credentials", first.since)
    assert second.met_at > first.met_at


async def test_what_was_said_is_kept_and_sealed(records: Records, file: Path) -> None:
    sentence = "The key lacks “Customers: write”."
    await records.stuck.hold("stripe", "f", "credentials", sentence)
    await records.stuck.hold("stripe", "f", "credentials", "Another sentence.")
    (row,) = await records.stuck.of("stripe")
    assert row.said == sentence
    assert not any(b"Customers" in each.read_bytes() for each in file.parent.iterdir())


@pytest.mark.one_database
async def test_what_was_said_under_a_lost_key_stops_no_step_that_passes(
    records: Records, url: str, tmp_path: Path
) -> None:
    await records.stuck.hold("stripe", "f", "down", "It does not answer.")
    keyless = Records.open(url, KeyRing.create(tmp_path / "others.json"))
    await keyless.stuck.passed("stripe", "f")
    await keyless.close()
    assert await records.stuck.list() == ()


async def test_the_vendors_last_answer_is_kept(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{Stuck.__module__}._NOTED_EVERY", timedelta(0))
    for sentence in ("It does not answer.", "It answered with status 503."):
        await records.stuck.hold("stripe", "f", "down", sentence)
    (row,) = await records.stuck.of("stripe")
    assert row.said == "It answered with status 503."


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


async def test_what_is_noted_already_waits_for_no_writer(records: Records, url: str) -> None:
    await records.stuck.hold("stripe", "f", "down")
    with writing_elsewhere(url):
        async with asyncio.timeout(patience(2)):
            await records.stuck.hold("stripe", "f", "down")
            await records.stuck.release("stripe", "unheard-of")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def here(records: Records, url: str, clock: Clock, keys: KeyRing) -> AsyncIterator[Stuck]:
    """The list as one process sees it; `records.stuck` is another process."""
    database = Database(url)
    yield Stuck(database, keys, clock=clock)
    await database.close()


async def test_what_this_process_noted_is_forgotten_when_the_flow_passes(here: Stuck) -> None:
    await here.passed("stripe", "before")
    await here.hold("stripe", "f", "down")
    await here.passed("stripe", "f")
    assert await here.list() == ()


async def test_what_another_process_noted_is_forgotten_at_the_next_look(
    here: Stuck, records: Records, clock: Clock
) -> None:
    await here.passed("stripe", "before")
    for flow in ("f", "g"):
        await records.stuck.hold("stripe", flow, "down")
    await here.passed("stripe", "f")
    assert named(await here.list()) == [("stripe", "f", "down"), ("stripe", "g", "down")]
    clock.now += LOOK_EVERY
    await here.passed("hubspot", "another")
    assert named(await here.list()) == [("stripe", "g", "down")]


async def test_a_flow_that_was_held_up_again_after_it_passed_stays_noted(here: Stuck, clock: Clock) -> None:
    await here.passed("stripe", "before")
    await here.passed("stripe", "f")
    await here.hold("stripe", "f", "down")
    clock.now += LOOK_EVERY
    await here.passed("stripe", "another")
    assert named(await here.list()) == [("stripe", "f", "down")]


async def test_passing_asks_nothing_of_the_database_between_two_looks(here: Stuck, url: str) -> None:
    await here.passed("stripe", "first")
    with tampering(url) as intruder:
        intruder.execute("DROP TABLE stuck")
    for number in range(3):
        await here.passed("stripe", f"f/{number}")


async def test_what_passed_while_the_records_were_away_is_not_lost(
    here: Stuck, records: Records, url: str, clock: Clock
) -> None:
    await records.stuck.hold("stripe", "f", "down")
    with tampering(url) as intruder:
        intruder.execute("ALTER TABLE stuck RENAME TO away")
    with pytest.raises(RecordsUnavailable):
        await here.passed("stripe", "f")
    with tampering(url) as intruder:
        intruder.execute("ALTER TABLE away RENAME TO stuck")
    clock.now += LOOK_EVERY
    await here.passed("stripe", "another")
    assert await here.list() == ()
