"""Child processes: each dies with the process that started it, and writes to a log file of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from raccord.machine import OUR_COMMAND

STOP_TIME = timedelta(seconds=20)
OURS_ALONE = 0o077
"""What children write, Temporal's database included, is for this user alone."""
_PANIC = "\npanic: "
_LAUNCH = Path(__file__).with_name("launch.py")


class Process:
    """One child process whose output goes to a log file.

    On Linux it is killed when we die, whatever kills us: see `starters.embedded.launch`. `holding`:
    descriptors that it inherits.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        holding: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment or {})
        self._holding = tuple(holding)
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
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._child = await asyncio.create_subprocess_exec(
                *_bound_to_us(self._command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | self._environment,
                start_new_session=True,
                pass_fds=self._holding,
                umask=OURS_ALONE,
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
            # Temporal says why, and then at length where in its code it was.
            said, _, _ = self.log.read_text("utf-8", errors="replace").partition(_PANIC)
            return "\n".join(said.splitlines()[-lines:])
        return ""


def raccord(
    name: str,
    *arguments: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
    holding: Sequence[int] = (),
) -> Process:
    """Describe one of our own commands as a process of its own."""
    command = [sys.executable, "-c", OUR_COMMAND, *arguments]
    return Process(name, command, log=log, environment=environment, holding=holding)


def _bound_to_us(command: list[str]) -> list[str]:
    if sys.platform != "linux":
        return command
    # Isolated and without site packages: it starts in 20 ms and imports nothing from where it runs.
    return [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *command]
