"""Records that somebody else holds locked: only who needs them is asked to come again, and in time."""

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.front_door.doors import DOORS, HUBSPOT, Door, Front, converse, hubspot_event
from tests.front_door.stack import until
from tests.patience import patience

DEADLINE = 2.0
OK, COME_AGAIN = 200, 503


@contextmanager
def locked(front: Front) -> Iterator[None]:
    """Hold the write lock, as a back-up or another process does."""
    holder = sqlite3.connect(front.lane.directory / "records.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


async def timed(front: Front, door: Door, body: bytes) -> tuple[int, float]:
    started = time.monotonic()
    (answer,) = await converse(front.port, door.request(body, front), within=30)
    return answer.status, time.monotonic() - started


async def test_what_cannot_be_kept_waits_no_longer_than_the_deadline_and_takes_nobody_s_place(
    front: Front,
) -> None:
    """More of them at once than there are places, at both doors, again and again."""
    with locked(front):
        for _ in range(3):
            unreadable = [timed(front, DOORS[n % 2], b"no JSON %d" % n) for n in range(70)]
            waiting = asyncio.gather(*unreadable)
            good = [await timed(front, HUBSPOT, HUBSPOT.sample(n)) for n in range(5)]
            found = await waiting
            slowest = max(seconds for _, seconds in found), max(seconds for _, seconds in good)
            print("slowest refusal {:.2f} s, slowest delivery {:.2f} s".format(*slowest))  # noqa: T201
            assert Counter(status for status, _ in found) == {COME_AGAIN: 70}
            assert Counter(status for status, _ in good) == {OK: 5}
            assert slowest[0] < patience(DEADLINE + 2)
            assert slowest[1] < patience(DEADLINE + 1)
    assert front.tracebacks() == 0

    async def kept() -> bool:
        return (await timed(front, HUBSPOT, b"no JSON 0"))[0] == OK

    await until(kept)


async def test_the_readable_events_beside_one_that_cannot_be_kept_are_durable_all_the_same(
    front: Front,
) -> None:
    body = json.dumps([hubspot_event(810_000 + n) for n in range(20)] + [{}]).encode()
    with locked(front):
        status, _ = await timed(front, HUBSPOT, body)
        assert status == COME_AGAIN

        async def durable() -> bool:
            found = [{waking.subject.id for waking in each.wakings} for each in await front.handed_over()]
            return {str(810_000 + n) for n in range(20)} in found

        await until(durable)
