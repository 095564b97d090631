"""How flows ended last, asked for many at once: a page of Temporal's list, and one call for what it hides."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError, RPCStatusCode

from raccord.domain.values.base import Value
from raccord.domain.values.subject import Subject
from raccord.temporal.flows import FlowType
from raccord.temporal.search import STATE

MOST = 2_000
"""Runs that are listed for one answer: a flow that is woken each night has many before its last."""


class LastRun(Value):
    """Of a flow that never ran, or whose history is gone, nothing is set."""

    running: bool = False
    end: str = ""
    """As the flow names it; empty where it was stopped, or is under way."""


async def last_runs(client: Client, flow: FlowType, subjects: Sequence[Subject]) -> Mapping[Subject, LastRun]:
    """Return the last run of each subject's flow.

    The list has the newest runs first and may be some seconds behind. `subjects` are a page, since their
    ids are the query.
    """
    ids = {flow.id_of(subject): subject for subject in subjects}
    if not ids:
        return {}
    began: dict[str, datetime] = {}
    found: dict[Subject, LastRun] = {}
    count = 0
    async for run in client.list_workflows(_query(flow, ids), page_size=MOST, limit=MOST):
        count += 1
        if run.id not in began or run.start_time > began[run.id]:
            began[run.id], found[ids[run.id]] = run.start_time, _last(run)
        if len(found) == len(ids):
            break
    if count == MOST:
        for id, subject in ids.items():
            found[subject] = found.get(subject) or await _described(client, id)
    return dict.fromkeys(ids.values(), LastRun()) | found


async def _described(client: Client, id: str) -> LastRun:
    try:
        return _last(await client.get_workflow_handle(id).describe())
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return LastRun()
        raise


def _last(run: WorkflowExecution | WorkflowExecutionDescription) -> LastRun:
    if run.status is WorkflowExecutionStatus.RUNNING:
        return LastRun(running=True)
    ended = run.status is WorkflowExecutionStatus.COMPLETED
    return LastRun(end=run.typed_search_attributes.get(STATE) or "" if ended else "")


def _query(flow: FlowType, ids: Mapping[str, Subject]) -> str:
    listed = ", ".join("'{}'".format(id.replace("\\", "\\\\").replace("'", "\\'")) for id in ids)
    return f"WorkflowType = '{flow.name}' AND WorkflowId IN ({listed})"
