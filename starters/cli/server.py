"""Reaching Temporal from a command."""

from datetime import timedelta

from temporalio.client import Client

from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect
from starters.cli.common import fail

WITHIN = timedelta(seconds=10)
"""How long a command waits for an answer."""


async def connected(configuration: Configuration, keys: KeyRing) -> Client:
    """Return a client, or end the command with a sentence where there is no server."""
    try:
        return await connect(configuration.settings, keys, within=WITHIN)
    except TemporalUnreachable as error:
        fail(error, status=1)
