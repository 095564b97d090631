"""Starting beside servers that start too: waiting for them, and saying what for."""

import asyncio
from datetime import timedelta

import structlog

from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.settings.model import Settings

log = structlog.get_logger()

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


async def migrated(records: Records, settings: Settings, waiting: Waiting) -> None:
    """Have the tables made. A database server gets time to start; a file has none to wait for.

    Raises `RecordsUnavailable`.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE.total_seconds()
    while True:
        try:
            await records.migrate()
        except RecordsUnavailable as error:
            is_file = settings.records_url.startswith("sqlite")
            if is_file or asyncio.get_running_loop().time() >= deadline:
                raise
            waiting(str(error))
            await asyncio.sleep(1)
        else:
            return
