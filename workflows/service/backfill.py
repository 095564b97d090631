"""Showing on the deals of the past what their invoices brought, without telling anybody."""

from datetime import date, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.policies import Policies
from activities.service.money import BackfillReads, MoneySweep
from raccord.domain.values.deal import WonDeal
from raccord.domain.values.message import RecordKind, RecordName
from workflows.service.reconciliation import refusal_of
from workflows.steps import Gone, Stopped, run_local, run_ours, run_step

WITHIN = timedelta(hours=1)
LIST_WITHIN = timedelta(minutes=5)


@workflow.defn(name="Backfill")
class Backfill:
    """Have the flows of all invoices look that deals won since a date show; nobody hears of it."""

    @workflow.run
    async def run(self, since: date) -> int:
        """Return how many invoices are looked at."""
        deals = await self._deals(since)
        return await run_ours(
            MoneySweep.backfill, deals, summary=f"look at {len(deals)} deal(s)", lasting=WITHIN
        )

    async def _deals(self, since: date) -> tuple[WonDeal, ...]:
        policy = await run_local(Policies.payment, summary="read the rules")
        try:
            return await run_step(
                BackfillReads.deals,
                since,
                queue=policy.crm,
                timing=policy.timing.model_copy(update={"step_timeout": LIST_WITHIN}),
                about=RecordName(kind=RecordKind.DEAL),
                summary=f"list the deals won since {since}",
            )
        except Stopped as stopped:
            said = refusal_of(stopped)
        except Gone as gone:
            said = f"{gone} was not found."
        # The run has to end: somebody waits for it at the command line.
        raise ApplicationError(f"The deals could not be listed. {said}", non_retryable=True)
