"""Filling in the past: links, and what invoices brought, without anybody noticing."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.policies import Policies
from activities.service.contacts import DetailsSweep
from activities.service.money import BackfillReads, DealsAbove, DealsListed, MoneySweep
from activities.service.relinking import Shown
from raccord.domain.payment.policy import PaymentPolicy
from raccord.domain.service.backfill import Backfilled, Backfilling, Progress
from raccord.domain.values.deal import WonDeal
from raccord.domain.values.message import RecordKind, RecordName
from workflows.service.reconciliation import customers_relinked, refusal_of, relinked
from workflows.steps import Gone, Stopped, run_local, run_ours, run_step

WITHIN = timedelta(hours=1)
PART = 100
"""Deals between two steps of the progress."""


@workflow.defn(name="Backfill")
class Backfill:
    """Link the deals won since a date with their invoices, and have what these brought shown; nobody hears.

    It does nothing before a dry run from the same date on has been seen. Broken off, it goes on where it was:
    what is linked is not read again.
    """

    def __init__(self) -> None:
        self._progress = Progress()

    @workflow.query(description="How many of the deals were looked at")
    def progress(self) -> Progress:
        return self._progress

    @workflow.run
    async def run(self, wanted: Backfilling) -> Backfilled:
        policy = await run_local(Policies.payment, summary="read the rules")
        if not wanted.dry and not await run_ours(
            MoneySweep.was_seen, wanted, summary="was it seen in a dry run?"
        ):
            return Backfilled(seen=False)
        result, above, more = Backfilled(), DealsAbove(since=wanted.since), True
        while more:
            listed = await self._deals(above, policy)
            deals, done = listed.deals, self._progress.done
            count = done + listed.count
            result = result.model_copy(update={"deals": count})
            self._progress = Progress(done=done, deals=count)
            for start in range(0, len(deals), PART):
                result = await self._part(deals[start : start + PART], wanted, policy, result)
                if result.remark:
                    return result
                self._progress = Progress(done=done + min(start + PART, len(deals)), deals=count)
            more = len(deals) < listed.count
            above = DealsAbove(since=wanted.since, id=deals[-1].id if deals else "")
        if result.linked and not wanted.dry:
            remark = await customers_relinked(policy.billing, policy.timing)
            await run_ours(DetailsSweep.anew, summary="let the next sweep look at what both sides say")
            result = result.model_copy(update={"remark": remark})
        if wanted.dry:
            await run_ours(MoneySweep.see, wanted, summary="remember the dry run")
        return result

    async def _part(
        self, deals: tuple[WonDeal, ...], wanted: Backfilling, policy: PaymentPolicy, result: Backfilled
    ) -> Backfilled:
        shown = Shown(crm=policy.crm, deals=deals, dry=wanted.dry)
        found = await relinked(shown, policy.billing, policy.timing)
        invoices = len({each.invoice_id for each in deals if each.invoice_id})
        if not wanted.dry:
            summary = f"look at {len(deals)} deal(s)"
            invoices = await run_ours(MoneySweep.backfill, deals, summary=summary, lasting=WITHIN)
        return result.model_copy(
            update={
                "linked": result.linked + found.linked,
                "known": result.known + found.known,
                "missing": result.missing + found.missing,
                "invoices": result.invoices + invoices,
                "remark": found.remark,
            }
        )

    async def _deals(self, above: DealsAbove, policy: PaymentPolicy) -> DealsListed:
        try:
            return await run_step(
                BackfillReads.deals,
                above,
                queue=policy.crm,
                timing=policy.timing,
                about=RecordName(kind=RecordKind.DEAL),
                summary=f"list the deals won since {above.since}",
                lasting=WITHIN,
            )
        except Stopped as stopped:
            said = refusal_of(stopped)
        except Gone as gone:
            said = f"{gone} was not found."
        # The run has to end: somebody waits for it at the command line.
        raise ApplicationError(f"The deals could not be listed. {said}", non_retryable=True)
