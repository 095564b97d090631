"""Waking flows from within flows."""

import asyncio

from temporalio import activity
from temporalio.service import RPCError, RPCStatusCode

from raccord.domain.values.base import Value
from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject
from raccord.records.records import Records
from raccord.temporal.flows import Changed, flow_named, wake

_SIDE_BY_SIDE = 10


class Waking(Value):
    """Have a flow, by its workflow type, look at a subject; `thorough` and `quiet` as in `Changed`."""

    flow: str
    subject: Subject
    key: str
    thorough: bool = True
    quiet: bool = False

    @property
    def why(self) -> Changed:
        return Changed(key=self.key, thorough=self.thorough, quiet=self.quiet)


class Delivery(Value):
    """The flows that one delivery of a connection concerns, each once."""

    connection: str
    wakings: tuple[Waking, ...]


class FlowActivities:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="flows.wake")
    async def wake(self, wanted: Waking) -> None:
        """Have a subject's own flow look at it."""
        await wake(activity.client(), flow_named(wanted.flow), wanted.subject, wanted.why)

    @activity.defn(name="flows.deliver")
    async def deliver(self, delivery: Delivery) -> None:
        """Have every flow look; an attempt goes on where the last one that was heard of stopped."""
        done = int(next(iter(activity.info().heartbeat_details), 0))
        while wanted := delivery.wakings[done : done + _SIDE_BY_SIDE]:
            await asyncio.gather(*(self._wake_or_set_aside(delivery.connection, each) for each in wanted))
            done += len(wanted)
            activity.heartbeat(done)

    async def _wake_or_set_aside(self, connection: str, wanted: Waking) -> None:
        try:
            await self.wake(wanted)
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            raw = wanted.model_dump_json().encode()
            reason = message("quarantine.refused", status=error.status.name)
            await self._records.quarantine.put(connection, reason, raw)
