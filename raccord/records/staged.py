"""Both sides while something is made of them: each record sealed, beside what joins it to others."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

from sqlalchemy import Connection, Table, and_, delete, exists, func, insert, select, update

from raccord.domain.values.base import Value
from raccord.sealing import KeyRing


class Stages(StrEnum):
    """What is listed, one list after the other; the last is what is made of them."""

    @property
    def following(self) -> Self:
        stages = list(type(self))
        return stages[min(stages.index(self) + 1, len(stages) - 1)]

    @property
    def last(self) -> Self:
        return list(type(self))[-1]


S = TypeVar("S", bound=Stages)


class Run(Value, Generic[S]):
    """Something under way: `after` is where the list of its stage goes on, empty at its beginning."""

    began_at: datetime
    stage: S
    after: str = ""

    def next(self, after: str) -> Self:
        """Return where the run is once a part was listed that goes on `after`, or not."""
        if after:
            return self.model_copy(update={"after": after})
        return self.model_copy(update={"stage": self.stage.following, "after": ""})


class StagedRow(Value):
    """One record of one side. `pair` joins both sides; `shown` is the invoice that a deal shows.

    One that could not be read has no content.
    """

    id: str
    pair: str = ""
    shown: str = ""
    content: str = ""


class Staged:
    """What is staged in a table whose rows are of one `run` each. Its methods are parts of a transaction."""

    def __init__(self, table: Table, run: str, keys: KeyRing, context: bytes) -> None:
        self._table = table
        self._run = run
        self._keys = keys
        self._context = context

    def put(self, tx: Connection, run: Any, side: str, rows: Sequence[StagedRow]) -> None:
        """Keep rows of one side; those that are there already are replaced."""
        values = [
            {
                self._run: run,
                "side": side,
                "id": row.id,
                "pair": row.pair,
                "shown": row.shown,
                "sealed": self._keys.seal(row.content.encode(), context=self._context),
            }
            for row in {row.id: row for row in rows}.values()
        ]
        if values:
            self.drop(tx, run, (side,), [row["id"] for row in values])
            tx.execute(insert(self._table), values)

    def drop(self, tx: Connection, run: Any, sides: Sequence[str], ids: Sequence[str]) -> None:
        columns = self._table.c
        its = and_(columns[self._run] == run, columns.side.in_(sides), columns.id.in_(ids))
        tx.execute(delete(self._table).where(its))

    def adopt(self, tx: Connection, run: Any, *, deals: str, invoices: str) -> None:
        """Join invoices without our reference to the deal that shows them."""
        columns, others = self._table.c, self._table.alias("deals")
        showing = and_(
            others.c[self._run] == run,
            others.c.side == deals,
            others.c.shown == columns.id,
        )
        shows = select(func.min(others.c.pair)).where(showing).scalar_subquery()
        alone = and_(
            columns[self._run] == run,
            columns.side == invoices,
            columns.pair == "",
            exists().where(showing),
        )
        tx.execute(update(self._table).where(alone).values(pair=shows))

    def plain(self, sealed: bytes) -> bytes:
        """Raises `UnknownKey`, `CannotUnseal`."""
        return self._keys.unseal(sealed, context=self._context)
