"""Notes which flow a connection holds up, and sets somebody to watch that connection."""

import time
from collections.abc import Container
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.effects import Unsettled
from raccord.connectors.errors import AmbiguousWrite, Auth, ConnectorError, Transient
from raccord.domain.service.outage import OutageCause, Watch
from raccord.records.database import RecordsUnavailable
from raccord.records.stuck import Stuck
from raccord.temporal.flows import FLOWS_QUEUE

log = structlog.get_logger()

START_WITHIN = timedelta(seconds=2)
START_EVERY = 5.0
"""Seconds between two attempts of this process to start the same watch."""
WATCH = "watch/"
_DOWN = frozenset({Transient.name, AmbiguousWrite.name})


class Outages(Interceptor):
    """Worker interceptor for the queues of `connections`; a queue is named by its connection."""

    def __init__(self, client: Client, stuck: Stuck, connections: Container[str]) -> None:
        self._client = client
        self._stuck = stuck
        self._connections = connections
        self._started: dict[str, float] = {}

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Inbound(next, self)

    async def met(self, error: BaseException) -> None:
        """Note an outage. One hiccup is none: it counts from the second attempt on, or at a refusal.

        An attempt that only waited for an earlier request to show met nothing new: what the vendor
        last said stays noted.
        """
        name = _name(error)
        if name == Unsettled.name:
            return
        info, cause = activity.info(), _cause(name)
        if info.task_queue not in self._connections or (cause is OutageCause.DOWN and info.attempt < 2):
            return
        if cause is None:
            await self.over()
            return
        flow = info.workflow_id or ""
        if not flow.startswith(WATCH):
            # A watch that cannot tell would hold its own connection up, and wait for itself.
            await self._stuck.hold(info.task_queue, flow, cause.value, _said(error))
        await self._watch(info.task_queue)

    async def over(self) -> None:
        """Note that a step got through: whatever held its flow up on this connection is over."""
        info = activity.info()
        if info.task_queue not in self._connections:
            return
        gone = self._stuck.release if info.attempt > 1 else self._stuck.passed
        await gone(info.task_queue, info.workflow_id or "")

    async def _watch(self, connection: str) -> None:
        now = time.monotonic()
        if now - self._started.get(connection, -START_EVERY) < START_EVERY:
            return
        self._started[connection] = now
        await self._client.start_workflow(
            "ConnectionWatch",
            Watch(connection=connection),
            id=f"{WATCH}{connection}",
            task_queue=FLOWS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=f"Watching {connection} until it answers",
            rpc_timeout=START_WITHIN,
        )


def _name(error: BaseException) -> str | None:
    match error:
        case ConnectorError():
            return error.name
        case ApplicationError():
            return error.type
        case _:
            return None


def _cause(name: str | None) -> OutageCause | None:
    if name == Auth.name:
        return OutageCause.CREDENTIALS
    return OutageCause.DOWN if name in _DOWN else None


def _said(error: BaseException) -> str:
    return error.message if isinstance(error, ApplicationError) else str(error)


class _Inbound(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, outages: Outages) -> None:
        super().__init__(next)
        self._outages = outages

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            result = await super().execute_activity(input)
        except (ConnectorError, ApplicationError) as error:
            await self._noted(error)
            raise
        await self._noted(None)
        return result

    async def _noted(self, error: BaseException | None) -> None:
        """What is noted is for people; failing to note it changes nothing for the flow."""
        try:
            await (self._outages.met(error) if error else self._outages.over())
        except (RecordsUnavailable, RPCError) as trouble:
            log.warning("outage.not_noted", error=type(trouble).__name__)
