"""HTTP/1.1 for a public port: a client has so long to send, and a slow one makes room for the next.

uvicorn bounds only the pause between two requests: a connection that sends nothing, half a header
or a drop of body now and then would stay open for ever, and a thousand of them are all the
connections that a process may have.
"""

import asyncio
from typing import Any

import h11
from h11._connection import DEFAULT_MAX_INCOMPLETE_EVENT_SIZE
from prometheus_client import Counter
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_SECONDS = 5.0
BODY_SECONDS = 8.0
"""Longer than the application waits for a body: its own refusal comes first and is counted."""
ANSWER_SECONDS = 5.0
MAX_CONNECTIONS = 256
MAX_CHUNKS = 512
"""A chunk costs us as much as kilobytes of an uncut body, and its sender six bytes. A proxy that passes
a body on cuts it into a few dozen."""

DROPPED = Counter("raccord_connections_dropped", "Connections closed because of their client", ["cause"])


class _Bounded(h11.Connection):
    """Judges each part of a request as it is parsed, so that no more of it is paid for.

    Raises `h11.RemoteProtocolError` at the first chunk too many, whatever else was read with it.
    """

    def __init__(self, max_incomplete_event_size: int) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size)
        self._chunks = 0

    @property
    def cut_too_fine(self) -> bool:
        return self._chunks > MAX_CHUNKS

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = 0
            return _last_if_ambiguous(event)
        if isinstance(event, h11.Data) and event.chunk_start:
            self._chunks += 1
            if self.cut_too_fine:
                raise h11.RemoteProtocolError("too many chunks")
        return event


def _last_if_ambiguous(request: h11.Request) -> h11.Request:
    """Have a request that states a length and a transfer encoding close its connection (RFC 9112, 6.1).

    It is taken by its chunks; whoever stands in front may have seen another request begin in them.
    """
    if not {b"content-length", b"transfer-encoding"} <= {name for name, _ in request.headers}:
        return request
    return h11.Request(
        method=request.method,
        target=request.target,
        http_version=request.http_version,
        headers=[*request.headers, (b"connection", b"close")],
    )


class BoundedProtocol(H11Protocol):
    """Closes a connection whose client keeps us waiting for the rest of a request, or leaves its answer.

    Beyond `MAX_CONNECTIONS` the one that has waited longest goes. An honest request is complete
    within milliseconds, so it is lost only if as many others begin within them. What is being
    worked on is never closed. Refusals have no body, like the application's own.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        size = self.config.h11_max_incomplete_event_size or DEFAULT_MAX_INCOMPLETE_EVENT_SIZE
        self.conn = self._bounded = _Bounded(size)
        self._awaited: object = None
        self._timer: asyncio.TimerHandle | None = None
        self.waiting_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - an answer never says why
        DROPPED.labels("chunks" if self._bounded.cut_too_fine else "malformed").inc()
        self._refuse(400)

    def _watch(self) -> None:
        """Start the clock whenever another part of a request, or of an answer, becomes the client's turn."""
        awaited, seconds = self._turn()
        if awaited == self._awaited:
            return
        self._rest()
        if awaited is not None:
            self._awaited, self.waiting_since = awaited, self.loop.time()
            self._timer = self.loop.call_later(seconds, self._lose_patience)

    def _turn(self) -> tuple[object, float]:
        if self.transport.get_write_buffer_size():
            return ("answer", self.cycle), ANSWER_SECONDS
        if self.conn.our_state is h11.CLOSED:
            return None, 0
        if self.conn.their_state is h11.IDLE:
            return ("headers", self.cycle), HEADERS_SECONDS
        if self.conn.their_state is h11.SEND_BODY:
            return ("body", self.cycle), BODY_SECONDS
        return None, 0

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._awaited = self._timer = self.waiting_since = None

    def _lose_patience(self) -> None:
        turn, _ = self._turn()
        if turn != self._awaited:
            self._watch()
            return
        half_a_request = self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]
        if half_a_request:
            DROPPED.labels("slow").inc()
            self._refuse(408)
        else:
            self._drop("idle" if self.conn.our_state is h11.IDLE else "slow")

    def _make_room(self) -> None:
        waiting = [c for c in self.connections if isinstance(c, BoundedProtocol) and c.waiting_since]
        longest = min(waiting, key=lambda connection: connection.waiting_since or 0, default=self)
        longest._drop("no_room")

    def _drop(self, cause: str) -> None:
        DROPPED.labels(cause).inc()
        self._rest()
        # Not `close`, which waits until the client has taken what was written.
        self.transport.abort()

    def _refuse(self, status: int) -> None:
        if self.cycle:
            # The application may be about to answer what it has read so far.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            # An answer is out already: what follows it cannot be answered.
            self.transport.abort()
            return
        headers = [*self.server_state.default_headers, (b"connection", b"close"), (b"content-length", b"0")]
        answer = h11.Response(status_code=status, headers=headers)
        self.transport.write(self.conn.send(answer) or b"")
        self.transport.write(self.conn.send(h11.EndOfMessage()) or b"")
        self.transport.close()
