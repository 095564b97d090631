"""A HubSpot that answers exactly what a test tells it to; anything else is its 404."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.connectors import stub
from tests.connectors.stub import Answering, Asked, Fault, Reply

__all__ = ["NOT_FOUND", "Asked", "Fault", "Reply", "Stub", "running"]

NOT_FOUND = Reply(
    {"status": "error", "message": "not found", "category": "OBJECT_NOT_FOUND", "correlationId": "c-404"}, 404
)


class Stub:
    """The shared stub, by method and path."""

    def __init__(self, served: stub.Stub) -> None:
        self._served = served
        self.url = served.url

    @property
    def asked(self) -> list[Asked]:
        return self._served.seen

    def on(self, method: str, path: str, reply: Answering) -> None:
        self._served.on(f"{method} {path}", reply)

    def count(self, method: str, path: str) -> int:
        return len(self._served.asked(f"{method} {path}"))

    def last(self, method: str, path: str) -> Asked:
        return self._served.asked(f"{method} {path}")[-1]


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Stub]:
    async with stub.running(NOT_FOUND, prefix="/hubspot", tls=tls) as served:
        yield Stub(served)
