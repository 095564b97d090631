"""The proof: won deals, issued invoices and received payments, held against each other."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.service.listing import BillingProofReads, CrmProofReads
from activities.service.proof import ProofActivities
from raccord.domain.proof.policy import ProofDone, ProofPolicy, ProofWanted
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.records.proofs import ProofRun
from raccord.texts import say
from workflows.service.reconciliation import refusal_of
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_step

LISTING = timedelta(hours=1)
WITHIN = timedelta(hours=6)
"""A vendor that is away for longer: the next night proves."""


@workflow.defn(name="Proof")
class Proving:
    """List both sides, compare them, and have the flows of what differs look.

    It writes nothing itself, and a flow that has nothing to do ends at once.
    """

    @workflow.run
    async def run(self, wanted: ProofWanted) -> ProofDone:
        policy = await run_local(ProofActivities.policy, summary="read the rules")
        run = await run_ours(ProofActivities.begin, wanted, summary="begin, or go on where it stopped")
        billing, crm = policy.billing, policy.crm
        run = await _listed(BillingProofReads.invoices, run, policy, billing, "list the issued invoices")
        run = await _listed(BillingProofReads.customers, run, policy, billing, "list the customers")
        run = await _listed(CrmProofReads.deals, run, policy, crm, "list the won deals")
        done = await run_ours(ProofActivities.compare, run, summary="compare both sides", lasting=LISTING)
        deals = message("proof.count.deals", count=done.deals)
        invoices = message("proof.count.invoices", count=done.invoices)
        gaps = message("proof.count.gaps", count=done.gaps)
        said = message("proof.done", deals=deals, invoices=invoices, gaps=gaps)
        workflow.set_current_details(say(said, policy.language))
        return done


async def _listed(
    method: Callable[..., Awaitable[ProofRun]], run: ProofRun, policy: ProofPolicy, queue: str, summary: str
) -> ProofRun:
    try:
        return await run_step(
            method,
            run,
            queue=queue,
            timing=policy.timing,
            about=RecordName(kind=RecordKind.STEP),
            summary=summary,
            within=WITHIN,
            lasting=LISTING,
        )
    except Stopped as stopped:
        said = refusal_of(stopped)
    except (Gone, OutOfTime):
        said = f"{queue} gave no answer."
    # The run has to end: while it lasts, the schedule starts no other.
    raise ApplicationError(f"There is no proof. {said}", non_retryable=True)
