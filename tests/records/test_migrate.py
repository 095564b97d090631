"""From any database to the tables of this release: from nothing, twice, together, interrupted."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from raccord.records.database import Database, RecordsUnavailable
from raccord.records.migrate import is_current, revisions, upgrade
from raccord.records.records import Records
from raccord.records.tables import metadata
from raccord.sealing import KeyRing
from tests.records.processes import finished, let_go, start_writer
from tests.records.rows import fill, intent, tampering


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_migrating_twice_changes_nothing(records: Records) -> None:
    await fill(records.audit)
    await records.migrate()
    assert await records.migrated()
    assert (await records.audit.verify()).rows == 10


def test_files_are_named_after_the_migrations_in_them() -> None:
    config = Config()
    config.set_main_option("script_location", "raccord.records:migrations")
    newest_first = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert revisions() == tuple(reversed(newest_first))


async def test_a_database_without_tables_is_not_migrated(file: Path, url: str, keys: KeyRing) -> None:
    records = Records.open(url, keys)
    with pytest.raises(RecordsUnavailable):
        await records.migrated()
    file.parent.mkdir()
    file.touch()
    assert not await records.migrated()
    with pytest.raises(RecordsUnavailable):
        await records.audit.intend(intent())
    await records.close()


async def test_an_older_release_works_on_a_newer_database(records: Records, url: str) -> None:
    with tampering(url) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.execute("ALTER TABLE audit ADD COLUMN later TEXT")
    assert await records.migrated()
    await records.migrate()
    await fill(records.audit)
    assert (await records.audit.verify()).ok


@pytest.mark.slow
async def test_processes_that_start_together_migrate_once(url: str, key_file: Path, keys: KeyRing) -> None:
    writers = [start_writer(url, key_file, f"w{n}", 3) for n in range(4)]
    await let_go(*writers)
    for writer in writers:
        await finished(writer)
    records = Records.open(url, keys)
    assert (await records.audit.verify()).rows == 4 * 3 * 2
    await records.close()


async def test_migrations_lead_to_the_tables_of_the_code(records: Records, url: str) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    database = Database(url)
    assert await database.reading(differences) == []
    await database.close()


async def test_an_upgrade_that_is_interrupted_leaves_nothing_and_can_be_run_again(
    file: Path, url: str
) -> None:
    """The tables are the caller's transaction's: one of them alone would be taken for a whole database."""

    def interrupted(connection: Connection) -> None:
        upgrade(connection)
        assert set(metadata.tables) < tables(connection)
        raise LookupError

    database = Database(url)
    database.take_place()
    with pytest.raises(LookupError):
        await database.writing(interrupted)
    assert await database.reading(tables) == set()
    assert not await database.reading(is_current)
    await database.writing(upgrade)
    assert await database.reading(is_current)
    assert await database.reading(tables) == {*metadata.tables, "alembic_version"}
    await database.close()


async def test_an_upgrade_keeps_what_is_there(records: Records, url: str, keys: KeyRing) -> None:
    await fill(records.audit)
    await records.claims.claim("onboarding/1", "run-a")
    again = Records.open(url, keys)
    await again.migrate()
    assert (await again.audit.verify()).rows == 10
    assert await again.claims.holder("onboarding/1") == "run-a"
    await again.close()


@pytest.mark.parametrize(
    ("revision", "current"), [("0001", True), ("of a later release", True), (None, False)]
)
async def test_a_revision_that_is_unknown_is_a_newer_release(
    records: Records, url: str, revision: str | None, current: bool
) -> None:
    with tampering(url) as intruder:
        intruder.execute("DELETE FROM alembic_version")
        if revision:
            intruder.execute("INSERT INTO alembic_version VALUES (:revision)", revision=revision)
    assert await records.migrated() is current


async def test_an_older_worker_may_write_every_table_that_it_knows(records: Records, url: str) -> None:
    """A column that a later migration adds is nullable or has a default."""

    def unwritable(connection: Connection) -> list[str]:
        looked = inspect(connection)
        return [
            f"{table}.{column['name']}"
            for table in metadata.tables
            for column in looked.get_columns(table)
            if column["name"] not in metadata.tables[table].c
            and not column["nullable"]
            and column["default"] is None
        ]

    database = Database(url)
    assert await database.reading(unwritable) == []
    await database.close()
