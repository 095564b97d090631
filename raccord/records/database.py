"""The connection to the records' database: short transactions, one kind of error.

SQLite is shared by several processes (worker, receiver, command line): write-ahead log, so that
readers never wait; every commit on disk before it returns; writers take the write lock at once
instead of discovering a conflict in the middle of their transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Table, event, exc, insert, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")
Work: TypeAlias = Callable[[AsyncConnection], Awaitable[T]]

BUSY_MILLISECONDS = 5000
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
_OUR_MISTAKES = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)


class RecordsUnavailable(Exception):
    """The database is locked, full, damaged, not migrated or out of reach. What was asked may be tried again.

    `str()` holds the database's own words, never values.
    """


class Database:
    """Transactions on one database. Nothing is opened before the first of them.

    `read` and `write` run a function in one transaction, rolled back when it raises, and raise
    `RecordsUnavailable`. A transaction that has begun runs to its end even if its caller is
    cancelled: cancelled in the middle of a statement, the driver closes a connection whose
    statement is still open, and SQLite then keeps the write lock until the process dies
    (measured with aiosqlite 0.22, SQLAlchemy 2.1, Python 3.11).
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(writes=True)
        # Writers queue here and not in the pool: a burst of them would hold every connection while
        # they wait for SQLite's one write lock, and readers would be told that nothing is available.
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    def create_place(self) -> None:
        """Create SQLite's file (mode 0600) and directory (mode 0700) where they are missing."""
        if self._url.get_backend_name() != "sqlite" or not self._url.database:
            return
        file = Path(self._url.database)
        with _outages():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)

    async def read(self, work: Work[T]) -> T:
        """Run a function that only reads, on one state of the database."""
        return await self._to_its_end(self._read(work))

    async def write(self, work: Work[T]) -> T:
        """Run a function that holds the write lock from the transaction's start, and commit."""
        await self._turn.acquire()
        return await self._to_its_end(self._write(work))

    async def close(self) -> None:
        """Wait for the transactions under way and close every connection."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._engine.dispose()

    async def _read(self, work: Work[T]) -> T:
        with _outages():
            async with self._engine.connect() as connection:
                return await work(connection)

    async def _write(self, work: Work[T]) -> T:
        try:
            with _outages():
                async with self._writer.begin() as connection:
                    return await work(connection)
        finally:
            self._turn.release()

    async def _to_its_end(self, transaction: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(transaction)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)


async def insert_if_absent(connection: AsyncConnection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with the same key exists; return whether it was inserted."""
    try:
        async with connection.begin_nested():
            await connection.execute(insert(table).values(**values))
    except exc.IntegrityError:
        return False
    return True


def _engine(url: str) -> AsyncEngine:
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = create_async_engine(
        url,
        pool_size=5,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        # The driver must not begin transactions by itself: its BEGIN would not take the write lock.
        connect_args={"isolation_level": None} if is_sqlite else {},
    )
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _: Any) -> None:
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        if isinstance(error, _OUR_MISTAKES):
            raise
        raise RecordsUnavailable(f"The records' database says: {error.orig}.") from error
    except exc.TimeoutError as error:
        raise RecordsUnavailable("Every connection to the records' database is in use.") from error
    except OSError as error:
        raise RecordsUnavailable(f"The records' database is out of reach: {error}.") from error
