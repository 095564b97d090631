"""Our commands as processes of their own, forked from an interpreter that has loaded their modules.

Loading them takes 3 s of CPU, most of what the life of a process costs here, and the suite needs hundreds. So
one interpreter loads them (`tests.loaded`) and is forked for each. A child then runs the command's own entry
point, with words, environment, session and log as `starters.embedded.processes` gives them; it lives by its
own pid, and dies alone. Commands that begin as a user's shell begins them, an interpreter each, are in
`test_up`, `test_commands`, `test_demo_beside`, `test_production` and in `tests/cli`.
"""

import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path
from subprocess import CompletedProcess

from starters.embedded.launch import die_with
from starters.embedded.processes import OURS_ALONE, Process
from tests.patience import patience

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.loaded"])


def load() -> None:
    """Have the interpreter begin to load: what is forked first need not wait for all of it."""
    forkserver.ensure_running()


class Forked(Process):
    """One of our own commands. `errors`: where standard error goes, unless into the log as well."""

    def __init__(
        self,
        name: str,
        *words: str,
        log: Path,
        environment: Mapping[str, str],
        errors: Path | None = None,
    ) -> None:
        super().__init__(name, words, log=log, environment=environment)
        self._errors = errors or log
        self._pid: int | None = None
        self._end: asyncio.Future[int]

    @property
    def pid(self) -> int:
        if self._pid is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._pid

    @property
    def running(self) -> bool:
        return self._pid is not None and not self._end.done()

    async def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        given = os.environ | self._environment
        child = _FORKS.Process(target=_become, args=(self._command, given, self.log, self._errors))
        # In this thread: who reads a child's end elsewhere, as `start` does of others, would take it from us.
        child.start()
        loop = asyncio.get_running_loop()
        self._pid, self._end = child.pid, loop.create_future()

        def ended() -> None:
            loop.remove_reader(child.sentinel)
            child.join()
            self._end.set_result(child.exitcode or 0)
            child.close()

        loop.add_reader(child.sentinel, ended)

    async def wait(self) -> int:
        if self._pid is None:
            raise RuntimeError(f"{self.name} has not been started")
        return await asyncio.shield(self._end)


async def command(*words: str, environment: Mapping[str, str]) -> "CompletedProcess[str]":
    """Run one command to its end."""
    with tempfile.TemporaryDirectory() as directory:
        out, err = (Path(directory, name) for name in ("out", "err"))
        process = Forked(words[0], *words, log=out, environment=environment, errors=err)
        await process.start()
        try:
            status = await asyncio.wait_for(process.wait(), patience(170))
        finally:
            process.kill()
        return CompletedProcess(list(words), status, out.read_text("utf-8"), err.read_text("utf-8"))


def _become(words: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    """Be in a child what `starters.embedded.processes` makes of a new process, and run the command."""
    # With it, children would keep alive what they were forked from, and that them, when the tests are gone.
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]
    if sys.platform == "linux":
        die_with(os.getppid())
    os.setsid()
    os.umask(OURS_ALONE)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.stderr = open(2, "w", closefd=False, errors="backslashreplace", buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv[1:] = words
    from starters.cli.main import main  # noqa: PLC0415 - it is loaded; whoever only starts children needs it not

    main()
