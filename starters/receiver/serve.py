"""The receiver process: webhooks on the public port; codec and metrics on loopback ports."""

import asyncio
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from prometheus_client import start_http_server
from starlette.applications import Starlette
from temporalio.client import Client

from raccord.connectors.capabilities import IdShape
from raccord.connectors.connection import Kind
from raccord.connectors.webhooks import HintKind, WebhookSource
from raccord.domain.rules.modes import CONTACT, Mode
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.model import Metrics, Settings
from raccord.temporal.client import connect_lazily
from raccord.temporal.codec import SealingCodec
from raccord.temporal.identity import START
from raccord.temporal.runtime import runtime
from starters.receiver.app import Receiver
from starters.receiver.authentic import Authenticate
from starters.receiver.codec import CodecEndpoint
from starters.receiver.ownership import Ownership
from starters.receiver.presses import Buttons
from starters.receiver.protocol import BoundedProtocol
from starters.schedules import keep_schedules
from workers.run import stop_event
from workers.starting import Waiting, migrated, unless_stopped

log = structlog.get_logger()

KEEP_ALIVE_SECONDS = 5
MAX_HEADER_BYTES = 32 * 1024
SHUTDOWN_SECONDS = 10
"""Longer than any delivery takes; a client that drips must not keep the process from stopping."""


def webhook_sources(configuration: Configuration) -> dict[str, WebhookSource]:
    """Return how each connection that sends webhooks signs and shapes them."""
    return {row.name: source for row in configuration.connections if (source := row.webhooks)}


def holders(configuration: Configuration) -> dict[str, Mapping[HintKind, IdShape]]:
    """Return which kinds of record CRM and billing system hold, and how they write their ids."""
    return {row.name: row.vendor.ids for row in (configuration.crm, configuration.billing)}


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


def http_server(app: Starlette) -> uvicorn.Server:
    """Return a server whose clients are bounded in time, number and size."""
    return _Server(
        uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            # What a client says of itself is believed nowhere.
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        )
    )


async def _started(settings: Settings, keys: KeyRing, records: Records) -> tuple[Client, Ownership]:
    await migrated(records, settings.records_url, Waiting())
    client = await connect_lazily(settings, keys, runtime=runtime())
    ownership = Ownership(client, keys)
    await ownership.at_start()
    return client, ownership


async def run_receiver(
    configuration: Configuration, keys: KeyRing, listening: Sequence[socket.socket]
) -> None:
    """Serve webhooks and the codec until SIGTERM; Temporal may come and go meanwhile.

    `listening`: see `starters.receiver.places`. Raises `ForeignNamespace`.
    """
    settings = configuration.settings
    stop = stop_event()
    records = Records.open(settings.records_url, keys)
    started = await unless_stopped(stop, _started(settings, keys, records))
    if started is None:
        await records.close()
        return
    client, ownership = started
    receiver = Receiver(
        client,
        records,
        webhook_sources(configuration),
        settings.receiver,
        ours=ownership.proven,
        buttons=buttons(configuration),
        decoy=decoy(configuration),
        start=os.environ.get(START, ""),
        in_step=settings.modes[CONTACT] is not Mode.SHADOW,
        holders=holders(configuration),
    )
    codec = CodecEndpoint(
        SealingCodec(keys, client.namespace),
        records,
        origins=settings.temporal.ui_origins,
        token=settings.temporal.codec_token.get_secret_value(),
    )
    if settings.metrics.receiver_port:
        _serve_metrics(settings.metrics)
    servers = [http_server(receiver.app()), http_server(codec.app())]
    serving = [
        asyncio.create_task(server.serve(sockets=[each]))
        for server, each in zip(servers, listening, strict=True)
    ]
    log.info("receiver.ready", address=settings.receiver.public_url, live=configuration.live_or_test)
    beside = [
        asyncio.create_task(ownership.keep_looking()),
        asyncio.create_task(_sweeping(client, settings, ownership)),
    ]
    counting = asyncio.create_task(receiver.keep_counting())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([stopped, *serving], return_when=asyncio.FIRST_COMPLETED)
    for task in beside:
        task.cancel()
    for server in servers:
        server.should_exit = True
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*serving)
    counting.cancel()
    with suppress(asyncio.CancelledError):
        await counting
    await records.close()


def _serve_metrics(settings: Metrics) -> None:
    try:
        server, _ = start_http_server(settings.receiver_port, addr=settings.bind)
    except OSError:
        # Another receiver's: any free port will do.
        server, _ = start_http_server(0, addr=settings.bind)
    log.info("metrics.ready", port=server.server_port)


async def _sweeping(client: Client, settings: Settings, ownership: Ownership) -> None:
    # The schedule of another company is not ours to change.
    await ownership.proven.wait()
    await keep_schedules(client, settings)
