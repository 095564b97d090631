"""`raccord backup` and `raccord restore`: whole or not at all, and never over what is there."""

import errno
import gzip
import json
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from raccord.records.in_use import alone, share
from raccord.sealing import KeyRing
from starters.embedded.archive import _unpack
from starters.embedded.lock import held
from tests.cli.conftest import Company
from tests.records.rows import fill


def flows(company: Company) -> Path:
    return company.database.with_name("temporal.db")


@pytest.fixture
def kept(company: Company) -> Company:
    """A company with ten audit rows, and a database of flows that somebody is writing to."""
    company.speak("en")
    company.remember(lambda records: fill(records.audit))
    with closing(sqlite3.connect(flows(company))) as temporal, temporal:
        temporal.execute("PRAGMA journal_mode = WAL")
        temporal.execute("CREATE TABLE executions (id TEXT)")
        temporal.execute("INSERT INTO executions VALUES ('deal-won/hubspot/1')")
    return company


@pytest.fixture
def written(kept: Company, tmp_path: Path) -> Path:
    """A backup of it."""
    file = tmp_path / "backup.tar.gz"
    done = kept.raccord("backup", str(file))
    assert done.exit_code == 0, done.output
    return file


def lose(company: Company) -> None:
    for name in ("records", "temporal"):
        for file in company.database.parent.glob(f"{name}.db*"):
            file.unlink()


