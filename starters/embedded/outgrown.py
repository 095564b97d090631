"""When a company has outgrown one machine with the development server: said once, with what was measured."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from raccord.domain.values.message import Message, message
from raccord.temporal.flows import FLOWS_QUEUE
from starters.embedded.temporal_server import DATABASE

EVERY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=5)
"""Nothing of ours waits for a vendor in this queue: who waits here waits for this machine."""
IN_A_ROW = 3
LARGEST = 4 * 2**30
"""Bytes of Temporal's file, which one process writes alone."""
_TYPES = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)


@dataclass(frozen=True)
class Size:
    """What one look found: for how long the oldest step has waited, and how large Temporal's file is."""

    waits: timedelta
    stored: int


def outgrown(looks: list[Size]) -> Message | None:
    """Return why, after these looks, the latest last; None while the machine keeps up."""
    if not looks:
        return None
    if looks[-1].stored > LARGEST:
        return message("outgrown.stored", gibibytes=round(looks[-1].stored / 2**30))
    last = looks[-IN_A_ROW:]
    if len(last) == IN_A_ROW and all(look.waits > LONGEST_WAIT for look in last):
        minutes = last[-1].waits.total_seconds() / 60
        return message("outgrown.waited", minutes=f"{minutes:.0f}", looks=IN_A_ROW)
    return None


def advice(why: Message) -> Message:
    """Return the sentence for the terminal."""
    return message("outgrown.advice", why=why)


async def tell_when_outgrown(client: Client, directory: Path, tell: Callable[[Message], None]) -> None:
    """Look again and again until cancelled, and tell each reason once."""
    looks: list[Size] = []
    told: set[str] = set()
    while True:
        await asyncio.sleep(EVERY.total_seconds())
        with suppress(RPCError):
            looks = [*looks[-IN_A_ROW:], await _size(client, directory)]
        if (why := outgrown(looks)) and (kind := why.code) not in told:
            told.add(kind)
            tell(advice(why))


async def _size(client: Client, directory: Path) -> Size:
    waits = [await _longest_wait(client, kind) for kind in _TYPES]
    file = directory / DATABASE
    return Size(max(waits), file.stat().st_size if file.exists() else 0)


async def _longest_wait(client: Client, kind: TaskQueueType.ValueType) -> timedelta:
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=FLOWS_QUEUE),
            task_queue_type=kind,
            report_stats=True,
        )
    )
    return described.stats.approximate_backlog_age.ToTimedelta()
