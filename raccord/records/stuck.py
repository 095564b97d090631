"""Flows that a connection holds up: it is down, or refuses our credentials."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from raccord.domain.values.base import Value
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import stuck

_ALL = select(stuck.c.held_by.label("connection"), stuck.c.flow, stuck.c.cause, stuck.c.since)


class StuckFlow(Value):
    """One flow that waits for a connection. `cause` is one word: `down`, `credentials`."""

    connection: str
    flow: str
    cause: str
    since: datetime


class Stuck:
    """Each attempt of each held-up step reports here, so what is noted already takes no write lock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hold(self, connection: str, flow: str, cause: str) -> None:
        """Note that a connection holds a flow up; a new cause replaces the old, the first `since` stays."""
        if await self._cause(connection, flow) == cause:
            return
        row = {"held_by": connection, "flow": flow, "cause": cause, "since": datetime.now(UTC)}

        async def work(transaction: AsyncConnection) -> None:
            if not await insert_if_absent(transaction, stuck, **row):
                await transaction.execute(update(stuck).where(_row(connection, flow)).values(cause=cause))

        await self._database.write(work)

    async def release(self, connection: str, flow: str) -> None:
        """Forget it: the flow got through, or is no more. Nothing when it was not held up."""
        if await self._cause(connection, flow) is None:
            return
        gone = delete(stuck).where(_row(connection, flow))
        await self._database.write(lambda transaction: transaction.execute(gone))

    async def of(self, connection: str) -> tuple[StuckFlow, ...]:
        """Return the flows that one connection holds up, the longest first."""
        return await self._listed(_ALL.where(stuck.c.held_by == connection))

    async def list(self) -> tuple[StuckFlow, ...]:
        """Return every held-up flow, the longest first."""
        return await self._listed(_ALL)

    async def _cause(self, connection: str, flow: str) -> str | None:
        wanted = select(stuck.c.cause).where(_row(connection, flow))
        return await self._database.read(lambda transaction: transaction.scalar(wanted))

    async def _listed(self, wanted: Select[*tuple[object, ...]]) -> tuple[StuckFlow, ...]:
        ordered = wanted.order_by(stuck.c.since, stuck.c.flow)
        rows = await self._database.read(lambda transaction: transaction.execute(ordered))
        return tuple(StuckFlow.model_validate(row._asdict()) for row in rows)


def _row(connection: str, flow: str) -> ColumnElement[bool]:
    return and_(stuck.c.held_by == connection, stuck.c.flow == flow)
