"""Flows that a connection holds up: it is down, or refuses our credentials."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, select, update

from raccord.domain.values.base import Value
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import stuck
from raccord.records.work import Work

_ALL = select(stuck.c.held_by.label("connection"), stuck.c.flow, stuck.c.cause, stuck.c.since)


LOOK_EVERY = 5.0
"""Seconds between two looks of a process at what others noted."""


class StuckFlow(Value):
    """One flow that waits for a connection. `cause` is one word: `down`, `credentials`."""

    connection: str
    flow: str
    cause: str
    since: datetime


class Stuck:
    """Each attempt of each held-up step reports here, so what is noted already takes no write lock.

    So does each step that passes at once, which is nearly every step there is: that costs nothing.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._looked_at: float | None = None
        self._held: set[tuple[str, str]] = set()
        """What this process noted, as far as it knows."""
        self._passed: set[tuple[str, str]] = set()
        """What passed since the last look."""

    async def hold(self, connection: str, flow: str, cause: str) -> None:
        """Note that a connection holds a flow up; a new cause replaces the old, the first `since` stays."""
        self._held.add((connection, flow))
        self._passed.discard((connection, flow))
        if await self._cause(connection, flow) == cause:
            return
        row = {"held_by": connection, "flow": flow, "cause": cause, "since": datetime.now(UTC)}

        def work(tx: Connection) -> None:
            if not insert_if_absent(tx, stuck, **row):
                tx.execute(update(stuck).where(_row(connection, flow)).values(cause=cause))

        await self._database.writing(work)

    async def release(self, connection: str, flow: str) -> None:
        """Forget it: the flow got through, or is no more. Nothing when it was not held up."""
        self._held.discard((connection, flow))
        if await self._cause(connection, flow) is None:
            return
        gone = delete(stuck).where(_row(connection, flow))
        await self._database.writing(lambda tx: tx.execute(gone).close())

    async def passed(self, connection: str, flow: str) -> None:
        """Forget a flow whose step got through at once: a step before it may have been held up.

        What this process noted is forgotten at once, what another one did at the next look, of which
        there is one every `LOOK_EVERY` at most.
        """
        if (connection, flow) in self._held:
            await self.release(connection, flow)
            return
        self._passed.add((connection, flow))
        now = self._clock()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        noted = {(row.connection, row.flow) for row in await self.list()}
        passed, self._passed = self._passed, set()
        self._held &= noted
        for pair in sorted(passed & noted):
            await self.release(*pair)

    def of(self, connection: str) -> Work[tuple[StuckFlow, ...]]:
        """Return the flows that one connection holds up, the longest first."""
        return self._listed(_ALL.where(stuck.c.held_by == connection))

    def list(self) -> Work[tuple[StuckFlow, ...]]:
        """Return every held-up flow, the longest first."""
        return self._listed(_ALL)

    def _cause(self, connection: str, flow: str) -> Work[str | None]:
        wanted = select(stuck.c.cause).where(_row(connection, flow))
        return self._database.reading(lambda tx: tx.scalar(wanted))

    def _listed(self, wanted: Select[*tuple[object, ...]]) -> Work[tuple[StuckFlow, ...]]:
        ordered = wanted.order_by(stuck.c.since, stuck.c.flow)
        return self._database.reading(
            lambda tx: tuple(StuckFlow.model_validate(row._asdict()) for row in tx.execute(ordered))
        )


def _row(connection: str, flow: str) -> ColumnElement[bool]:
    return and_(stuck.c.held_by == connection, stuck.c.flow == flow)
