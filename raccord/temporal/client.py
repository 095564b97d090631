"""Connecting to Temporal, by Temporal's own environment variables."""

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.model import Settings
from raccord.temporal.company import prove, says_nothing
from raccord.temporal.plugin import platform
from raccord.temporal.refusals import Refusal, refusal
from raccord.texts.told import Told

_PAUSE = 0.2


class TemporalUnreachable(Told, ConnectionError):
    """The Temporal server did not answer in time; the message says where it was looked for, and why not."""


def elsewhere() -> bool:
    """Whether a server of one's own is named, which `raccord up` does not start."""
    return bool(os.environ.get("TEMPORAL_ADDRESS"))


def _options(settings: Settings) -> ClientConnectConfig:
    try:
        options = ClientConfig.load_client_connect_config()
    except OSError as error:
        raise TemporalUnreachable(
            message("temporal.unread_file", file=str(error.filename), why=str(error.strerror))
        ) from error
    except (RuntimeError, ValueError) as error:
        raise TemporalUnreachable(message("temporal.unusable", said=str(error))) from error
    options.setdefault("target_host", f"127.0.0.1:{settings.temporal.embedded_port}")
    if not os.environ.get("TEMPORAL_NAMESPACE"):
        options["namespace"] = settings.temporal.namespace
    return options


async def connect_lazily(settings: Settings, keys: KeyRing, *, runtime: Runtime | None = None) -> Client:
    """Return a client that connects with its first call, for a process that must start without Temporal.

    Raises `TemporalUnreachable` for certificates that are not there; what is wrong with them shows later.
    """
    options = _options(settings)
    plugin = platform(keys, options["namespace"], auth_retry=settings.timing.auth_retry)
    return await Client.connect(**options, plugins=[plugin], runtime=runtime, lazy=True)


async def connect(
    settings: Settings,
    keys: KeyRing,
    *,
    within: timedelta = timedelta(seconds=30),
    runtime: Runtime | None = None,
    identity: str | None = None,
    look_only: bool = False,
    waiting: Callable[[str], None] | None = None,
) -> Client:
    """Connect to our namespace, claiming one that is nobody's, and wait for a server that is still starting.

    Raises `TemporalUnreachable`, `company.ForeignNamespace`, and `RPCError` when there is no such namespace.
    `identity`: by default the SDK's, `pid@host`. `look_only`: whose the namespace is, is left to the caller.
    `waiting`: told before each new attempt why the last one failed.
    """
    options = _options(settings)
    plugin = platform(keys, options["namespace"], auth_retry=settings.timing.auth_retry)
    deadline = asyncio.get_running_loop().time() + within.total_seconds()
    while True:
        try:
            client = await Client.connect(**options, plugins=[plugin], runtime=runtime, identity=identity)
            if not look_only:
                await prove(client, keys, claiming=True)
        except (RuntimeError, ValueError, RPCError) as error:
            if isinstance(error, RPCError) and not says_nothing(error):
                raise
            if _why(options, error).settled or asyncio.get_running_loop().time() >= deadline:
                raise _unreachable(options, error) from error
            if waiting:
                waiting(str(_unreachable(options, error)))
            await asyncio.sleep(_PAUSE)
        else:
            return client


def _unreachable(options: ClientConnectConfig, error: Exception) -> TemporalUnreachable:
    code = "temporal.unreachable" if elsewhere() else "temporal.unreachable_start"
    return TemporalUnreachable(message(code, host=options["target_host"], why=_why(options, error).why))


def _why(options: ClientConnectConfig, error: Exception) -> Refusal:
    return refusal(error, encrypted=bool(options.get("tls")))
