"""Flows that a connection holds up: it is down, or refuses our credentials or what they may do."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, select, update

from raccord.domain.values.base import Value
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import stuck
from raccord.records.work import Work
from raccord.sealing import KeyRing

_ALL = select(stuck)
_CONTEXT = b"stuck"
_NOTED_EVERY = timedelta(minutes=1)
"""Flows may fail every second; that one still does is worth a write once a minute."""


LOOK_EVERY = 5.0
"""Seconds between two looks of a process at what others noted."""


class StuckFlow(Value):
    """One flow that waits for a connection. `cause` is one word: `down`, `credentials`.

    `met_at` is when an attempt last failed for it, `said` the connector's sentence then, with the
    permission that is missing; both a minute behind at most.
    """

    connection: str
    flow: str
    cause: str
    since: datetime
    met_at: datetime
    said: str = ""


class Stuck:
    """Each attempt of each held-up step reports here, so what is noted already takes no write lock.

    So does each step that passes at once, which is nearly every step there is: that costs nothing.
    """

    def __init__(
        self, database: Database, keys: KeyRing, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._looked_at: float | None = None
        self._held: set[tuple[str, str]] = set()
        """What this process noted, as far as it knows."""
        self._passed: set[tuple[str, str]] = set()
        """What passed since the last look."""

    async def hold(self, connection: str, flow: str, cause: str, said: str = "") -> None:
        """Note that a connection holds a flow up; a new cause replaces the old, the first `since` stays."""
        self._held.add((connection, flow))
        self._passed.discard((connection, flow))
        now = datetime.now(UTC)
        noted = await self._noted(connection, flow)
        if noted and noted[0] == cause and now - noted[1] < _NOTED_EVERY:
            return
        sealed = self._keys.seal(said.encode(), context=_CONTEXT)
        met: dict[str, Any] = {"met_at": now, "cause": cause, "sealed": sealed}
        row = {"held_by": connection, "flow": flow, "since": now} | met

        def work(tx: Connection) -> None:
            if noted or not insert_if_absent(tx, stuck, **row):
                tx.execute(update(stuck).where(_row(connection, flow)).values(**met))

        await self._database.writing(work)

    async def release(self, connection: str, flow: str) -> None:
        """Forget it: the flow got through, or is no more. Nothing when it was not held up."""
        self._held.discard((connection, flow))
        if await self._noted(connection, flow) is None:
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
        noted = {(row.connection, row.flow) for row in await self.noted()}
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

    def noted(self) -> Work[tuple[StuckFlow, ...]]:
        """Return every held-up flow, the longest first, without what was said: that takes no key."""
        return self._listed(_ALL, unsealing=False)

    def _noted(self, connection: str, flow: str) -> Work[tuple[str, datetime] | None]:
        wanted = select(stuck.c.cause, stuck.c.met_at).where(_row(connection, flow))

        def work(tx: Connection) -> tuple[str, datetime] | None:
            found = tx.execute(wanted).one_or_none()
            return (found.cause, found.met_at) if found else None

        return self._database.reading(work)

    def _listed(
        self, wanted: Select[*tuple[object, ...]], *, unsealing: bool = True
    ) -> Work[tuple[StuckFlow, ...]]:
        ordered = wanted.order_by(stuck.c.since, stuck.c.flow)
        return self._database.reading(
            lambda tx: tuple(
                StuckFlow(
                    connection=row.held_by,
                    flow=row.flow,
                    cause=row.cause,
                    since=row.since,
                    met_at=row.met_at,
                    said=self._keys.unseal(row.sealed, context=_CONTEXT).decode() if unsealing else "",
                )
                for row in tx.execute(ordered)
            )
        )


def _row(connection: str, flow: str) -> ColumnElement[bool]:
    return and_(stuck.c.held_by == connection, stuck.c.flow == flow)
