"""What Temporal's histories say of the flows that ran."""

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecution

WAKING = ("WORKFLOW_TASK_COMPLETED", "ACTIVITY_TASK_COMPLETED", "ACTIVITY_TASK_FAILED")


@dataclass(frozen=True)
class Trace:
    """One run: `scheduled` are the moments when it asked for a regular activity, `moves` when it got on."""

    flow: str
    type: str
    scheduled: tuple[datetime, ...]
    moves: tuple[datetime, ...]
    timers: int
    events: int
    bytes: int


async def trace(client: Client, run: WorkflowExecution) -> Trace:
    """Read the history of one run, sealed as it is."""
    history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
    named = [
        (EventType.Name(event.event_type).removeprefix("EVENT_TYPE_"), event.event_time.ToDatetime(UTC))
        for event in history.events
    ]
    return Trace(
        flow=run.id,
        type=run.workflow_type,
        scheduled=tuple(at for name, at in named if name == "ACTIVITY_TASK_SCHEDULED"),
        moves=tuple(at for name, at in named if name in WAKING),
        timers=sum(name == "TIMER_STARTED" for name, _ in named),
        events=len(named),
        bytes=sum(event.ByteSize() for event in history.events),
    )


async def traces_since(client: Client, begin: datetime) -> list[Trace]:
    """Read every run that began since, whatever its type: a flow may start others."""
    query = f"StartTime >= '{begin.isoformat()}'"
    return [await trace(client, run) async for run in client.list_workflows(query)]
