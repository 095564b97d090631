"""The sweep: what no webhook told us is found all the same."""

from datetime import timedelta

from temporalio import workflow

from activities.sweep import SweepActivities, SweepReads
from raccord.domain.sweep import Sweep, SweepResult
from workflows.deal_steps import deal_won_policy
from workflows.steps import run_local, run_ours, run_step

TELL_WITHIN = timedelta(hours=1)
LIST_WITHIN = timedelta(minutes=5)


@workflow.defn(name="Reconciliation")
class Reconciliation:
    """Tell the flows of won deals without invoice, changed ones and open questions to look again.

    It decides nothing itself: a flow that has nothing to do ends at once, and none invoices twice.
    """

    @workflow.run
    async def run(self, sweep: Sweep) -> SweepResult:
        policy = await deal_won_policy()
        plan = await run_local(SweepActivities.plan, sweep, summary="choose the window")
        found = await run_step(
            SweepReads.won_deals,
            plan,
            queue=policy.crm,
            timing=policy.timing.model_copy(update={"step": LIST_WITHIN}),
            about="the list of won deals",
            summary="list the won deals",
        )
        result = await run_ours(
            SweepActivities.tell, plan, found, summary=f"look at {len(found)} deal(s)", lasting=TELL_WITHIN
        )
        workflow.set_current_details(
            f"{result.won} won deal(s) looked through, {result.without_invoice} without invoice, "
            f"{result.changed} changed, {result.no_longer_won} invoiced but won no more, "
            f"{result.waiting} open question(s)."
        )
        return result
