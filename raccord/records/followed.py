"""Parts of invoiced deals: a line item's or a company's event does not name the deal it concerns."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from raccord.records.database import Database
from raccord.records.tables import followed


class Followed:
    """Which flow a record belongs to, by the keys of `domain.desk.watch_key`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, flow: str, keys: Iterable[str]) -> None:
        """Follow exactly these records for a flow."""
        rows = [{"flow": flow, "key": key} for key in dict.fromkeys(keys)]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(followed).where(followed.c.flow == flow))
            if rows:
                await connection.execute(insert(followed), rows)

        await self._database.write(work)

    async def flows_of(self, key: str) -> tuple[str, ...]:
        """Return the flows that follow a record."""
        wanted = select(followed.c.flow).where(followed.c.key == key).order_by(followed.c.flow)
        return tuple(await self._database.read(lambda connection: connection.scalars(wanted)))
