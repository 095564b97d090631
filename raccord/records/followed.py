"""Parts of invoiced deals: a line item's or a company's event does not name the deal it concerns."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, insert, select

from raccord.records.database import Database, pairs_among
from raccord.records.tables import followed
from raccord.records.work import Work


class Followed:
    """Which flow a record belongs to, by the keys of `domain.desk.watch_key`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow(self, flow: str, keys: Iterable[str]) -> Work[None]:
        """Follow exactly these records for a flow."""
        wanted = frozenset(keys)
        rows = [{"flow": flow, "key": key} for key in sorted(wanted)]
        now = select(followed.c.key).where(followed.c.flow == flow)

        def work(tx: Connection) -> None:
            if frozenset(tx.scalars(now)) == wanted:
                return
            tx.execute(delete(followed).where(followed.c.flow == flow))
            if rows:
                tx.execute(insert(followed), rows)

        return self._database.writing(work)

    def flows_of(self, keys: Collection[str]) -> Work[dict[str, str]]:
        """Return the flows that follow one of these records, each with it."""
        wanted = select(followed.c.flow, followed.c.key).order_by(followed.c.flow)
        return self._database.reading(lambda tx: pairs_among(tx, wanted, followed.c.key, keys))
