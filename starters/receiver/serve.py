"""The receiver process: webhooks on the public port; codec and metrics on loopback ports."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from prometheus_client import start_http_server
from starlette.applications import Starlette

from raccord.connectors.connection import Kind
from raccord.connectors.webhooks import WebhookSource
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import connect_lazily
from raccord.temporal.codec import SealingCodec
from starters.receiver.app import Receiver
from starters.receiver.authentic import Authenticate
from starters.receiver.codec import CodecEndpoint
from starters.receiver.presses import Buttons
from starters.receiver.protocol import BoundedProtocol
from starters.schedules import keep_sweeping
from workers.run import stop_event

log = structlog.get_logger()

KEEP_ALIVE_SECONDS = 5
MAX_HEADER_BYTES = 32 * 1024
SHUTDOWN_SECONDS = 10
"""Longer than any delivery takes; a client that drips must not keep the process from stopping."""


def webhook_sources(configuration: Configuration) -> dict[str, WebhookSource]:
    """Return how each connection that sends webhooks signs and shapes them."""
    return {row.name: source for row in configuration.connections if (source := row.webhooks)}


def decoy(configuration: Configuration) -> Authenticate | None:
    """Return how a connection that sends webhooks checks them, under a secret that nobody knows."""
    found = (source for row in configuration.connections if (source := row.decoy))
    return next((source.authenticate for source in found), None)


def buttons(configuration: Configuration) -> Buttons | None:
    """Return whose buttons arrive here; None without a messenger or its signing secret."""
    messenger = configuration.of(Kind.MESSENGER)
    if messenger is None or (source := messenger.presses) is None:
        return None
    return Buttons(messenger.name, source, configuration.settings.timing)


class _Server(uvicorn.Server):
    """Leaves signals alone: one handler of ours stops both servers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    """Return a server whose clients are bounded in time, number and size."""
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        )
    )


async def run_receiver(configuration: Configuration, keys: KeyRing) -> None:
    """Serve webhooks and the codec until SIGTERM; Temporal may come and go meanwhile."""
    settings = configuration.settings
    stop = stop_event()
    records = Records.open(settings.records_url, keys)
    await records.migrate()
    client = await connect_lazily(settings, keys)
    receiver = Receiver(
        client,
        records,
        webhook_sources(configuration),
        settings.receiver,
        buttons=buttons(configuration),
        decoy=decoy(configuration),
    )
    ui = settings.temporal.embedded_ui_port
    codec = CodecEndpoint(
        SealingCodec(keys, client.namespace),
        records,
        origins=[f"http://127.0.0.1:{ui}", f"http://localhost:{ui}"],
    )
    if settings.metrics.receiver_port:
        start_http_server(settings.metrics.receiver_port, addr="127.0.0.1")
    servers = [
        http_server(receiver.app(), settings.receiver.host, settings.receiver.port),
        http_server(codec.app(), "127.0.0.1", settings.temporal.codec_port),
    ]
    serving = [asyncio.create_task(server.serve()) for server in servers]
    log.info("receiver.ready", address=settings.receiver.public_url, live=configuration.live_or_test)
    sweeping = asyncio.create_task(keep_sweeping(client, settings))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([stopped, *serving], return_when=asyncio.FIRST_COMPLETED)
    sweeping.cancel()
    for server in servers:
        server.should_exit = True
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*serving)
    await records.close()
