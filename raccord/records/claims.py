"""What may happen once ever: the first to claim a key keeps it, across restarts and processes."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Select, delete, select

from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import claims
from raccord.records.work import Work


class Claims:
    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, key: str, owner: str) -> Work[bool]:
        """Return True for the first owner who asks, and for that owner ever after; False for all others."""
        now = datetime.now(UTC)

        def work(tx: Connection) -> bool:
            insert_if_absent(tx, claims, key=key, owner=owner, claimed_at=now)
            return tx.scalar(_holder(key)) == owner

        return self._database.writing(work)

    def release(self, key: str) -> Work[None]:
        """Forget who claimed a key: it may be claimed anew."""
        gone = delete(claims).where(claims.c.key == key)
        return self._database.writing(lambda tx: tx.execute(gone).close())

    def holder(self, key: str) -> Work[str | None]:
        """Return who claimed a key, or None."""
        return self._database.reading(lambda tx: tx.scalar(_holder(key)))


def _holder(key: str) -> Select[str]:
    return select(claims.c.owner).where(claims.c.key == key)
