"""`raccord up`: one company, one machine."""

import asyncio
import os
from contextlib import AsyncExitStack, suppress

import click
import httpx

from raccord.connectors.connection import Kind
from raccord.domain.rules.modes import Mode
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import BadSettings, Configuration
from raccord.settings.model import Settings
from raccord.temporal.client import connect
from raccord.temporal.logs import configure_logs
from raccord.temporal.search import register_search_attributes
from raccord.temporal.views import WebUi
from starters.cli.common import bold
from starters.embedded import temporal_server
from starters.embedded.processes import Process, raccord, supervise
from starters.embedded.temporal_server import keep_history, wait_until_healthy
from workers.connections import opened
from workers.policies import deal_won_policy
from workers.run import stop_event

READY_TRIES = 120


def _banner(configuration: Configuration) -> str:
    settings = configuration.settings
    address = f"http://127.0.0.1:{settings.temporal.embedded_ui_port}"
    awaited = (configuration.crm.name, configuration.billing.name)
    ui = WebUi(address, settings.temporal.namespace)
    watch = "\n".join(f"{label:<20} {link}" for label, link in ui.links(awaited))
    mode = settings.modes["deal_won"]
    does = {
        Mode.SHADOW: "computes and reports, writes nothing",
        Mode.DRAFT: "prepares invoices, a person issues each",
        Mode.LIVE: "issues and e-mails invoices",
    }[mode]
    return (
        f"{bold('Raccord is up')}, with {bold(configuration.live_or_test)} credentials.\n\n"
        f"deal won   {bold(mode.value)}: {does}\n"
        f"webhooks   {settings.receiver.public_url}/webhooks/{configuration.crm.name}\n"
        f"data       {settings.data.directory.resolve()}\n\n"
        f"{bold('In the Temporal Web UI')}\n{watch}\n\n"
        "One company on one machine; not a production cluster. Temporal listens on loopback in plain text.\n"
        "Stop with Ctrl-C; everything goes on where it was at the next start."
    )


async def start_server(settings: Settings) -> Process:
    """Start the development server, wait until it serves, and set its retention."""
    process = temporal_server.server(settings, log=settings.data.directory / "logs" / "temporal.log")
    await process.start()
    try:
        await wait_until_healthy(settings)
    except TimeoutError:
        await process.stop()
        raise RuntimeError(f"Temporal did not start:\n{process.last_words()}") from None
    await keep_history(settings)
    return process


async def _ready(settings: Settings) -> bool:
    address = f"http://127.0.0.1:{settings.receiver.port}/readyz"
    async with httpx.AsyncClient() as http:
        for _ in range(READY_TRIES):
            with suppress(httpx.TransportError):
                if (await http.get(address)).status_code == 200:
                    return True
            await asyncio.sleep(0.5)
    return False


async def run_up(configuration: Configuration, keys: KeyRing) -> int:
    """Start Temporal, worker and receiver, and keep them running until SIGTERM or Ctrl-C."""
    configure_logs("up")
    if os.environ.get("TEMPORAL_ADDRESS"):
        click.echo(
            "TEMPORAL_ADDRESS is set, and raccord up starts a Temporal of its own. Unset it, or run "
            "raccord worker and raccord starter against that server.",
            err=True,
        )
        return 1
    settings = configuration.settings
    try:
        async with opened(configuration) as connections:
            deal_won_policy(configuration, connections.of(Kind.BILLING).capabilities)
    except BadSettings as error:
        click.echo(str(error), err=True)
        return 2
    stop = stop_event()
    settings.data.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    records = Records.open(settings.records_url, keys)
    await records.migrate()
    await records.close()
    environment = {"RACCORD_CONFIG": str(configuration.path.resolve())}
    logs = settings.data.directory / "logs"
    try:
        server = await start_server(settings)
    except RuntimeError as error:
        click.echo(str(error), err=True)
        return 1
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.stop)
        await register_search_attributes(await connect(settings, keys))
        watching = [asyncio.create_task(supervise(server))]
        for name in ("worker", "starter"):
            process = raccord(name, name, log=logs / f"{name}.log", environment=environment)
            await process.start()
            stack.push_async_callback(process.stop)
            watching.append(asyncio.create_task(supervise(process)))
        if not await _ready(settings):
            click.echo(f"Raccord did not become ready; its logs are in {logs}.", err=True)
            return 1
        click.echo(_banner(configuration))
        await stop.wait()
        for task in watching:
            task.cancel()
        click.echo("Stopping…")
    return 0
