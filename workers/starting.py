"""Starting beside servers that start too: waiting for them, and saying what for."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from raccord.records.database import RecordsUnavailable, is_locked
from raccord.records.records import Records

log = structlog.get_logger()

T = TypeVar("T")

PATIENCE = timedelta(minutes=1)
"""How long a process waits for what it needs, before it ends and whoever started it tries again."""


class Waiting:
    """Says once why a process that was started does not work yet, and again when the reason changes."""

    def __init__(self) -> None:
        self._told = ""

    def __call__(self, why: str) -> None:
        if why != self._told:
            log.warning("start.waiting", error=why)
        self._told = why


async def migrated(records: Records, url: str, waiting: Callable[[str], object]) -> None:
    """Have the tables made. A database server gets time to start, and who writes a file to end.

    Beside a restore nobody waits: it forgets what was mailed since the backup, and a person sets modes first.
    Raises `RecordsUnavailable`.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE.total_seconds()
    while True:
        try:
            await records.migrate()
        except RecordsUnavailable as error:
            hopeless = url.startswith("sqlite") and not is_locked(error)
            if hopeless or asyncio.get_running_loop().time() >= deadline:
                raise
            waiting(str(error))
            await asyncio.sleep(1)
        else:
            return


async def unless_stopped(stop: asyncio.Event, starting: Coroutine[Any, Any, T]) -> T | None:
    """Return what a start comes to; None where it was told to stop before, and was cancelled."""
    start, stopped = asyncio.create_task(starting), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([start, stopped], return_when=asyncio.FIRST_COMPLETED)
        return start.result() if start.done() else None
    finally:
        stopped.cancel()
        if start.cancel():
            await asyncio.wait([start])
