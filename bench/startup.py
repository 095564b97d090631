"""Seconds until each command can do its work."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from uuid import uuid4

from bench.figures import Figure
from bench.system import System
from starters.embedded.processes import Process, raccord
from tests.front_door.stack import answers, free_port

READY = b"worker.ready"
PATIENCE = 300.0
_PAUSE = 0.02


async def startup(system: System, *, rounds: int) -> list[Figure]:
    """Start another worker, another receiver and `raccord --help`, in turn."""
    starts = {"worker": _worker, "receiver": _receiver, "raccord --help": _help}
    seen: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(rounds):
        for name, start in starts.items():
            seen[name].append(await start(system))
    return [Figure(name=f"Start of {name}", value=median(found), unit="s") for name, found in seen.items()]


async def _worker(system: System) -> float:
    log = f"start-{uuid4()}.log"

    async def ready() -> bool:
        return READY in (system.lane.directory / log).read_bytes()

    return await _timed(system.another("worker", log), ready)


async def _receiver(system: System) -> float:
    port = free_port()
    process = system.another_receiver(port, f"start-{uuid4()}.log")
    return await _timed(process, lambda: answers(f"http://127.0.0.1:{port}/readyz"))


async def _help(system: System) -> float:
    process = raccord("help", "--help", log=system.lane.directory / "help.log")

    async def over() -> bool:
        return not process.running

    return await _timed(process, over)


async def _timed(process: Process, ready: Callable[[], Awaitable[bool]]) -> float:
    begun = time.perf_counter()
    await process.start()
    try:
        async with asyncio.timeout(PATIENCE):
            while not await ready():  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(_PAUSE)
        return time.perf_counter() - begun
    finally:
        await process.stop()
