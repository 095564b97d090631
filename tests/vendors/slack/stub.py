"""A Slack that answers exactly what a test tells it to, over real HTTP."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

JSON = {"Content-Type": "application/json; charset=utf-8"}


class Wire(StrEnum):
    RESET = "reset"
    TRUNCATE = "truncate"
    STALL = "stall"


@dataclass(frozen=True)
class Reply:
    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: Wire | None = None

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    method: str
    verb: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


Route = Reply | Callable[[Asked], Reply]


def ok(**fields: Any) -> Reply:
    return Reply({"ok": True} | fields)


def no(word: str, **fields: Any) -> Reply:
    return Reply({"ok": False, "error": word} | fields)


class Stub:
    """Answers by Slack method; what it was not told about is `unknown_method`."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.url = ""
        self.released = asyncio.Event()

    def on(self, method: str, route: Route) -> None:
        self.routes[method] = route

    def count(self, method: str) -> int:
        return sum(asked.method == method for asked in self.asked)

    def last(self, method: str) -> Asked:
        return next(asked for asked in reversed(self.asked) if asked.method == method)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        asked = Asked(
            request.match_info["method"],
            request.method,
            dict(request.query),
            json.loads(raw) if raw.startswith(b"{") else raw,
            {k.lower(): v for k, v in request.headers.items()},
        )
        self.asked.append(asked)
        route = self.routes.get(asked.method, no("unknown_method"))
        return await self._write(request, route if isinstance(route, Reply) else route(asked))

    async def _write(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.fault is Wire.STALL:
            await self.released.wait()
        if reply.fault is not None and request.transport:
            if reply.fault is Wire.TRUNCATE:
                request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + reply.raw[:5])
            request.transport.close()
        return web.Response(body=reply.raw, status=reply.status, headers=JSON | reply.headers)


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Stub]:
    stub = Stub()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", stub.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    stub.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/api/"
    try:
        yield stub
    finally:
        stub.released.set()
        await runner.cleanup()
