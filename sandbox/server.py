"""Serves the sandbox on loopback."""

import asyncio
import socket
import struct

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.core.front import ABORT

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class AbortableProtocol(H11Protocol):
    """HTTP/1.1 whose applications can drop the connection: a vendor that vanishes in the middle of a call."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = _with_abort(self.app, transport)


def must_be_free(host: str, port: int) -> None:
    """Raises ValueError with a sentence when nobody can listen there: taken, forbidden, or no port at all."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or "a port is a number from 1 to 65535"
            raise ValueError(
                f"Port {port} of {host} cannot be used: {why}. Choose another one, or stop what has it."
            ) from None


async def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int) -> None:
    """Serve until cancelled or interrupted."""
    await server(app, host=host, port=port).serve()


def server(app: ASGIApp, *, host: str = "127.0.0.1", port: int) -> uvicorn.Server:
    """A server that is not started yet; `started` and `should_exit` are uvicorn's own."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=AbortableProtocol,
            ws="none",
            lifespan="on",
            # Longer than clients keep one: a connection that both let go of at once loses a request.
            timeout_keep_alive=75,
            log_level="warning",
            access_log=False,
            # A connection held open by a timeout fault must not hold up the end.
            timeout_graceful_shutdown=1,
        )
    )


def _with_abort(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    def abort() -> None:
        # Linger 0 makes the kernel send a reset instead of an orderly end, as a crashed peer would.
        if (raw := transport.get_extra_info("socket")) and not transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    async def with_abort(scope: Scope, receive: Receive, send: Send) -> None:
        scope[ABORT] = abort
        await app(scope, receive, send)

    return with_abort
