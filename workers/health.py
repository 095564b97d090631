"""`/healthz`, `/readyz` and `/metrics` of a worker, for whoever watches it and starts it again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from temporalio.client import Client
from temporalio.service import RPCError

from raccord.machine import free_port
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.settings.model import Health as HealthSettings

log = structlog.get_logger()

WITHIN = timedelta(seconds=2)


class Health:
    """What a worker says of itself. It answers from the loop that runs the flows: a stuck one is silent.

    `healthz`: the process gets on. `readyz`: it serves its queues, and Temporal and the records answer.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._client: Client | None = None

    def serves(self, client: Client) -> None:
        """Note that the queues are served."""
        self._client = client

    def drains(self) -> None:
        """Note that nothing new is taken."""
        self._client = None

    async def healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(self, _: web.Request) -> web.Response:
        ready = await self._ready()
        return web.Response(text="ready\n" if ready else "not ready\n", status=200 if ready else 503)

    async def metrics(self, _: web.Request) -> web.Response:
        """Return our own metrics; those of Temporal's SDK are at `metrics.worker_port`."""
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _ready(self) -> bool:
        if (client := self._client) is None:
            return False
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                return await client.service_client.check_health() and await self._records.migrated()
        except (RPCError, RuntimeError, TimeoutError, RecordsUnavailable):
            return False


@asynccontextmanager
async def served(settings: HealthSettings, health: Health) -> AsyncIterator[None]:
    """Serve them while the block runs, on the wanted port, or beside another worker on a free one."""
    if not settings.worker_port:
        yield
        return
    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", health.healthz),
            web.get("/readyz", health.readyz),
            web.get("/metrics", health.metrics),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        port = settings.worker_port
        try:
            await web.TCPSite(runner, settings.bind, port).start()
        except OSError:
            port = free_port()
            await web.TCPSite(runner, settings.bind, port).start()
        log.info("health.ready", port=port)
        yield
    finally:
        await runner.cleanup()
