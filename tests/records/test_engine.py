"""What an address may be, and what PostgreSQL alone can do to us."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from raccord.records.database import Database, RecordsUnavailable, insert_if_absent
from raccord.records.engine import WrongAddress, address
from raccord.records.records import Records
from raccord.records.tables import claims
from raccord.records.work import Work
from raccord.sealing import KeyRing
from tests.patience import patience
from tests.postgres import ROLE, Postgres
from tests.records.conftest import POSTGRESQL
from tests.records.rows import fill, intent, tampering

pytestmark = pytest.mark.one_database


@pytest.fixture
def dialect() -> str:
    return POSTGRESQL


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_may_be_named_as_people_name_it(scheme: str) -> None:
    found = address(f"{scheme}://raccord:p%40ss@db.example.test/records?sslmode=require")
    assert found.drivername == "postgresql+psycopg"
    assert (found.password, found.database, found.query["sslmode"]) == ("p@ss", "records", "require")


@pytest.mark.parametrize(
    "wrong",
    [
        "postgresql+asyncpg://a:canary@b/c",
        "sqlite+aiosqlite:///canary.db",
        "mysql://a:canary@b/c",
        "postgres://a:canary@b:port/c",
        "canary",
        "",
    ],
)
def test_any_other_address_is_refused_with_the_right_form(wrong: str) -> None:
    with pytest.raises(WrongAddress):
        address(wrong)
    with pytest.raises(RecordsUnavailable, match="postgresql://user:password@host/database") as refused:
        Database(wrong)
    assert "canary" not in str(refused.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raccord.records.engine.find_spec", lambda _: None)
    with pytest.raises(RecordsUnavailable, match=r"raccord\[postgres\]"):
        Database("postgresql://a@b/c")


async def test_every_text_is_compared_by_its_bytes(records: Records, database: Database) -> None:
    """Whatever the database's language: what is listed above a key is what we sort above it."""
    columns = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'character varying'"
        " AND collation_name IS DISTINCT FROM 'C'"
    )
    others = await database.reading(lambda tx: tx.scalars(text(columns)).all())
    assert others == ["alembic_version.version_num"]


async def test_a_server_started_anew_is_not_noticed(records: Records, server: Postgres, url: str) -> None:
    """Sessions that were idle meanwhile are opened again before anything is asked of them."""
    await fill(records.audit)
    assert await records.claims.holder("k") is None
    server.hang_up(url)
    assert await records.claims.holder("k") is None
    assert await records.claims.claim("k", "run")
    server.hang_up(url)
    assert await records.claims.holder("k") == "run"
    assert (await records.audit.verify()).ok


async def test_a_session_that_ends_in_the_middle_leaves_nothing(
    records: Records, database: Database, server: Postgres, url: str
) -> None:
    def cut_off(tx: Connection) -> None:
        insert_if_absent(tx, claims, key="k", owner="run", claimed_at=datetime.now(UTC))
        server.hang_up(url)
        tx.execute(text("SELECT 1"))

    with pytest.raises(RecordsUnavailable, match="terminating connection"):
        await database.writing(cut_off)
    assert await records.claims.holder("k") is None
    assert await records.claims.claim("k", "another")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("postgresql://{role}@/missing?host={place}", 'database "missing" does not exist'),
        ("postgresql://canari@/postgres?host={place}", 'role "canari" does not exist'),
        ("postgresql://{role}:canary@127.0.0.1:1/postgres", "Connection refused"),
        ("postgresql://{role}@/postgres?host={place}/nowhere", "No such file"),
    ],
)
async def test_what_cannot_be_reached_is_unavailable(
    server: Postgres, keys: KeyRing, wrong: str, said: str
) -> None:
    records = Records.open(wrong.format(role=ROLE, place=server.place), keys)
    async with asyncio.timeout(patience(10)):
        with pytest.raises(RecordsUnavailable, match=said) as refused:
            await records.migrated()
    assert "\n" not in str(refused.value)
    assert "canary" not in str(refused.value)
    await records.close()


async def test_missing_rights_are_unavailable(records: Records, server: Postgres, url: str) -> None:
    """As where somebody else made the tables."""
    with tampering(url) as owner:
        owner.execute("CREATE ROLE stranger LOGIN")
    stranger = Database(url.replace(f"{ROLE}@", "stranger@"))
    try:
        with pytest.raises(RecordsUnavailable, match="permission denied for table claims"):
            await stranger.reading(lambda tx: tx.scalar(text("SELECT owner FROM claims")))
    finally:
        await stranger.close()
        with tampering(url) as owner:
            owner.execute("DROP ROLE stranger")


async def test_an_outage_shows_no_values(records: Records, url: str) -> None:
    with tampering(url) as intruder:
        intruder.execute("ALTER TABLE audit RENAME TO away")
    with pytest.raises(RecordsUnavailable) as unavailable:
        await records.audit.intend(intent("canary", actor="canary"))
    assert str(unavailable.value) == 'The records\' database says: relation "audit" does not exist.'


async def test_who_reads_cannot_write(records: Records, database: Database) -> None:
    def write(tx: Connection) -> None:
        insert_if_absent(tx, claims, key="k", owner="run", claimed_at=datetime.now(UTC))

    with pytest.raises(RecordsUnavailable, match="read-only transaction"):
        await database.reading(write)


async def test_nobody_waits_for_ever(records: Records, database: Database) -> None:
    """Neither for another writer, nor for one whose machine vanished in the middle of its transaction."""

    def setting(name: str) -> Work[object]:
        return database.writing(lambda tx: tx.scalar(text(f"SHOW {name}")))

    assert await setting("lock_timeout") == "5s"
    assert await setting("idle_in_transaction_session_timeout") == "30s"
    assert await setting("synchronous_commit") == "on"
