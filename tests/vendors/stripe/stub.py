"""A few canned answers over real HTTP, so that the real client and the real socket are under test."""

import asyncio
import json
import socket
import struct
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Answer:
    body: Any = None
    """JSON, or bytes as they are."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    vanish: bool = False
    """Reset the connection instead of answering."""
    delay: float = 0
    """Seconds before answering."""

    def encoded(self) -> bytes:
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join((*lines, "", "")).encode() + body


def refusal(
    status: int, code: str | None = None, *, type_: str = "invalid_request_error", **more: Any
) -> Answer:
    return Answer(
        {"error": {"type": type_, "code": code, "message": "jean@acme.example sk_test_123", **more}},
        status,
        {"Request-Id": "req_1"},
    )


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


class Stub:
    """Answers `METHOD /path` with what was scripted, the last answer again and again; else 404."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.base_url = ""
        self._answers: dict[str, list[Answer]] = defaultdict(list)

    def script(self, route: str, *answers: Answer | dict[str, Any]) -> None:
        self._answers[route] = [a if isinstance(a, Answer) else Answer(a) for a in answers]

    def asked(self, route: str) -> list[Seen]:
        return [s for s in self.seen if f"{s.method} {s.path}" == route]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        first, *rest = head.strip().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in rest)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = first.split(" ")
        url = urlsplit(target)
        params = dict(parse_qsl(url.query or body.decode(), keep_blank_values=True))
        self.seen.append(Seen(method, url.path, params, headers))
        answer = self._next(f"{method} {url.path}")
        await asyncio.sleep(answer.delay)
        if answer.vanish:
            _reset(writer)
            return
        writer.write(answer.encoded())
        await writer.drain()
        writer.close()

    def _next(self, route: str) -> Answer:
        answers = self._answers[route]
        if not answers:
            return refusal(404, "resource_missing", param="id")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def page(*items: dict[str, Any], has_more: bool = False, **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": list(items), "has_more": has_more, **more}
