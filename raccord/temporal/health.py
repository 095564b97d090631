"""Whether flows and the sweep get on. What stops them there is in no vendor's answer, and asks nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleInfo,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.service import RPCError, RPCStatusCode

from raccord.domain.values.message import Message, Text, message
from raccord.sealing import CannotUnseal, UnknownKey
from raccord.temporal.codec import PlainPayload
from raccord.temporal.flows import SWEEP

STUCK = 'TemporalReportedProblems IS NOT NULL AND ExecutionStatus = "Running"'
"""The server sets the attribute when a flow's code failed five times in a row, and takes it away again."""
_LATE = 2
"""Intervals after which a sweep that has not finished is late."""
_LONGEST_REASON = 300
_NO_MORE = message("temporal.says_no_more")


@dataclass(frozen=True)
class Stuck:
    """Flows whose code cannot go on."""

    count: int
    example: str
    """The id of one of them."""
    reason: Text
    """Why that one cannot, in one line."""

    @property
    def said(self) -> Message:
        return message("temporal.stuck", count=self.count, example=self.example, reason=self.reason)


@dataclass(frozen=True)
class Sweeps:
    """What became of the scheduled sweeps. `running`: one is at work and has not been for long."""

    finished_at: datetime | None
    """When the last one that came to its end did; None when none of those remembered has."""
    scheduled_at: datetime
    running: bool = False
    paused: Text = ""
    """Who stopped the schedule and why, in the operator's words."""
    failure: Text = ""
    """Why the last one failed."""

    def trouble(self, every: timedelta, now: datetime) -> Message | None:
        """Say in one line why nobody looks for won deals; None when somebody does."""
        late = now - (self.finished_at or self.scheduled_at) > _LATE * every
        if self.paused:
            return message("temporal.sweep_paused", note=self.paused)
        if not late or (self.running and not self.failure):
            return None
        why = self.failure or message("temporal.none_begun")
        if self.finished_at is None:
            return message("temporal.no_sweep", why=why)
        return message("temporal.no_sweep_since", since=f"{self.finished_at:%Y-%m-%d %H:%M}", why=why)


async def stuck(client: Client) -> Stuck | None:
    """Return the flows that cannot go on, and why one of them cannot. Raises `RPCError`."""
    async for first in client.list_workflows(STUCK, limit=1):
        count = (await client.count_workflows(STUCK)).count
        reason = await _why(client, client.get_workflow_handle(first.id, run_id=first.run_id))
        return Stuck(max(count, 1), first.id, reason)
    return None


async def sweeps(client: Client) -> Sweeps | None:
    """Return what became of the scheduled sweeps; None before there is a schedule. Raises `RPCError`."""
    try:
        described = await client.get_schedule_handle(SWEEP).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    state = described.schedule.state
    finished_at, failure = await _last_finished(client, described.info)
    return Sweeps(
        finished_at=finished_at,
        scheduled_at=described.info.created_at,
        running=bool(described.info.running_actions),
        paused=(state.note or message("temporal.no_note")) if state.paused else "",
        failure=failure,
    )


async def _last_finished(client: Client, info: ScheduleInfo) -> tuple[datetime | None, Text]:
    """Return when the last sweep came to its end, and why a later one did not."""
    failure: Text = ""
    for begun in reversed(info.recent_actions):
        if not isinstance(begun.action, ScheduleActionExecutionStartWorkflow):
            continue
        run = client.get_workflow_handle(begun.action.workflow_id, run_id=begun.action.first_execution_run_id)
        try:
            now = await run.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                break
            raise
        if now.status is WorkflowExecutionStatus.COMPLETED:
            return now.close_time, failure
        if now.status is WorkflowExecutionStatus.RUNNING:
            failure = failure or await _why(client, run, otherwise="")
        else:
            failure = failure or await _how_it_failed(run)
    return None, failure


async def _how_it_failed(run: WorkflowHandle[object, object]) -> str:
    try:
        await run.result(follow_runs=False)
    except WorkflowFailureError as failed:
        return _line(str(failed.cause))
    except (UnknownKey, CannotUnseal, PlainPayload) as error:
        return _line(str(error))
    return ""


async def _why(client: Client, run: WorkflowHandle[object, object], *, otherwise: Text = _NO_MORE) -> Text:
    """Return what the flow's code last failed with."""
    failure = None
    async for event in run.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failure = event.workflow_task_failed_event_attributes.failure
    if failure is None:
        return otherwise
    try:
        return _line(str(await client.data_converter.decode_failure(failure)))
    except UnknownKey as unknown:
        return message("temporal.other_key", key=unknown.key_id)
    except (CannotUnseal, PlainPayload) as error:
        return _line(str(error))


def _line(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST_REASON else f"{said[: _LONGEST_REASON - 1]}…"
