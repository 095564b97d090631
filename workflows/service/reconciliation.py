"""The sweep: what no webhook told us is found all the same."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.documents.keeping import DocumentRecords
from activities.policies import Policies
from activities.service.contacts import DetailsSweep, DetailsSweepReads, Typed
from activities.service.money import MoneyFound, MoneySweep, MoneySweepReads, goes_on_from
from activities.service.owing import Owing, OwingReads, OwingSweep
from activities.service.relinking import Relinked, Relinking, Shown
from activities.service.sweep import CorrectionReads, SweepActivities, SweepReads, Told
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.timing import Timing
from raccord.domain.service.sweep import Corrections, Sweep, SweepPlan, SweepResult
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.texts import say
from raccord.texts.problems import say_reason
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_step

Found = TypeVar("Found", Corrections, MoneyFound, Owing, Typed)
TELL_WITHIN = timedelta(hours=1)
LIST_WITHIN = timedelta(minutes=5)
BILLING_WITHIN = timedelta(minutes=15)
_LISTING_MONEY = "list the invoices whose money changed"


@workflow.defn(name="Reconciliation")
class Reconciliation:
    """Tell the flows of won deals without invoice, changed ones and open questions to look again.

    It decides nothing itself: a flow that has nothing to do ends at once, and none invoices twice.
    """

    @workflow.run
    async def run(self, sweep: Sweep) -> SweepResult:
        try:
            return await self._swept(sweep)
        except Stopped as stopped:
            said = refusal_of(stopped)
        except Gone as gone:
            said = f"{gone} was not found."
        # The run has to end: while it lasts, the schedule starts no other.
        raise ApplicationError(f"The sweep ended. {said}", non_retryable=True)

    async def _swept(self, sweep: Sweep) -> SweepResult:
        policy = await run_local(Policies.deal_won, summary="read the rules")
        plan = await run_local(SweepActivities.plan, sweep, summary="choose the window")
        due = await run_step(
            SweepReads.won_deals,
            plan,
            queue=policy.crm,
            timing=policy.timing,
            about=RecordName(kind=RecordKind.DEAL),
            summary="list the won deals",
            lasting=TELL_WITHIN,
        )
        summary = f"look at what is due of {due.won} deal(s)"
        told = await run_ours(SweepActivities.tell, plan, due, summary=summary, lasting=TELL_WITHIN)
        result = await self._relinked(told, policy)
        result = await self._corrected(plan, policy, result)
        result = await self._paid(plan, policy, result)
        result = await self._owing(plan, policy, result)
        result = await self._in_step(plan, policy, result)
        await run_ours(
            DocumentRecords.begin, summary="begin with the PDFs of new invoices", lasting=TELL_WITHIN
        )
        done = message(
            "sweep.done",
            won=result.won,
            without_invoice=result.without_invoice,
            changed=result.changed,
            no_longer_won=result.no_longer_won,
            waiting=result.waiting,
            corrected=result.corrected,
            paid=result.paid,
            owing=result.owing,
        )
        said = say(done, policy.language)
        workflow.set_current_details(f"{said}\n\n{result.remark}" if result.remark else said)
        return result

    async def _relinked(self, told: Told, policy: DealWonPolicy) -> SweepResult:
        """Before payments are looked for: whose they are may be what our records lost."""
        if not told.unlinked or policy.mode is Mode.SHADOW:
            return told.result
        found = await relinked(Shown(crm=policy.crm, deals=told.unlinked), policy.billing, policy.timing)
        refused = await customers_relinked(policy.billing, policy.timing) if found.linked else ""
        remark = " ".join(filter(None, (told.result.remark, found.remark, refused)))
        return told.result.model_copy(update={"relinked": found.linked, "remark": remark})

    async def _corrected(self, plan: SweepPlan, policy: DealWonPolicy, result: SweepResult) -> SweepResult:
        """Look for credit notes and voided invoices too; whatever becomes of that, the deals were seen."""
        summary = "list the credited and voided invoices"
        found = await _listed(CorrectionReads.corrections, plan, policy, Corrections, summary)
        told = await run_ours(
            SweepActivities.tell_corrections,
            plan,
            found,
            summary=f"look at {len(found.deals)} deal(s) whose invoice was corrected",
            lasting=TELL_WITHIN,
        )
        remark = " ".join(filter(None, (result.remark, found.remark)))
        return result.model_copy(update={"corrected": told, "remark": remark})

    async def _paid(self, plan: SweepPlan, policy: DealWonPolicy, result: SweepResult) -> SweepResult:
        """Look for payments too, part after part; whatever becomes of that, the deals were seen."""
        if plan.money_since is None:
            return result
        told, remarks = 0, [result.remark]
        rest: datetime | None = plan.money_since
        while rest is not None:
            if workflow.info().is_continue_as_new_suggested():
                remarks.append(f"Payments of after {rest:%Y-%m-%d %H:%M} UTC are left to the next sweep.")
                break
            part = plan.going_on(rest)
            found = await _listed(MoneySweepReads.money, part, policy, MoneyFound, _LISTING_MONEY)
            summary = f"look at {len(found.changed.invoices)} invoice(s) whose money changed"
            told += await run_ours(MoneySweep.tell, part, found, summary=summary, lasting=TELL_WITHIN)
            remarks.append(found.remark)
            rest = goes_on_from(part, found)
        return result.model_copy(update={"paid": told, "remark": " ".join(filter(None, remarks))})

    async def _owing(self, plan: SweepPlan, policy: DealWonPolicy, result: SweepResult) -> SweepResult:
        """Once a day, look for customers who owe too."""
        if plan.owing_before is None:
            return result
        found = await _listed(OwingReads.owing, plan, policy, Owing, "list the customers who owe")
        summary = f"look at {len(found.customers)} customer(s) who owe"
        told = await run_ours(OwingSweep.tell, found, summary=summary, lasting=TELL_WITHIN)
        remark = " ".join(filter(None, (result.remark, found.remark)))
        return result.model_copy(update={"owing": told, "remark": remark})

    async def _in_step(self, plan: SweepPlan, policy: DealWonPolicy, result: SweepResult) -> SweepResult:
        """Look for customers who changed on either side too, part after part."""
        if not plan.in_step:
            return result
        told, remarks = 0, [result.remark]
        for queue in (policy.crm, policy.billing):
            part: SweepPlan | None = plan
            while part is not None:
                if workflow.info().is_continue_as_new_suggested():
                    remarks.append(f"Further changed customers of {queue} are left to the next sweep.")
                    break
                summary = f"list the customers that changed in {queue}"
                typed = await _listed(DetailsSweepReads.changed, part, policy, Typed, summary, queue=queue)
                summary = f"look at {len(typed.ids)} record(s) of {queue}, as far as they are linked"
                told += await run_ours(DetailsSweep.tell, part, typed, summary=summary, lasting=TELL_WITHIN)
                remarks.append(typed.remark)
                # The overlap is before the first part alone: with it, a burst within it would never end.
                rest = typed.seen_to if typed.more else None
                part = part.details_going_on(typed.side, rest) if rest else None
        return result.model_copy(update={"in_step": told, "remark": " ".join(filter(None, remarks))})


async def customers_relinked(billing: str, timing: Timing) -> str:
    """Link customers with their companies by our references; return a remark where that was refused."""
    try:
        await run_step(
            Relinking.relink_customers,
            None,
            queue=billing,
            timing=timing,
            about=RecordName(kind=RecordKind.CUSTOMER),
            summary="link the customers that carry our reference",
            within=TELL_WITHIN,
            lasting=TELL_WITHIN,
        )
    except Stopped as stopped:
        return f"Customers were not linked again: {refusal_of(stopped)}"
    except (Gone, OutOfTime):
        return f"Customers were not linked again: {billing} gave no answer."
    return ""


async def relinked(shown: Shown, billing: str, timing: Timing) -> Relinked:
    """Link deals with the invoices that they show; a refusal is a remark."""
    try:
        return await run_step(
            Relinking.relink,
            shown,
            queue=billing,
            timing=timing,
            about=RecordName(kind=RecordKind.INVOICE),
            summary=f"link {len(shown.deals)} deal(s) with the invoices that they show",
            within=TELL_WITHIN,
            lasting=TELL_WITHIN,
        )
    except Stopped as stopped:
        return Relinked(refused=refusal_of(stopped))
    except (Gone, OutOfTime):
        return Relinked(refused=f"{billing} gave no answer.")


async def _listed(
    method: Callable[..., Awaitable[Found]],
    plan: SweepPlan,
    policy: DealWonPolicy,
    nothing: type[Found],
    summary: str,
    *,
    queue: str = "",
) -> Found:
    """Have a connection list something, the billing system unless said; a refusal is `nothing` and why."""
    try:
        return await run_step(
            method,
            plan,
            queue=queue or policy.billing,
            timing=_listing(policy),
            about=RecordName(kind=RecordKind.INVOICE),
            summary=summary,
            within=BILLING_WITHIN,
        )
    except Stopped as stopped:
        return nothing(refused=refusal_of(stopped))
    except (Gone, OutOfTime):
        return nothing(refused=f"{queue or policy.billing} gave no answer.")


def _listing(policy: DealWonPolicy) -> Timing:
    return policy.timing.model_copy(update={"step_timeout": LIST_WITHIN})


def refusal_of(stopped: Stopped) -> str:
    """Say in English why a step was refused, for whoever runs the product."""
    return " ".join(say_reason(problem, "en") for problem in stopped.ask.problems)
