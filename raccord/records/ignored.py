"""How often something authentic was acknowledged that no flow uses, by reason."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from raccord.domain.values.base import Value
from raccord.records.database import Database
from raccord.records.tables import ignored
from raccord.records.work import Work

MOST_REASONS = 200
OTHER = "other"
"""Where a reason is counted that is one too many."""


class IgnoredEvents(Value):
    """What one connection sent for nothing, for one reason."""

    source: str
    reason: str
    count: int
    last_at: datetime


class Ignored:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, counts: Mapping[tuple[str, str], int]) -> Work[None]:
        """Count these, by connection and reason."""
        now = datetime.now(UTC)

        def work(tx: Connection) -> None:
            for (source, reason), count in counts.items():
                _add(tx, source, reason, count, now)

        return self._database.writing(work)

    def list(self) -> Work[tuple[IgnoredEvents, ...]]:
        """Return the counts, the largest first."""
        wanted = select(ignored).order_by(ignored.c.count.desc(), ignored.c.source, ignored.c.reason)
        return self._database.reading(
            lambda tx: tuple(IgnoredEvents.model_validate(row._asdict()) for row in tx.execute(wanted))
        )


def _add(tx: Connection, source: str, reason: str, count: int, now: datetime) -> None:
    known = update(ignored).where(ignored.c.source == source, ignored.c.reason == reason)
    if tx.execute(known.values(count=ignored.c.count + count, last_at=now)).rowcount:
        return
    if reason != OTHER and (tx.scalar(select(func.count()).select_from(ignored)) or 0) >= MOST_REASONS:
        _add(tx, source, OTHER, count, now)
        return
    tx.execute(insert(ignored).values(source=source, reason=reason, count=count, last_at=now))
