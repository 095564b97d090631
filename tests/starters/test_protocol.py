"""What a client can make us do with one read."""

import asyncio

import h11
import pytest
from starlette.applications import Starlette
from uvicorn.server import ServerState

from starters.receiver.protocol import MAX_CHUNKS, BoundedProtocol
from starters.receiver.serve import http_server

HEAD = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
ONE_READ = 256 * 1024
"""As much as asyncio reads of a socket at once."""


class Wire(asyncio.Transport):
    """The client's side of a connection."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 2)})
        self.said = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.said += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every part of a request that was taken apart."""
    events: list[object] = []
    original = h11.Connection.next_event

    def next_event(self: h11.Connection) -> object:
        events.append(found := original(self))
        return found

    monkeypatch.setattr(h11.Connection, "next_event", next_event)
    return events


async def test_of_ten_thousands_of_chunks_read_at_once_few_are_parsed(parsed: list[object]) -> None:
    config = http_server(Starlette()).config
    config.load()
    protocol, wire = BoundedProtocol(config, ServerState(), {}), Wire()
    protocol.connection_made(wire)
    protocol.data_received((HEAD + b"1\r\na\r\n" * ONE_READ)[:ONE_READ])
    assert wire.said.startswith(b"HTTP/1.1 400 ")
    assert wire.closed
    assert len(parsed) == 1 + MAX_CHUNKS + 1
