"""Requests at the same time, of which none goes on alone once another has failed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Run the tasks of a group; when one fails, cancel the others and raise its error by itself.

    `asyncio.gather` would leave the others running, beyond the end of the connection.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
            return
    except BaseExceptionGroup as errors:
        first = errors.exceptions[0]
    raise first
