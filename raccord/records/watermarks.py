"""How far each sweep has looked, so that the next one begins there."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import watermarks
from raccord.records.work import Work


class Watermarks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Work[datetime | None]:
        """Return how far has been looked, aware; None when nobody has looked yet."""
        wanted = select(watermarks.c.at).where(watermarks.c.name == name)
        return self._database.reading(lambda tx: tx.scalar(wanted))

    def begin(self, name: str, at: datetime) -> Work[None]:
        """Set a mark that is not there; one that is stays."""

        def work(tx: Connection) -> None:
            insert_if_absent(tx, watermarks, name=name, at=at)

        return self._database.writing(work)

    def forget(self, name: str) -> Work[None]:
        gone = delete(watermarks).where(watermarks.c.name == name)

        def work(tx: Connection) -> None:
            tx.execute(gone)

        return self._database.writing(work)

    def advance(self, name: str, at: datetime) -> Work[None]:
        """Note that all up to an aware instant has been looked at; an earlier one changes nothing."""
        further = update(watermarks).where(watermarks.c.name == name, watermarks.c.at < at).values(at=at)

        def work(tx: Connection) -> None:
            if not insert_if_absent(tx, watermarks, name=name, at=at):
                tx.execute(further)

        return self._database.writing(work)
