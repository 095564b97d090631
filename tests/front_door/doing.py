"""What a flow does that should have come to rest: for the message of a test that waited in vain."""

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client

from raccord.temporal import search

LAST = 12
"""How many of its last events are told."""


async def doing(client: Client, workflow_id: str) -> str:
    """Say its state, the steps it awaits and why they failed, and what came last."""
    handle = client.get_workflow_handle(workflow_id)
    described = await handle.describe()
    raw = described.raw_description
    told = [workflow_id, f"state {described.typed_search_attributes.get(search.STATE)}"]
    for step in raw.pending_activities:
        state = PendingActivityState.Name(step.state)
        last = await _said(client, step.last_failure) if step.HasField("last_failure") else ""
        told.append(f"{step.activity_type.name} {state}, attempt {step.attempt}: {last}")
    if raw.HasField("pending_workflow_task"):
        told.append(f"workflow task, attempt {raw.pending_workflow_task.attempt}")
    for event in (await handle.fetch_history()).events[-LAST:]:
        kind = str(event.WhichOneof("attributes")).removesuffix("_event_attributes")
        told.append(f"{event.event_time.ToDatetime():%H:%M:%S.%f} {kind}")
    return "\n  ".join(told)


async def _said(client: Client, failure: Failure) -> str:
    return str(await client.data_converter.decode_failure(failure))
