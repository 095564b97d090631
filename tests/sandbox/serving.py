"""Serves an application on a free port of loopback, for as long as a test needs it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from sandbox.server import server


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """The base URL, without a slash at the end."""
    # With the protocol left at 0, asyncio does not switch off Nagle's algorithm: 50 ms a request.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        running = server(app, port=0)
        task = asyncio.create_task(running.serve(sockets=[listening]))
        while not running.started and not task.done():  # noqa: ASYNC110 - uvicorn offers only this flag
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            running.should_exit = True
            await task
