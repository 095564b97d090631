"""The chain in the database: rows are appended under one locked head, and walked to verify them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, String, func, insert, select, type_coerce, update

from raccord.domain.values.base import Value
from raccord.domain.values.message import message
from raccord.records.chain import Break, Chain, hash_of
from raccord.records.database import Database, RecordsUnavailable
from raccord.records.tables import audit, audit_head, storable, text_of
from raccord.records.work import Work

_PAGE = 1000
_LOCKED_HEAD = select(audit_head).with_for_update()
_APPEND, _MOVE_HEAD = insert(audit), update(audit_head)
_ABSENT = {"key": "", "verdict": "", "request_hash": ""}


class Verification(Value):
    """What a walk over the chain found. `rows` hold; `broken_at` is the first sequence that does not."""

    ok: bool
    rows: int
    head: str
    """Hash of the last row that holds: noted elsewhere, it proves later that no row up to it changed."""
    broken_at: int | None = None
    why: Break | None = None


def locked_head(tx: Connection) -> Row[Any]:
    """Return the head and keep other appenders out until the transaction ends."""
    head = tx.execute(_LOCKED_HEAD).one_or_none()
    if head is None:
        raise RecordsUnavailable(message("records.no_head"))
    return head


def append(tx: Connection, head: Row[Any], clear: Mapping[str, str], *, at: datetime, sealed: bytes) -> None:
    """Append one row behind a locked head, at most once per transaction. Columns left out are empty."""
    place = {"sequence": head.sequence + 1, "previous": head.hash}
    kept = {name: storable(value) for name, value in clear.items()}
    stored = {**_ABSENT, **kept, **place, "at": text_of(at), "sealed": sealed}
    hashed = hash_of(stored)
    tx.execute(_APPEND, {**stored, "at": at, "hash": hashed})
    tx.execute(_MOVE_HEAD, {"sequence": head.sequence + 1, "hash": hashed})


async def rows_of(database: Database) -> AsyncIterator[dict[str, Any]]:
    """Yield the rows as they are stored, up to the head of this moment."""
    head = await _head(database)
    async for row in _rows(database, up_to=head["sequence"] if head else 0):
        yield row


async def verify(database: Database) -> Verification:
    """Walk the whole chain and compare its end with the head. Writers are not held up."""
    head, chain = await _head(database), Chain()
    if head is None:
        return _verification(chain, Break.HEAD_MISSING)
    async for row in _rows(database, up_to=head["sequence"]):
        if broken := chain.follow(row):
            return _verification(chain, broken)
    return _verification(chain, chain.end(head) or await _added(database))


async def _head(database: Database) -> dict[str, Any] | None:
    head = await database.reading(lambda tx: tx.execute(select(audit_head)).one_or_none())
    return None if head is None else head._asdict()


async def _rows(database: Database, *, up_to: int) -> AsyncIterator[dict[str, Any]]:
    # A transaction per page: a long one would keep SQLite from emptying its write-ahead log.
    stored = [column for column in audit.c if column is not audit.c.at]
    at = type_coerce(audit.c.at, String).label("at")
    after = 0
    while after < up_to:
        wanted = select(at, *stored).where(audit.c.sequence > after, audit.c.sequence <= up_to)
        page = await _page(database, wanted.order_by(audit.c.sequence).limit(_PAGE))
        for row in page:
            yield row._asdict()
        after = page[-1].sequence if page else up_to


def _page(database: Database, wanted: Select[*tuple[Any, ...]]) -> Work[Sequence[Row[*tuple[Any, ...]]]]:
    return database.reading(lambda tx: tx.execute(wanted).all())


async def _added(database: Database) -> Break | None:
    # One statement, so that head and count belong to the same moment while others append.
    counted = select(audit_head.c.sequence, select(func.count()).select_from(audit).scalar_subquery())
    written, found = await database.reading(lambda tx: tx.execute(counted).one())
    return Break.ADDED if found > written else None


def _verification(chain: Chain, why: Break | None) -> Verification:
    match why:
        case None:
            broken_at = None
        case Break.HEAD_CHANGED:
            broken_at = chain.length
        case _:
            broken_at = chain.length + 1
    return Verification(ok=why is None, rows=chain.length, head=chain.hash, broken_at=broken_at, why=why)
