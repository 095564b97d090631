"""Where a receiver listens. Taken before anything heavy is loaded: who cannot listen is told at once."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from raccord.ports import Place, listen
from raccord.settings.model import Settings


def places(settings: Settings) -> tuple[Place, Place]:
    """Return where a receiver listens: for vendors, and for the Web UI."""
    receiver, temporal = settings.receiver, settings.temporal
    return (
        Place(receiver.host, receiver.port, "receiver.port"),
        Place(temporal.codec_host, temporal.codec_port, "temporal.codec_port"),
    )


@contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Listen at a receiver's places, in their order. Raises `PortTaken`."""
    with ExitStack() as stack:
        yield [stack.enter_context(listen(place)) for place in places(settings)]
