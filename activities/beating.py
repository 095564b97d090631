"""Showing that a long step still runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

_EVERY = 2.0
"""Seconds."""


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Beat until the block ends: once this process is gone, another one goes on soon."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_EVERY)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
