"""The worker process: opens everything once, works until it is told to stop, drains, closes."""

import asyncio
import signal
from contextlib import AsyncExitStack

import structlog
from temporalio.client import Client
from temporalio.runtime import Runtime

from activities.service.money import FIRST_MONEY, MONEY
from raccord.domain.rules.modes import Mode
from raccord.machine import free_port
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.model import Metrics
from raccord.temporal.client import connect
from raccord.temporal.identity import WorkerIdentity
from raccord.temporal.runtime import runtime
from raccord.temporal.search import register_search_attributes
from workers.connections import opened
from workers.health import Health, served
from workers.policies import PAYMENT
from workers.queues import workers
from workers.starting import PATIENCE, Waiting, migrated, unless_stopped
from workers.watch import watch

log = structlog.get_logger()


def stop_event() -> asyncio.Event:
    """Return an event that SIGTERM, SIGINT and the closing of the terminal set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop


def _runtime(settings: Metrics) -> Runtime:
    """Serve the SDK's metrics: on the wanted port, or beside another worker on a free one. 0: nowhere."""
    port = settings.worker_port
    if not port:
        return runtime()
    try:
        started = runtime(f"{settings.bind}:{port}")
    except ValueError:
        # What the SDK raises for a port that is taken (temporalio 1.35).
        port = free_port()
        started = runtime(f"{settings.bind}:{port}")
    log.info("metrics.ready", port=port)
    return started


async def forget_payments_in_shadow(records: Records, mode: Mode) -> None:
    """Let the first sweep after shadow be as quiet as the first of all: what came meanwhile is no news."""
    if mode is Mode.SHADOW:
        for mark in (MONEY, FIRST_MONEY):
            await records.watermarks.forget(mark)


async def _connected(configuration: Configuration, keys: KeyRing, records: Records) -> Client:
    settings, waiting = configuration.settings, Waiting()
    await migrated(records, settings.records_url, waiting)
    client = await connect(
        settings,
        keys,
        within=PATIENCE,
        runtime=_runtime(settings.metrics),
        identity=str(WorkerIdentity.of_this_process(settings.modes, configuration.live_or_test)),
        waiting=waiting,
    )
    await register_search_attributes(client)
    return client


async def run_worker(configuration: Configuration, keys: KeyRing) -> None:
    """Serve every queue until SIGTERM, which also ends a start that waits for a server.

    Raises `TemporalUnreachable` when there is no server, `ForeignNamespace` when it is, or comes to be,
    another company's.
    """
    settings = configuration.settings
    stop = stop_event()
    records = Records.open(settings.records_url, keys)
    health = Health(records)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(records.close)
        await stack.enter_async_context(served(settings.health, health))
        client = await unless_stopped(stop, _connected(configuration, keys, records))
        if client is None:
            return
        await forget_payments_in_shadow(records, settings.modes[PAYMENT])
        connections = await stack.enter_async_context(opened(configuration))
        for worker in workers(client, configuration, connections, records):
            await stack.enter_async_context(worker)
        health.serves(client)
        log.info(
            "worker.ready",
            mode=settings.modes["deal_won"].value,
            live=configuration.live_or_test,
            namespace=client.namespace,
        )
        watching = asyncio.create_task(watch(client, keys, records, sweep_every=settings.sweep.every))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([watching, stopped], return_when=asyncio.FIRST_COMPLETED)
            log.info("worker.draining")
            health.drains()
            if watching.done():
                watching.result()
        finally:
            watching.cancel()
            stopped.cancel()