def test_a_backup_is_restored_where_everything_was_lost(kept: Company, written: Path) -> None:
    lose(kept)
    done = kept.raccord("restore", str(written))
    assert done.exit_code == 0, done.output
    assert "The audit's chain holds: 10 rows" in done.output
    assert kept.raccord("audit", "verify").exit_code == 0
    with closing(sqlite3.connect(flows(kept))) as temporal:
        assert temporal.execute("SELECT id FROM executions").fetchall() == [("deal-won/hubspot/1",)]
    for file in (kept.database, flows(kept)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [file.name for file in kept.database.parent.glob(".*")] == []


def test_a_backup_is_for_its_owner_alone_and_holds_no_key(kept: Company, written: Path) -> None:
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    with tarfile.open(written) as archive:
        assert archive.getnames() == ["manifest.json", "temporal.db", "records.db"], "the records come last"
    keys = json.loads((kept.database.parent / "keys.json").read_bytes())["keys"]
    content = gzip.decompress(written.read_bytes())
    assert all(key.encode() not in content for key in keys.values())
    assert [file.name for file in written.parent.glob(".backup*")] == []


def test_what_others_write_meanwhile_waits_for_nothing_and_is_in_no_backup(
    kept: Company, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    with closing(sqlite3.connect(kept.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM audit")
        assert kept.raccord("backup", str(file)).exit_code == 0
        other.execute("ROLLBACK")
    lose(kept)
    assert "10 rows" in kept.raccord("restore", str(file)).output


def test_a_file_that_is_there_is_not_replaced(kept: Company, written: Path) -> None:
    before = written.read_bytes()
    done = kept.raccord("backup", str(written))
    assert (done.exit_code, "is there already" in done.output) == (1, True)
    assert written.read_bytes() == before


def test_without_data_there_is_nothing_to_back_up(company: Company, tmp_path: Path) -> None:
    company.speak("en")
    done = company.raccord("backup", str(tmp_path / "backup"))
    assert (done.exit_code, "nothing to back up" in done.output) == (1, True)
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("name", ["records.db", "records.db-wal", "temporal.db"])
def test_a_restore_replaces_nothing(kept: Company, written: Path, name: str) -> None:
    lose(kept)
    there = kept.database.with_name(name)
    there.write_bytes(b"somebody's")
    done = kept.raccord("restore", str(written))
    assert (done.exit_code, f"{name} is there already" in done.output) == (1, True)
    assert there.read_bytes() == b"somebody's"
    assert [file.name for file in there.parent.glob("*.db*")] == [name]


@pytest.mark.parametrize("name", ["records.db", "temporal.db", "temporal.db-wal", "temporal.db-journal"])
def test_what_comes_while_a_restore_is_under_way_is_not_replaced(
    kept: Company, written: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    lose(kept)
    there, unpack = kept.database.with_name(name), _unpack

    def beside_somebody(*given: Any) -> None:
        unpack(*given)
        there.write_bytes(b"somebody's")

    monkeypatch.setattr(f"{_unpack.__module__}._unpack", beside_somebody)
    done = kept.raccord("restore", str(written))
    assert (done.exit_code, f"{name} is there already" in done.output) == (1, True)
    assert there.read_bytes() == b"somebody's"
    assert [file.name for file in there.parent.glob("*.db*")] == [name]


def test_flows_never_appear_without_their_records(
    kept: Company, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(kept)
    seen, link = [], os.link

    def appear(part: Path, target: Path) -> None:
        seen.append((target.name, kept.database.exists()))
        link(part, target)

    monkeypatch.setattr(os, "link", appear)
    assert kept.raccord("restore", str(written)).exit_code == 0
    assert seen == [("records.db", False), ("temporal.db", True)]


def test_a_restore_needs_no_hard_links(kept: Company, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(part: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", str(part), None, str(target))

    lose(kept)
    monkeypatch.setattr(os, "link", refused)
    assert kept.raccord("restore", str(written)).exit_code == 0
    assert kept.database.exists()


def test_a_restore_says_what_nobody_knows_any_more_and_what_to_do_first(kept: Company, written: Path) -> None:
    lose(kept)
    *_, unknown, following = kept.raccord("restore", str(written)).output.strip().splitlines()
    assert "reminders, welcome mails" in unknown
    assert 'dunning = "shadow"' in following
    assert "raccord dunning list" in following


def test_a_restore_does_not_begin_beside_a_running_raccord(kept: Company, written: Path) -> None:
    lose(kept)
    with held(kept.database.parent, "`raccord up`"):
        done = kept.raccord("restore", str(written))
    assert (done.exit_code, "`raccord up` (pid" in done.output) == (1, True)
    assert not kept.database.exists()


def test_a_restore_does_not_begin_beside_a_worker_that_was_started_alone(
    kept: Company, written: Path
) -> None:
    lose(kept)
    worker = share(kept.database)
    done = kept.raccord("restore", str(written))
    assert done.exit_code == 1
    assert "are in use by" in done.output
    assert "Stop that first" in done.output
    assert not kept.database.exists()
    os.close(worker)
    assert kept.raccord("restore", str(written)).exit_code == 0


def test_no_command_works_with_the_records_while_a_restore_runs(kept: Company) -> None:
    with alone(kept.database):
        done = kept.raccord("inbox", "list")
    assert (done.exit_code, "`raccord restore` puts a backup back" in done.output) == (1, True)


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="only Linux tells who holds a file")
def test_a_restore_does_not_begin_under_a_worker_whose_data_was_removed(kept: Company, written: Path) -> None:
    with closing(sqlite3.connect(kept.database)) as worker:
        worker.execute("SELECT * FROM audit").fetchall()
        lose(kept)
        done = kept.raccord("restore", str(written))
    assert (done.exit_code, "still works with" in done.output) == (1, True)
    assert not kept.database.exists()


def test_another_key_is_noticed_before_anything_is_written(kept: Company, written: Path) -> None:
    lose(kept)
    kept.change_key()
    done = kept.raccord("restore", str(written))
    assert (done.exit_code, "under another key" in done.output) == (1, True)
    assert not kept.database.exists()
    (kept.database.parent / "keys.json").unlink()
    done = kept.raccord("restore", str(written))
    assert (done.exit_code, "put back the one" in done.output) == (1, True)


def test_a_key_that_was_active_once_will_do(kept: Company, written: Path) -> None:
    lose(kept)
    file = kept.database.parent / "keys.json"
    added = json.loads(file.read_bytes())
    file.unlink()
    KeyRing.create(file)
    newer = json.loads(file.read_bytes())
    both = {"active": "newer", "keys": added["keys"] | {"newer": newer["keys"][newer["active"]]}}
    file.write_text(json.dumps(both))
    assert kept.raccord("restore", str(written)).exit_code == 0


def damages(written: Path) -> Iterator[bytes]:
    content = written.read_bytes()
    yield b""
    yield b"not a backup"
    yield content[: len(content) // 2]
    yield content[: len(content) // 2] + bytes(64) + content[len(content) // 2 + 64 :]
    yield gzip.compress(b"not an archive")


@pytest.mark.parametrize("number", range(5))
def test_a_damaged_backup_restores_nothing(kept: Company, written: Path, number: int) -> None:
    written.write_bytes(list(damages(written))[number])
    lose(kept)
    done = kept.raccord("restore", str(written))
    assert done.exit_code == 1
    assert "damaged" in done.output
    assert list(kept.database.parent.glob("*.db*")) == []


def test_a_changed_database_in_a_backup_is_noticed(kept: Company, written: Path, tmp_path: Path) -> None:
    place = tmp_path / "unpacked"
    shutil.unpack_archive(written, place, "gztar", filter="data")
    with closing(sqlite3.connect(place / "records.db")) as intruder, intruder:
        intruder.execute("UPDATE audit SET actor = 'me'")
    with tarfile.open(written, "w:gz") as archive:
        for name in ("manifest.json", "temporal.db", "records.db"):
            archive.add(place / name, arcname=name)
    lose(kept)
    done = kept.raccord("restore", str(written))
    assert (done.exit_code, "records.db in the backup is damaged" in done.output) == (1, True)
    assert list(kept.database.parent.glob("*.db*")) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "backup",
            "pg_dump --format=custom --no-owner --file=raccord.dump 'postgresql://me@127.0.0.1:1/r?sslmode=require'",
        ),
        (
            "restore",
            "pg_restore --exit-on-error --single-transaction --no-owner --dbname='postgresql://me@127.0.0.1:1/r",
        ),
    ],
)
def test_on_postgresql_it_says_what_to_run_and_never_the_password(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.setenv(
        "RACCORD_DATABASE_URL", "postgres://me:canary@127.0.0.1:1/r?sslmode=require&sslpassword=canary"
    )
    file = tmp_path / "backup"
    if command == "restore":
        file.touch()
    done = company.raccord(command, str(file))
    assert done.exit_code == 1
    assert said in done.output
    assert "canary" not in done.output
