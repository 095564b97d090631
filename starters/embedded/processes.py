"""Child processes: started together, restarted when they die, stopped in order."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

log = structlog.get_logger()

STOP_TIME = timedelta(seconds=20)
RESTART_PAUSE = 1.0


class Process:
    """One child process whose output goes to a log file."""

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._command = list(command)
        self._log = log
        self._environment = dict(environment or {})
        self._child: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.returncode is None

    async def start(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as output:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | self._environment,
                start_new_session=True,
            )

    async def wait(self) -> int:
        if self._child is None:
            raise RuntimeError(f"{self.name} has not been started")
        return await self._child.wait()

    def kill(self) -> None:
        """Send SIGKILL: the process gets no chance to finish anything."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Send SIGTERM and wait; SIGKILL when it does not come down in time."""
        if not self.running:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_TIME.total_seconds()):
                await self.wait()
        except TimeoutError:
            self.kill()
            await self.wait()

    def last_words(self, lines: int = 15) -> str:
        """Return the end of the log, for a person who asks why it died."""
        with suppress(OSError):
            return "\n".join(self._log.read_text("utf-8", errors="replace").splitlines()[-lines:])
        return ""


def raccord(name: str, *arguments: str, log: Path, environment: Mapping[str, str] | None = None) -> Process:
    """Describe one of our own commands as a process of its own."""
    code = "from starters.cli.main import main; main()"
    return Process(name, [sys.executable, "-c", code, *arguments], log=log, environment=environment)


async def supervise(process: Process) -> None:
    """Keep a process running until cancelled: when it dies, say so and start it again."""
    while True:
        status = await process.wait()
        log.warning("process.died", process=process.name, error=f"exit status {status}")
        await asyncio.sleep(RESTART_PAUSE)
        await process.start()
