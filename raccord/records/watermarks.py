"""How far each sweep has looked, so that the next one begins there."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import watermarks


class Watermarks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> datetime | None:
        """Return how far has been looked, aware; None when nobody has looked yet."""
        wanted = select(watermarks.c.at).where(watermarks.c.name == name)
        return await self._database.read(lambda connection: connection.scalar(wanted))

    async def advance(self, name: str, at: datetime) -> None:
        """Note that all up to an aware instant has been looked at; an earlier one changes nothing."""
        further = update(watermarks).where(watermarks.c.name == name, watermarks.c.at < at).values(at=at)

        async def work(connection: AsyncConnection) -> None:
            if not await insert_if_absent(connection, watermarks, name=name, at=at):
                await connection.execute(further)

        await self._database.write(work)
