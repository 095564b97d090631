"""What may happen once ever: the first to claim a key keeps it, across restarts and processes."""

from datetime import UTC, datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import once


class Once:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, key: str, owner: str) -> bool:
        """Return True for the first owner who asks, and for that owner ever after; False for all others."""
        now = datetime.now(UTC)

        async def work(connection: AsyncConnection) -> bool:
            await insert_if_absent(connection, once, key=key, owner=owner, claimed_at=now)
            return await connection.scalar(_holder(key)) == owner

        return await self._database.write(work)

    async def holder(self, key: str) -> str | None:
        """Return who claimed a key, or None."""
        return await self._database.read(lambda connection: connection.scalar(_holder(key)))


def _holder(key: str) -> Select[str]:
    return select(once.c.owner).where(once.c.key == key)
