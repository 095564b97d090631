"""Children that are started again when they die, unless they die again and again; nothing outlives it."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog

from raccord.domain.values.message import message
from raccord.texts.told import Told
from starters.embedded.processes import Process

log = structlog.get_logger()

RESTART_PAUSE = timedelta(seconds=1)
MOST_DEATHS = 3
WITHIN = timedelta(minutes=5)

T = TypeVar("T")


class KeepsDying(Told):
    """A child died `MOST_DEATHS` times within `WITHIN`; `str()` has its name and last words."""


class Supervision:
    """Starts processes and keeps them running; an async context manager that stops them all in the end."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._keeping: list[asyncio.Task[None]] = []
        self._given_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # First, or they would start again what is stopped.
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        await self._stack.aclose()

    async def start(self, process: Process) -> None:
        """Start a process, and again whenever it dies; the last one started is the first one stopped."""
        await process.start()
        self._stack.push_async_callback(process.stop)
        self._keeping.append(asyncio.create_task(self._keep(process)))

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the work comes to. Raises `KeepsDying` as soon as a process does."""
        working = asyncio.create_task(work)
        try:
            either: list[asyncio.Future[Any]] = [working, self._given_up]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if self._given_up.done():
                self._given_up.result()
            return await working
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _keep(self, process: Process) -> None:
        deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        while True:
            status = await process.wait()
            log.warning("process.died", process=process.name, error=f"exit status {status}")
            deaths.append(time.monotonic())
            if len(deaths) == MOST_DEATHS and deaths[-1] - deaths[0] <= WITHIN.total_seconds():
                self._give_up(process, status)
                return
            await asyncio.sleep(RESTART_PAUSE.total_seconds())
            await process.start()

    def _give_up(self, process: Process, status: int) -> None:
        if not self._given_up.done():
            said = process.last_words()
            self._given_up.set_exception(
                KeepsDying(
                    message(
                        "up.keeps_dying",
                        name=process.name,
                        times=str(MOST_DEATHS),
                        minutes=str(WITHIN.seconds // 60),
                        status=str(status),
                        log=str(process.log),
                        said=said or "…",
                    )
                )
            )
