import asyncio
import random
import secrets
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from raccord.domain.values.deal import DealRef
from raccord.records.claims import Claims
from raccord.records.database import Database, RecordsUnavailable, connected, insert_if_absent
from raccord.records.records import Records
from raccord.records.tables import claims
from raccord.sealing import KeyRing
from tests.patience import patience
from tests.records.rows import fill, intent, tampering, writing_elsewhere


def create(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)


def read_head(tx: Connection) -> object:
    return tx.scalar(text("SELECT sequence FROM audit_head"))


async def test_a_database_is_created_private_from_nothing(file: Path, url: str, keys: KeyRing) -> None:
    records = Records.open(url, keys)
    assert not file.parent.exists(), "opening does no I/O"
    await records.migrate()
    await fill(records.audit)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}
    await records.close()


@pytest.mark.one_database  # SQLite's own settings
async def test_every_commit_is_on_disk_and_readers_do_not_wait(records: Records, url: str) -> None:
    database = Database(url)

    async def pragma(name: str) -> object:
        return await database.reading(lambda tx: tx.scalar(text(f"PRAGMA {name}")))

    assert await pragma("journal_mode") == "wal"
    assert await pragma("synchronous") == 2
    assert await pragma("foreign_keys") == 1
    assert await pragma("busy_timeout") == 5000
    await database.close()


async def test_reading_goes_on_while_somebody_writes(records: Records, url: str) -> None:
    await fill(records.audit)
    with writing_elsewhere(url):
        async with asyncio.timeout(patience(2)):
            assert (await records.audit.verify()).ok
            assert await records.links.customer("9f", "stripe") is None


