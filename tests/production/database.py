"""A PostgreSQL on a port, as a company runs one: it writes through, and comes back after it was killed."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg

from starters.embedded.processes import Process
from tests.front_door.stack import free_port, until
from tests.postgres import programs

USER = "raccord"
PASSWORD = "raccord-of-the-tests"
AS_NOBODY = [
    "/usr/bin/setpriv",
    *("--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=KILL"),
]


class DatabaseServer:
    """One server for Temporal and the records, with password authentication over TCP."""

    def __init__(self) -> None:
        found = programs()
        assert found
        self._programs = found
        self.port = free_port()
        # PostgreSQL refuses to run as root.
        self._user = AS_NOBODY if os.geteuid() == 0 else []
        self._place = Path(tempfile.mkdtemp(prefix="raccord-pg-"))
        if self._user:
            shutil.chown(self._place, "nobody", "nogroup")
        self.process = self._process()

    def _process(self) -> Process:
        options = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._place}",
        ]
        command = [str(self._programs / "postgres"), "-D", str(self._place / "data")]
        command += [part for each in options for part in ("-c", each)]
        return Process("postgres", [*self._user, *command], log=self._place / "postgres.log")

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    async def make(self, *databases: str) -> None:
        """Make the server and its databases, and start it."""
        secret = self._place / "password"
        secret.write_text(PASSWORD)
        if self._user:
            shutil.chown(secret, "nobody")
        made = [str(self._programs / "initdb"), "-D", str(self._place / "data"), "-U", USER]
        made += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8"]
        await asyncio.to_thread(self._run, [*self._user, *made])
        await self.start()
        for name in databases:
            await asyncio.to_thread(self.say, f"create database {name}")

    async def start(self) -> None:
        await self.process.start()
        await until(self._answers, what="PostgreSQL answers")

    async def dies(self) -> None:
        """Kill it with all its sessions, as a power cut does."""
        for pid in await asyncio.to_thread(self._family):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self.process.wait()
        self.process = self._process()

    def _family(self) -> list[int]:
        head = int((self._place / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
        return [head, *map(int, children)]

    async def _answers(self) -> bool:
        try:
            await asyncio.to_thread(self.say, "select 1")
        except subprocess.CalledProcessError:
            return False
        return True

    def say(self, statement: str) -> str:
        """Have a statement done and return what it returns."""
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                rows = connection.execute(statement.encode())
                return str(rows.fetchall()) if rows.description else ""
        except psycopg.OperationalError as error:
            raise subprocess.CalledProcessError(1, "psycopg", str(error)) from error

    async def close(self) -> None:
        await self.process.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, check=False, capture_output=True, cwd=self._place, text=True)
        assert done.returncode == 0, done.stderr
