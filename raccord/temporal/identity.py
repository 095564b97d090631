"""Who serves the flows, by what each worker tells Temporal about itself: its mode is read, never supposed."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from raccord.domain.rules.modes import Mode
from raccord.temporal.flows import FLOWS_QUEUE

START = "STARTED_BY_RACCORD_UP"
"""The variable by which `raccord up` tells its children which start of it they belong to."""
POLLS_LAST = timedelta(seconds=75)
"""The SDK's long poll ends after 70 s at most (temporalio 1.35): who did not come again is gone."""


@dataclass(frozen=True)
class WorkerIdentity:
    """What a worker of ours calls itself in histories and Web UI: `12@host/deal_won=live/TEST/9f3c`."""

    process: str
    """`pid@host`, as Temporal's SDK has it."""
    modes: Mapping[str, Mode]
    stage: str
    """`LIVE` or `TEST`, by the billing credentials."""
    start: str = ""
    """Which start of `raccord up` it belongs to; empty for one that was started by hand."""

    @classmethod
    def of_this_process(cls, modes: Mapping[str, Mode], stage: str) -> "WorkerIdentity":
        host = socket.gethostname().replace("/", "-")
        return cls(f"{os.getpid()}@{host}", modes, stage, os.environ.get(START, ""))

    @classmethod
    def parse(cls, text: str) -> "WorkerIdentity | None":
        """Return what `str()` made the text of; None for what some other client calls itself."""
        try:
            process, modes, stage, start = text.split("/")
            named = dict(mode.split("=") for mode in modes.split(","))
            return cls(process, {flow: Mode(mode) for flow, mode in named.items()}, stage, start)
        except ValueError:
            return None

    def __str__(self) -> str:
        modes = ",".join(f"{flow}={mode.value}" for flow, mode in self.modes.items())
        return f"{self.process}/{modes}/{self.stage}/{self.start}"

    def does_as(self, other: "WorkerIdentity") -> bool:
        """Whether both do the same with a flow."""
        return (dict(self.modes), self.stage) == (dict(other.modes), other.stage)


@dataclass(frozen=True)
class Poller:
    """A process that asks for the flows' tasks."""

    name: str
    seen: datetime

    @property
    def worker(self) -> WorkerIdentity | None:
        return WorkerIdentity.parse(self.name)


async def pollers(client: Client) -> list[Poller]:
    """Return who serves the flows now, the one that asked last first. Raises `RPCError`."""
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=FLOWS_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    found = [Poller(row.identity, row.last_access_time.ToDatetime(tzinfo=UTC)) for row in described.pollers]
    since = datetime.now(UTC) - POLLS_LAST
    return sorted((p for p in found if p.seen >= since), key=lambda p: p.seen, reverse=True)
