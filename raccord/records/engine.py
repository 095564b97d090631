"""The two databases that records may lie in, made to behave alike.

What both promise: a reader sees one state and waits for nobody; one writer at a time, over all processes,
from its transaction's start, so that what it read first is still so when it writes; every commit is on disk
before it returns; whoever waits for another writer gives up after some seconds.

- SQLite: write-ahead log; a writer takes the file's write lock at once, instead of discovering a conflict in
  the middle of its transaction.
- PostgreSQL: a reader's transaction is repeatable and read-only; a writer takes an advisory lock of the
  database. The audit's head would make nearly all of them wait for one another anyway.
"""

from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, exc, make_url

BUSY_MILLISECONDS = 5000
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
_SQLITE, _POSTGRESQL = "sqlite", "postgresql+psycopg"
_DRIVERS = {
    "sqlite": _SQLITE,
    "sqlite+pysqlite": _SQLITE,
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    "postgresql+psycopg": _POSTGRESQL,
}
_WRITERS = 0x526163636F7264
"""The advisory lock of who writes: "Raccord" in ASCII, so that nobody else in this database takes it."""
_SESSION = {
    "lock_timeout": f"{BUSY_MILLISECONDS}ms",
    # A machine that vanished in the middle of a transaction holds up the others no longer than this.
    "idle_in_transaction_session_timeout": "30s",
    "synchronous_commit": "on",
}
_CONNECTION: dict[str, str | int] = {
    "application_name": "raccord",
    "connect_timeout": 5,
    # A server that vanished without a word is noticed within half a minute.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""libpq's parameters; those in the address win."""


class WrongAddress(ValueError):
    """An address of no database that records may lie in."""


class NoDriver(ImportError):
    """The database's driver is not installed."""


def address(text: str) -> URL:
    """Read a database's address. Raises `WrongAddress`, without its words: they may hold a password."""
    try:
        url = make_url(text)
        return url.set(drivername=_DRIVERS[url.drivername])
    except (exc.ArgumentError, KeyError, ValueError) as error:
        raise WrongAddress from error


def engine_of(url: URL) -> tuple[Engine, Engine]:
    """Return what to read with and what to write with. Nothing is opened. Raises `NoDriver`."""
    return _sqlite(url) if url.drivername == _SQLITE else _postgresql(url)


def _sqlite(url: URL) -> tuple[Engine, Engine]:
    # The driver must not begin transactions by itself: its BEGIN would not take the write lock.
    engine = create_engine(
        url, poolclass=NullPool, hide_parameters=True, connect_args={"isolation_level": None}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine, engine.execution_options(writes=True)


def _prepare_sqlite(dbapi_connection: Any, _: Any) -> None:
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> tuple[Engine, Engine]:
    if find_spec("psycopg") is None:
        raise NoDriver
    given = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=given)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    reads = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return reads, engine.execution_options(isolation_level="READ COMMITTED", writes=True)


def _prepare_postgresql(dbapi_connection: Any, _: Any) -> None:
    # Not as the start-up parameter `options`, which a PgBouncer in between refuses.
    setting = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SESSION.items())
    dbapi_connection.execute(f"SELECT {setting}")
    dbapi_connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
