"""A HubSpot that answers exactly what a test tells it to, over real HTTP."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    RESET = "reset"
    TRUNCATE = "truncate"
    STALL = "stall"
    DRIP = "drip"
    NOT_HTTP = "not_http"


@dataclass(frozen=True)
class Reply:
    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]


Route = Reply | Callable[[Asked], Reply]
NOT_FOUND = Reply(
    {"status": "error", "message": "not found", "category": "OBJECT_NOT_FOUND", "correlationId": "c-404"}, 404
)


class Stub:
    """Answers by method and path; anything it was not told about is HubSpot's 404."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self.url = ""

    def on(self, method: str, path: str, route: Route) -> None:
        self.routes[method, path] = route

    def count(self, method: str, path: str) -> int:
        return sum((a.method, a.path) == (method, path) for a in self.asked)

    def last(self, method: str, path: str) -> Asked:
        return next(a for a in reversed(self.asked) if (a.method, a.path) == (method, path))

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        route = self.routes.get((asked.method, asked.path), NOT_FOUND)
        return route if isinstance(route, Reply) else route(asked)


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {k.lower(): v for k, v in self.headers.items()}
            reply = stub.answer(Asked(self.command, url.path, parse_qs(url.query), body, headers))
            if reply.fault is Fault.RESET:
                self.close_connection = True
                return
            if reply.fault is Fault.NOT_HTTP:
                self.wfile.write(reply.raw)
                self.close_connection = True
                return
            if reply.fault is Fault.STALL:
                stub.released.wait(20)
                self.close_connection = True
                return
            self._write(reply)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - the server looks for these names

        def _write(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in ({"Content-Type": "application/json;charset=utf-8"} | reply.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.raw)))
            self.end_headers()
            if reply.fault is Fault.TRUNCATE:
                self.wfile.write(reply.raw[: len(reply.raw) // 2])
                self.close_connection = True
            elif reply.fault is Fault.DRIP:
                self._drip(reply.raw)
            else:
                self.wfile.write(reply.raw)

        def _drip(self, raw: bytes) -> None:
            for byte in raw:
                if stub.released.is_set():
                    return
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
                time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            """Tests read `asked` instead."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that gave up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    stub.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/hubspot"
    try:
        yield stub
    finally:
        stub.released.set()
        server.shutdown()
        server.server_close()
