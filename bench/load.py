"""Requests at a steady rate, whatever the answers take."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_HEADERS_END = b"\r\n\r\n"
_PATIENCE = 20


@dataclass(frozen=True)
class Answers:
    """How long each answer took, in seconds, and how often each status came."""

    seconds: list[float]
    statuses: Counter[int]


class _Connections:
    """Connections that are kept; a new one is opened whenever all are in use."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, request: bytes) -> int:
        """Send one request; return its answer's status. Answers have no body."""
        try:
            return await self._exchange(request)
        except (ConnectionError, asyncio.IncompleteReadError):
            # Kept open by us, closed by the server meanwhile, as any HTTP client has to expect.
            self._free.clear()
            return await self._exchange(request)

    async def _exchange(self, request: bytes) -> int:
        streams = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = streams
        writer.write(request)
        head = await reader.readuntil(_HEADERS_END)
        self._free.append(streams)
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def offered(port: int, request: Callable[[], bytes], *, rate: float, seconds: float) -> Answers:
    """Send `rate` requests a second for so long; the next does not wait for the answer to the last."""
    connections, took, statuses = _Connections(port), list[float](), Counter[int]()

    async def one(body: bytes) -> None:
        begun = time.perf_counter()
        statuses[await asyncio.wait_for(connections.send(body), _PATIENCE)] += 1
        took.append(time.perf_counter() - begun)

    async with asyncio.TaskGroup() as group:
        begun = time.perf_counter()
        for n in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + n / rate - time.perf_counter()))
            group.create_task(one(request()))
    connections.close()
    return Answers(took, statuses)
