"""Showing on the deals of the past what their invoices brought, without telling anybody."""

from datetime import date, timedelta

from temporalio import workflow

from activities.policies import Policies
from activities.service.money import BackfillReads, MoneySweep
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import run_local, run_ours, run_step

WITHIN = timedelta(hours=1)
LIST_WITHIN = timedelta(minutes=5)


@workflow.defn(name="Backfill")
class Backfill:
    """Have the flows of all invoices look that deals won since a date show; nobody hears of it."""

    @workflow.run
    async def run(self, since: date) -> int:
        """Return how many invoices are looked at."""
        policy = await run_local(Policies.payment, summary="read the rules")
        deals = await run_step(
            BackfillReads.deals,
            since,
            queue=policy.crm,
            timing=policy.timing.model_copy(update={"step_timeout": LIST_WITHIN}),
            about=RecordName(kind=RecordKind.DEAL),
            summary=f"list the deals won since {since}",
        )
        return await run_ours(
            MoneySweep.backfill, deals, summary=f"look at {len(deals)} deal(s)", lasting=WITHIN
        )
