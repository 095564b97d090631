"""Reaching Temporal from a command."""

import asyncio
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect
from raccord.temporal.company import says_nothing
from starters.cli.common import fail

T = TypeVar("T")
WITHIN = timedelta(seconds=10)
"""How long a command waits for an answer."""
ASKED = 10
PAUSE_SECONDS = 2.0
"""A busy server that gives no answer is asked again, that often and with such a pause."""


async def connected(configuration: Configuration, keys: KeyRing) -> Client:
    """Return a client, or end the command with a sentence where there is no server."""
    try:
        return await connect(configuration.settings, keys, within=WITHIN)
    except TemporalUnreachable as error:
        fail(error, status=1)


async def end_of(flow: WorkflowHandle[Any, T]) -> T:
    """Wait for a flow's end, though the server may have no time to answer now and then.

    Raises what the flow ended with, and `RPCError` where the server refuses or keeps giving no answer.
    """
    for _ in range(ASKED - 1):
        try:
            return await flow.result()
        except RPCError as error:
            if not says_nothing(error):
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    return await flow.result()
