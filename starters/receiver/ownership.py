"""Whether the Temporal behind the receiver is this company's: looked at apart from deliveries."""

import asyncio
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from raccord.sealing import KeyRing
from raccord.temporal.company import ForeignNamespace, prove
from raccord.temporal.refusals import refusal
from raccord.texts import say_param
from raccord.texts.told import MACHINE

log = structlog.get_logger()

AT_START = timedelta(seconds=2)
AGAIN = timedelta(seconds=10)
"""Another server may come to answer at the same address."""
UNTIL_PROVEN = timedelta(seconds=0.5)


class Ownership:
    """`proven` is set while Temporal answers and is not another company's; until then nothing is accepted.

    Where nobody may mark the namespace nothing speaks against it: `raccord doctor` says that it is unproven.
    """

    def __init__(self, client: Client, keys: KeyRing) -> None:
        self.proven = asyncio.Event()
        self._client = client
        self._keys = keys
        self._claiming = True
        self._lacking = ""
        """Why the server was not spoken with, the last time."""

    async def at_start(self) -> None:
        """Look once; Temporal may be away. Raises `ForeignNamespace`."""
        try:
            async with asyncio.timeout(AT_START.total_seconds()):
                await self._look()
        except TimeoutError:
            log.info("temporal.waiting", error="no answer")

    async def keep_looking(self) -> None:
        """Look again and again, until cancelled."""
        told = ""
        while True:
            try:
                await self._look()
                told = ""
            except ForeignNamespace as foreign:
                if str(foreign) != told:
                    told = str(foreign)
                    log.error("temporal.foreign", error=told)  # noqa: TRY400 - the sentence says it all
            pause = AGAIN if self.proven.is_set() else UNTIL_PROVEN
            await asyncio.sleep(pause.total_seconds())

    async def _look(self) -> None:
        try:
            marked = await prove(self._client, self._keys, claiming=self._claiming)
        except (RPCError, RuntimeError) as error:
            self._lost(error)
        except ForeignNamespace:
            self.proven.clear()
            raise
        else:
            # Refused once, asking again every few seconds would only fill the server's log.
            self._claiming = marked
            self._lacking = ""
            self.proven.set()

    def _lost(self, error: Exception) -> None:
        known = refusal(error, encrypted=bool(self._client.service_client.config.tls))
        why = say_param(known.why, MACHINE)
        if self.proven.is_set():
            log.warning("temporal.lost", error=why)
        elif why != self._lacking:
            log.info("temporal.waiting", error=why)
        self._lacking = why
        self.proven.clear()
