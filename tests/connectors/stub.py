"""A vendor that answers exactly what a test tells it to, over a real socket."""

import asyncio
import json
import socket
import ssl
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Fault(StrEnum):
    RESET = "reset"
    """The connection is reset once the request is read."""
    TRUNCATE = "truncate"
    """Half of the body, then the end."""
    STALL = "stall"
    """No answer."""
    DRIP = "drip"
    """The body byte by byte, each in time for a timeout of reads."""
    NOT_HTTP = "not_http"
    """The body alone, without a head."""


@dataclass(frozen=True)
class Reply:
    """`body`: JSON, or bytes as they are."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def head(self) -> bytes:
        names = {"Content-Type": "application/json", "Content-Length": str(len(self.raw))} | self.headers
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {value}" for name, value in names.items())]
        return "\r\n".join((*lines, "", "")).encode()


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str]
    """Lower-case names."""
    pairs: tuple[tuple[str, str], ...] = ()
    """The query's keys and values in their order."""

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    def all(self, name: str) -> list[str]:
        """Every value of a key of the query that is repeated."""
        return [value for key, value in self.pairs if key == name]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def params(self) -> dict[str, str]:
        """The query's, else those of a form in the body."""
        return self.query or dict(parse_qsl(self.body.decode(), keep_blank_values=True))


Answering = Reply | Callable[[Asked], Reply]


class Stub:
    """Answers `METHOD /path` with what it was told, the last reply again and again; else `otherwise`.

    Paths are named without the `prefix`, below which the whole API is.
    """

    def __init__(self, otherwise: Reply, prefix: str = "") -> None:
        self.seen: list[Asked] = []
        self.connections = 0
        self.url = ""
        self._otherwise = otherwise
        self._prefix = prefix
        self._replies: dict[str, list[Answering]] = defaultdict(list)
        self._released = asyncio.Event()

    def on(self, route: str, *replies: Answering | dict[str, Any]) -> None:
        self._replies[route] = [Reply(r) if isinstance(r, dict) else r for r in replies]

    def asked(self, route: str) -> list[Asked]:
        return [each for each in self.seen if each.route == route]

    def count(self, route: str) -> int:
        return len(self.asked(route))

    def last(self, route: str) -> Asked:
        return self.asked(route)[-1]

    def _reply(self, asked: Asked) -> Reply:
        self.seen.append(asked)
        replies = self._replies[asked.route] or [self._otherwise]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply if isinstance(reply, Reply) else reply(asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._write(self._reply(await self._read(reader)), writer):
                pass
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Asked:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.strip().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in rest)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = first.split(" ")
        url = urlsplit(target)
        pairs = tuple(parse_qsl(url.query, keep_blank_values=True))
        return Asked(method, url.path.removeprefix(self._prefix), dict(pairs), body, headers, pairs)

    async def _write(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        """Answer; whether the connection is kept."""
        match reply.fault:
            case Fault.RESET:
                raw: socket.socket = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            case Fault.STALL:
                await self._released.wait()
            case Fault.NOT_HTTP:
                writer.write(reply.raw)
            case Fault.TRUNCATE:
                writer.write(reply.head + reply.raw[: len(reply.raw) // 2])
            case Fault.DRIP:
                await self._drip(reply, writer)
            case None:
                writer.write(reply.head + reply.raw)
                await writer.drain()
        return reply.fault is None

    async def _drip(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        writer.write(reply.head)
        for byte in reply.raw:
            writer.write(bytes([byte]))
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), 0.05)
                return

    def release(self) -> None:
        self._released.set()


@asynccontextmanager
async def running(
    otherwise: Reply, *, prefix: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Stub]:
    """Serve a stub on a free port of this machine; `url` ends with the prefix."""
    stub = Stub(otherwise, prefix)
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    stub.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{prefix}"
    try:
        yield stub
    finally:
        stub.release()
        server.close()
