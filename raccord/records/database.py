"""The records' database: short transactions, each run in one go on a thread of its own kind.

A unit of work never changes threads between two statements: handing each statement to a thread costs
several times what SQLite needs to run it. One thread writes and one reads, each with one connection.

Several processes (worker, receiver, command line) share one database: `raccord.records.engine` says how they
take turns.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, ColumnElement, Connection, Engine, Select, Table, exc, text
from sqlalchemy.dialects import postgresql, sqlite

from raccord.domain.values.message import message
from raccord.records.engine import NoDriver, WrongAddress, address, engine_of
from raccord.records.in_use import InUse, share
from raccord.records.work import Work
from raccord.texts.told import Told

T = TypeVar("T")

_AT_ONCE = 500
"""Values of one query; a database bounds them."""
_OUR_MISTAKES = (exc.IntegrityError, exc.DataError, exc.NotSupportedError)


class RecordsUnavailable(Told):
    """The database is locked, full, damaged, not migrated or out of reach. What was asked may be tried again.

    `str()` holds the database's own words, never values.
    """


def is_locked(error: RecordsUnavailable) -> bool:
    """Whether SQLite's file is well, and another process writes it for longer than one waits."""
    said = getattr(error.__cause__, "orig", None)
    # The low byte is the kind of an extended code (sqlite.org/rescode.html, section 2).
    return getattr(said, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


class Database:
    """Transactions on one database. Nothing is opened before the first of them.

    The URL is SQLite's or PostgreSQL's; `RecordsUnavailable` for any other one.
    What `reading` and `writing` describe runs in one transaction, rolled back when it raises, and
    raises `RecordsUnavailable`. A transaction that has begun runs to its end even if its caller is
    cancelled; one that has not begun by then never does.
    """

    def __init__(self, url: str) -> None:
        self._url, reads, writes = _opened(url)
        self._held: int | None = None
        # Writers queue behind one another here and not at SQLite's one write lock, which is not fair.
        # They have a thread to themselves: whoever waits for another process's lock holds up no reader.
        self._reader = _Lane(reads, "records-read")
        self._writer = _Lane(writes, "records-write")

    def take_place(self) -> None:
        """Create SQLite's file (mode 0600) and directory (mode 0700) where they are missing.

        From here on, and until this is closed, nobody restores a backup there.
        """
        if self._url.get_backend_name() != "sqlite" or not self._url.database:
            return
        file = Path(self._url.database)
        with _outages():
            if self._held is None:
                self._held = share(file)
            file.touch(mode=0o600)

    def reading(self, do: Callable[[Connection], T]) -> Work[T]:
        """Describe work that only reads, on one state of the database."""
        return Work(self.run, do, writes=False)

    def writing(self, do: Callable[[Connection], T]) -> Work[T]:
        """Describe work that holds the write lock from its transaction's start, and commits."""
        return Work(self.run, do, writes=True)

    async def run(self, work: Work[T]) -> T:
        """Do the work in a transaction of its own, beside the event loop."""
        return await (self._writer if work.writes else self._reader).run(work.do)

    def lasting(self, *, writes: bool) -> timedelta:
        """Return for how long the transaction under way has lasted; zero when there is none.

        Others wait for it, and nobody can end it.
        """
        return (self._writer if writes else self._reader).lasting

    async def close(self) -> None:
        """Wait for the transactions under way and close every connection. Nothing can be done afterwards."""
        await asyncio.gather(self._reader.close(), self._writer.close())
        if self._held is not None:
            os.close(self._held)
            self._held = None


class _Lane:
    """One thread and its one connection; what is asked of it is done one after the other."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._connection: Connection | None = None
        self._closed = False
        self._since: float | None = None

    @property
    def lasting(self) -> timedelta:
        since = self._since
        return timedelta(seconds=time.monotonic() - since) if since is not None else timedelta(0)

    async def run(self, do: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RecordsUnavailable(message("records.closed"))
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, do)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    def _transaction(self, do: Callable[[Connection], T]) -> T:
        self._since = time.monotonic()
        with _outages():
            try:
                connection = self._connected()
                with connection.begin():
                    return do(connection)
            except exc.DBAPIError:
                # It may be broken, or belong to a file that is no longer there.
                self._disconnect()
                raise
            finally:
                self._since = None

    def _connected(self) -> Connection:
        if self._connection and not _answers(self._connection):
            self._disconnect()
        self._connection = self._connection or self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()


def named(tx: Connection) -> str:
    """Name the database and its version."""
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[tx.dialect.name]
    return f"{name} {'.'.join(map(str, tx.dialect.server_version_info or ()))}".strip()


def connected(tx: Connection) -> tuple[tuple[str, datetime], ...]:
    """Return from which addresses others of us are connected to PostgreSQL, since when; a socket has none."""
    if tx.dialect.name == "sqlite":
        return ()
    # PostgreSQL, 27.2.3 pg_stat_activity; the name is the one that `raccord.records.engine` gives.
    rows = tx.execute(
        text(
            "SELECT coalesce(host(client_addr), ''), min(backend_start) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'raccord' AND pid <> pg_backend_pid() "
            "GROUP BY 1 ORDER BY 1"
        )
    )
    return tuple((where, since) for where, since in rows)


def insert_if_absent(tx: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless it would break a unique index; return whether it was inserted."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return tx.execute(statement, values).rowcount == 1


def pairs_among(
    tx: Connection, wanted: Select[Any], column: ColumnElement[str], values: Collection[str]
) -> dict[str, str]:
    """Return the selected pairs whose column is one of any number of values, in order among 500 values."""
    found: dict[str, str] = {}
    listed = list(values)
    for start in range(0, len(listed), _AT_ONCE):
        rows = tx.execute(wanted.where(column.in_(listed[start : start + _AT_ONCE])))
        found |= {row[0]: row[1] for row in rows}
    return found


def _opened(url: str) -> tuple[URL, Engine, Engine]:
    try:
        found = address(url)
        return found, *engine_of(found)
    except NoDriver as error:
        raise RecordsUnavailable(message("records.no_driver")) from error
    except WrongAddress as error:
        # The error's own words are left out: they may hold the password in the address.
        raise RecordsUnavailable(message("records.wrong_address")) from error


def _answers(connection: Connection) -> bool:
    """Whether the server is still there: it may have been started anew while nothing was asked of it."""
    held = connection.connection.dbapi_connection
    if held is None or connection.dialect.name == "sqlite":
        return held is not None
    try:
        return connection.dialect.do_ping(held)
    except connection.dialect.loaded_dbapi.Error:
        connection.invalidate()
        return False


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        if _is_our_mistake(error):
            raise
        raise RecordsUnavailable(message("records.says", said=_words(error.orig))) from error
    except InUse as error:
        place = error.said[0].named["place"]
        raise RecordsUnavailable(message("records.restoring", place=place)) from error
    except OSError as error:
        raise RecordsUnavailable(message("records.out_of_reach", said=str(error))) from error


def _is_our_mistake(error: exc.DBAPIError) -> bool:
    if isinstance(error, exc.ProgrammingError):
        # PostgreSQL calls a missing table or right so, and gives it a number; SQLite calls that an outage.
        return getattr(error.orig, "sqlstate", None) is None
    return isinstance(error, _OUR_MISTAKES)


def _words(error: BaseException | None) -> str:
    """Return the database's own sentence: PostgreSQL adds lines with the statement and with values."""
    sentence = getattr(getattr(error, "diag", None), "message_primary", None)
    # Of a server that does not answer, each line is followed by a question to the reader, set off by a tab.
    lines = (line for line in str(sentence or error).splitlines() if not line.startswith("\t"))
    return " ".join(" ".join(lines).split()).removesuffix(".")
