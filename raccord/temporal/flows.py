"""The one way to start flow 1: tell it that its deal changed, and create it if it is not there."""

from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from raccord.domain.values.deal import DealRef
from raccord.temporal import search

FLOWS_QUEUE = "flows"
"""Where workflows and our own quick activities run."""
AT_LEISURE = Priority(priority_key=5)
"""For sweeps: what a webhook started goes first."""


def workflow_id(deal: DealRef) -> str:
    """Return the id of a deal's flow."""
    return f"deal-won/{deal.connection}/{deal.id}"


def deal_of(workflow_id: str) -> DealRef | None:
    """Return the deal of a flow's id; None when it is not a deal's."""
    match workflow_id.split("/", 2):
        case ["deal-won", connection, id]:
            return DealRef(connection=connection, id=id)
        case _:
            return None


async def deal_changed(
    client: Client,
    deal: DealRef,
    *,
    key: str,
    within: timedelta | None = None,
    priority: Priority = Priority.default,
) -> WorkflowHandle[object, object]:
    """Signal `changed` to the deal's flow, starting it if need be. Safe to repeat at any time.

    `key` names the event in the history. Raises `temporalio.service.RPCError` when the server
    does not accept it within `within`.
    """
    return await client.start_workflow(
        "DealWon",
        deal,
        id=workflow_id(deal),
        task_queue=FLOWS_QUEUE,
        start_signal="changed",
        start_signal_args=[key],
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=f"Deal {deal.id} of {deal.connection}: from won to invoiced",
        search_attributes=TypedSearchAttributes([SearchAttributePair(search.DEAL, str(deal))]),
        rpc_timeout=within,
        priority=priority,
    )
