"""Connecting to Temporal, by Temporal's own environment variables."""

import asyncio
import os
from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from raccord.sealing import KeyRing
from raccord.settings.model import Settings
from raccord.temporal.company import prove, says_nothing
from raccord.temporal.plugin import platform

_PAUSE = 0.2


class TemporalUnreachable(ConnectionError):
    """The Temporal server did not answer in time; the message says where it was looked for."""


def _options(settings: Settings) -> ClientConnectConfig:
    options = ClientConfig.load_client_connect_config()
    options.setdefault("target_host", f"127.0.0.1:{settings.temporal.embedded_port}")
    if not os.environ.get("TEMPORAL_NAMESPACE"):
        options["namespace"] = settings.temporal.namespace
    return options


async def connect_lazily(settings: Settings, keys: KeyRing) -> Client:
    """Return a client that connects with its first call, for a process that must start without Temporal."""
    options = _options(settings)
    return await Client.connect(
        **options,
        plugins=[platform(keys, options["namespace"], auth_retry=settings.timing.auth_retry)],
        lazy=True,
    )


async def connect(
    settings: Settings,
    keys: KeyRing,
    *,
    within: timedelta = timedelta(seconds=30),
    runtime: Runtime | None = None,
    identity: str | None = None,
    look_only: bool = False,
) -> Client:
    """Connect to our namespace, claiming one that is nobody's, and wait for a server that is still starting.

    Raises `TemporalUnreachable`, `company.ForeignNamespace`, and `RPCError` when there is no such namespace.
    `identity`: by default the SDK's, `pid@host`. `look_only`: whose the namespace is, is left to the caller.
    """
    options = _options(settings)
    plugin = platform(keys, options["namespace"], auth_retry=settings.timing.auth_retry)
    deadline = asyncio.get_running_loop().time() + within.total_seconds()
    while True:
        try:
            client = await Client.connect(**options, plugins=[plugin], runtime=runtime, identity=identity)
            if not look_only:
                await prove(client, keys, claiming=True)
        except (RuntimeError, RPCError) as error:
            if isinstance(error, RPCError) and not says_nothing(error):
                raise
            if asyncio.get_running_loop().time() >= deadline:
                raise TemporalUnreachable(
                    f"Temporal does not answer at {options['target_host']} ({type(error).__name__}). "
                    "Start it with `raccord up`, or set TEMPORAL_ADDRESS."
                ) from error
            await asyncio.sleep(_PAUSE)
        else:
            return client
