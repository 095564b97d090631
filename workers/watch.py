"""What a worker looks at beside its work: that the server is ours yet, and that flows and sweep get on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.temporal.company import prove
from raccord.temporal.health import stuck, sweeps
from raccord.texts import say
from raccord.texts.told import MACHINE
from workers.gauges import show_health, show_waiting

log = structlog.get_logger()

EVERY = timedelta(minutes=1)


async def watch(
    client: Client,
    keys: KeyRing,
    records: Records,
    *,
    sweep_every: timedelta,
    every: timedelta = EVERY,
) -> None:
    """Look again and again until cancelled, show what waits, and log each trouble once, and its end.

    Raises `ForeignNamespace` when another company's server has come to answer at our address.
    """
    told: set[str] = set()
    while True:
        await _show(records)
        await asyncio.sleep(every.total_seconds())
        try:
            await prove(client, keys, claiming=False)
            found = {trouble async for trouble in _troubles(client, sweep_every)}
        except (RPCError, RuntimeError) as error:
            # The server is away; whoever works with it notices.
            log.info("health.not_seen", error=type(error).__name__)
            continue
        for trouble in sorted(found - told):
            log.warning("health.trouble", problems=trouble)
        if told and not found:
            log.info("health.well")
        told = found


async def _show(records: Records) -> None:
    try:
        await show_waiting(records)
    except RecordsUnavailable as error:
        log.info("health.not_seen", error=type(error).__name__)


async def _troubles(client: Client, sweep_every: timedelta) -> AsyncIterator[str]:
    found, ran = await stuck(client), await sweeps(client)
    show_health(found, ran)
    if found:
        yield say(found.said, MACHINE)
    if ran and (trouble := ran.trouble(sweep_every, datetime.now(UTC))):
        yield say(trouble, MACHINE)
