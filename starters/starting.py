"""The one way to start flow 1: tell it that its deal changed, and create it if it is not there."""

from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from raccord.domain.deal import DealRef
from raccord.domain.outcome import DealWonResult
from raccord.platform import search
from workflows.deal_won import DealWon
from workflows.steps import FLOWS_QUEUE


def workflow_id(deal: DealRef) -> str:
    return f"deal-won/{deal.connection}/{deal.id}"


async def deal_changed(
    client: Client, deal: DealRef, *, key: str, within: timedelta | None = None
) -> WorkflowHandle[DealWon, DealWonResult]:
    """Signal `changed` to the deal's flow, starting it if need be. Safe to repeat at any time.

    `key` names the event in the history. Raises `temporalio.service.RPCError` when the server
    does not accept it within `within`.
    """
    return await client.start_workflow(
        DealWon.run,
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
    )