async def test_a_locked_database_is_unavailable_and_then_works(
    records: Records, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raccord.records.engine._PRAGMAS", ("PRAGMA busy_timeout = 50",))
    monkeypatch.setattr("raccord.records.engine._SESSION", {"lock_timeout": "50ms"})
    impatient = Database(url)
    with writing_elsewhere(url), pytest.raises(RecordsUnavailable, match="lock"):
        await impatient.writing(read_head)
    assert await impatient.writing(read_head) == 0
    await impatient.close()


@pytest.mark.one_database  # only SQLite's can be filled here
async def test_a_full_database_is_unavailable_and_keeps_its_chain(records: Records, url: str) -> None:
    await fill(records.audit)
    database = Database(url)

    def outgrow(tx: Connection) -> None:
        tx.execute(text("PRAGMA max_page_count = 1"))
        tx.execute(text("UPDATE audit SET cause = cause || :more"), {"more": "x" * 100_000})

    with pytest.raises(RecordsUnavailable, match="full"):
        await database.writing(outgrow)
    await database.close()
    assert (await records.audit.verify()).ok


async def test_a_damaged_file_is_unavailable(file: Path, url: str, keys: KeyRing) -> None:
    create(file, b"not a database" * 100)
    records = Records.open(url, keys)
    with pytest.raises(RecordsUnavailable):
        await records.migrate()
    with pytest.raises(RecordsUnavailable):
        await records.links.deal(DealRef(connection="hubspot", id="1"), "stripe")
    await records.close()


async def test_an_unusable_place_is_unavailable(tmp_path: Path, keys: KeyRing) -> None:
    (tmp_path / "file").touch()
    records = Records.open(f"sqlite:///{tmp_path}/file/records.db", keys)
    with pytest.raises(RecordsUnavailable):
        await records.migrate()
    with pytest.raises(RecordsUnavailable):
        await records.claims.claim("k", "run")
    await records.close()


async def test_an_error_never_shows_values(records: Records, url: str) -> None:
    with tampering(url) as intruder:
        intruder.execute("DROP TABLE customer_links")
    with pytest.raises(RecordsUnavailable) as unavailable:
        await records.links.link_customer("canary-id", "stripe", "canary-customer", "canary-company")
    assert "canary" not in f"{unavailable.value} {unavailable.value.__cause__}"


async def test_cancelled_callers_leave_no_lock_and_no_gap(
    records: Records, file: Path, url: str, keys: KeyRing
) -> None:
    seed = secrets.randbits(32)
    chance = random.Random(seed)  # noqa: S311
    cancelled = 0
    for number in range(100):
        asked = asyncio.ensure_future(
            records.audit.intend(intent(f"k/{number}")) if number % 3 else records.audit.verify()
        )
        await asyncio.sleep(chance.random() * 0.008)
        cancelled += asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
    assert cancelled > 10
    await records.close()
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other:
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy, f"somebody still reads or writes (seed {seed})"
    again = Records.open(url, keys)
    found = await again.audit.verify()
    await again.close()
    assert found.ok, seed
    assert found.rows >= 66 - cancelled


class Held:
    """Work that claims a key and then waits, in the middle of its transaction."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, tx: Connection) -> None:
        insert_if_absent(tx, claims, key="held", owner="run", claimed_at=datetime.now(UTC))
        self.begun.set()
        assert self.let_go.wait(patience(30))


async def test_what_has_begun_ends_without_its_caller_and_what_has_not_never_does(
    records: Records, url: str
) -> None:
    database, held = Database(url), Held()
    begun = asyncio.ensure_future(database.writing(held))
    queued = asyncio.ensure_future(Claims(database).claim("queued", "run"))
    assert await asyncio.to_thread(held.begun.wait, patience(30))
    for task in (begun, queued):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    ending = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    assert not ending.done(), "closing waits for the transaction under way"
    held.let_go.set()
    await ending
    assert await records.claims.holder("held") == "run"
    assert await records.claims.holder("queued") is None


async def test_what_is_closed_is_unavailable(url: str, keys: KeyRing) -> None:
    records = Records.open(url, keys)
    await records.close()
    await records.close()
    with pytest.raises(RecordsUnavailable, match="closed"):
        await records.claims.claim("k", "run")


async def test_who_else_is_connected_to_a_server_is_known(records: Records, url: str, dialect: str) -> None:
    await records.claims.claim("k", "run")
    before, database = datetime.now(UTC), Database(url)
    found = await database.reading(connected)
    assert [where for where, _ in found] == ([""] if dialect == "postgresql" else [])
    assert all(since <= before for _, since in found)
    await database.close()


async def test_what_postgresql_has_no_place_for_is_kept_alike(records: Records) -> None:
    """A vendor's word with a NUL in it holds up nobody, and the chain over it holds."""
    assert await records.claims.claim("k\0", "run")
    assert not await records.claims.claim("k\0", "another")
    await records.audit.intend(intent("inv/\0", object="hubspot:\0", after={"name": "\0"}))
    assert (await records.audit.intend(intent("inv/\0"))).resumed
    await records.ignored.add({("stripe", "type:\0"): 1})
    await records.ignored.add({("stripe", "type:\0"): 1})
    assert [each.count for each in await records.ignored.list()] == [2]
    assert (await records.audit.verify()).ok


async def test_a_work_that_fails_leaves_nothing_behind(records: Records, url: str) -> None:
    database = Database(url)

    def fail(tx: Connection) -> None:
        insert_if_absent(tx, claims, key="k", owner="run", claimed_at=datetime.now(UTC))
        raise LookupError

    with pytest.raises(LookupError):
        await database.writing(fail)
    assert await Claims(database).holder("k") is None
    assert await Claims(database).claim("k", "another")
    await database.close()


async def test_a_row_that_is_there_is_not_inserted_again(records: Records, url: str) -> None:
    database, now = Database(url), datetime.now(UTC)
    absent = database.writing(lambda tx: insert_if_absent(tx, claims, key="k", owner="run", claimed_at=now))
    assert [await absent, await absent] == [True, False]
    with pytest.raises(IntegrityError):
        await database.writing(lambda tx: insert_if_absent(tx, claims, key="l", owner=None, claimed_at=now))
    await database.close()


async def test_waiting_writers_do_not_hold_up_readers(records: Records, url: str) -> None:
    with writing_elsewhere(url):
        claims = [asyncio.ensure_future(records.claims.claim(f"k/{n}", "run")) for n in range(50)]
        await asyncio.sleep(0.2)
        async with asyncio.timeout(patience(2)):
            assert await records.claims.holder("k/1") is None
    assert all(await asyncio.gather(*claims))
