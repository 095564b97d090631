"""Flow 1: a won deal becomes exactly one proven invoice."""

from datetime import timedelta

from temporalio import workflow

from activities.billing import BillingReads, BillingWrites
from activities.crm import CrmReads, CrmWrites
from activities.customers import CustomerActivities
from activities.messages import (
    Conclusion,
    CustomerRequest,
    DiscardRequest,
    DraftRequest,
    DraftStep,
    InvoicesQuery,
    InvoiceStep,
    VatRates,
    WriteBack,
)
from activities.records import RecordsActivities
from raccord.domain.deal import Deal, DealRef, InvoiceFields
from raccord.domain.invoice import (
    Invoice,
    InvoiceOrder,
    InvoiceReference,
    InvoiceState,
    billing_status,
    live_invoices,
    next_cycle,
)
from raccord.domain.outcome import (
    DealWonResult,
    Ending,
    NotForUs,
    gate,
    other_rounding,
    proof,
    shadow_findings,
)
from raccord.domain.policy import DealWonPolicy, Delivery, Mode
from raccord.domain.quality import InvoicePlan, examine
from raccord.domain.questions import several_invoices, unproven, vanished
from raccord.domain.totals import Totals
from raccord.platform import search
from workflows.steps import Gone, OutOfTime, Stopped, run_join, run_local, run_step

ISSUE_WITHIN = timedelta(minutes=2)


@workflow.defn(name="DealWon")
class DealWon:
    """Read the deal, judge it, and carry it to one finalised, delivered invoice shown on the deal.

    Everything is read again in each round and every write looks first, so the flow may be started
    at any time, by anybody, any number of times. It never acts on an event's content: `changed`
    only says that another look is due, and a flow does not close while one is.
    """

    @workflow.init
    def __init__(self, deal: DealRef) -> None:
        self._ref = deal
        self._changed = False
        self._vanished: set[str] = set()

    @workflow.signal(description="Something about the deal changed: read it again")
    def changed(self, key: str = "") -> None:  # noqa: ARG002 - the history shows which event it was
        self._changed = True

    @workflow.run
    async def run(self, deal: DealRef) -> DealWonResult:
        while True:
            self._changed = False
            result = await self._round()
            if result is None or self._changed:
                if workflow.info().is_continue_as_new_suggested():
                    workflow.continue_as_new(deal)
                continue
            await self._conclude(result)
            if not self._changed:
                return result

    async def _round(self) -> DealWonResult | None:
        """One pass from reading to the end; None when the deal changed before anything was issued."""
        policy = await self._policy()
        try:
            return await self._judge(policy)
        except Stopped as stopped:
            return DealWonResult(ending=Ending.PROBLEMS, mode=policy.mode, problems=stopped.problems)
        except Gone as gone:
            return self._after_loss(str(gone), policy)

    async def _judge(self, policy: DealWonPolicy) -> DealWonResult | None:
        deal = await self._read_deal(policy)
        reason = NotForUs.MERGED if deal.ref != self._ref else gate(deal, policy)
        if reason:
            return DealWonResult(ending=Ending.NOT_FOR_US, mode=policy.mode, reason=reason)
        self._show(deal)
        return await self._won(deal, policy)

    def _after_loss(self, about: str, policy: DealWonPolicy) -> DealWonResult | None:
        """The deal is gone: the end. Anything else that vanished is looked for again, once each."""
        if about == self._about_deal:
            return DealWonResult(ending=Ending.NOT_FOR_US, mode=policy.mode, reason=NotForUs.DELETED)
        if about not in self._vanished:
            self._vanished.add(about)
            return None
        return DealWonResult(ending=Ending.PROBLEMS, mode=policy.mode, problems=(vanished(about),))

    @property
    def _about_deal(self) -> str:
        return f"deal {self._ref.id}"

    async def _won(self, deal: Deal, policy: DealWonPolicy) -> DealWonResult | None:
        invoices = await self._invoices(policy)
        issued = _the_one(invoices)
        if issued and issued.finalised:
            return await self._finish(issued, await self._policy(), Ending.ALREADY_INVOICED)
        today = policy.clock.date_of(workflow.now())
        verdict = examine(deal, policy, today)
        if verdict.plan is None:
            raise Stopped(*verdict.problems)
        if policy.mode is Mode.SHADOW:
            return await self._shadow(verdict.plan, policy)
        # The reads above may have waited for hours while somebody switched the flow back to shadow.
        policy = await self._policy()
        if policy.mode is Mode.SHADOW:
            return await self._shadow(verdict.plan, policy)
        return await self._issue(deal, verdict.plan, policy)

    async def _issue(self, deal: Deal, plan: InvoicePlan, policy: DealWonPolicy) -> DealWonResult | None:
        customer_id = await self._customer(plan, policy)
        invoices = await self._invoices(policy, customer_id)
        standing = _the_one(invoices)
        if standing and standing.finalised:
            return await self._finish(standing, policy, Ending.ALREADY_INVOICED)
        await self._vat_rates(plan, policy)
        draft, order = await self._draft(plan, policy, customer_id, invoices)
        expected = order.totals(policy.vat_rounding)
        if differences := proof(expected, order.totals(other_rounding(policy.vat_rounding)), draft):
            raise Stopped(unproven(draft, differences))
        if self._changed or await self._read_deal(policy) != deal:
            return None
        return await self._finalise(draft, expected, policy)

    async def _finalise(
        self, draft: Invoice, expected: Totals, policy: DealWonPolicy
    ) -> DealWonResult | None:
        """Issue the proven draft; an outage sends the flow back to reading: the deal may be lost by then."""
        step = InvoiceStep(billing=policy.billing, deal=self._ref, invoice_id=draft.id, expected=expected)
        try:
            issued = await run_step(
                BillingWrites.finalise,
                step,
                within=ISSUE_WITHIN,
                queue=policy.billing,
                timing=policy.timing,
                about=f"invoice {draft.id}",
                summary=f"issue the invoice of {expected.gross}",
            )
        except OutOfTime:
            return None
        return await self._finish(issued, policy, Ending.INVOICED)

    async def _finish(self, invoice: Invoice, policy: DealWonPolicy, ending: Ending) -> DealWonResult:
        """Deliver and write back whatever is still missing of an issued invoice."""
        result = DealWonResult(
            ending=ending,
            mode=policy.mode,
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            number=invoice.number,
            totals=invoice.totals,
        )
        self._show_invoice(invoice)
        if policy.mode is Mode.SHADOW:
            said = (f"is already invoiced as {invoice.number}; nothing is left to do",)
            return result.model_copy(update={"ending": Ending.SHADOW, "findings": said})
        step = InvoiceStep(billing=policy.billing, deal=self._ref, invoice_id=invoice.id)
        try:
            if policy.invoice.delivery is Delivery.VENDOR and invoice.state is InvoiceState.OPEN:
                await run_step(
                    BillingWrites.deliver,
                    step,
                    queue=policy.billing,
                    timing=policy.timing,
                    about=f"invoice {invoice.number}",
                    summary=f"e-mail invoice {invoice.number}",
                )
            await run_step(
                CrmWrites.write_invoice,
                WriteBack(deal=self._ref, fields=_fields(invoice)),
                queue=policy.crm,
                timing=policy.timing,
                about=self._about_deal,
                summary=f"write {invoice.number} to the deal",
            )
        except Stopped as stopped:
            update = {"ending": Ending.PROBLEMS, "problems": stopped.problems}
            return result.model_copy(update=update)
        except Gone:
            return result
        return result

    async def _draft(
        self, plan: InvoicePlan, policy: DealWonPolicy, customer_id: str, invoices: tuple[Invoice, ...]
    ) -> tuple[Invoice, InvoiceOrder]:
        """Return a draft that carries exactly the plan's lines, and the order it was made from."""
        standing = _the_one(invoices)
        link = await run_local(
            RecordsActivities.deal_link,
            InvoicesQuery(billing=policy.billing, deal=self._ref),
            summary="look up the draft's revision",
        )
        revision = standing.reference.revision if standing and standing.reference else link.revision
        today = policy.clock.date_of(workflow.now())

        def order_of(revision: int) -> InvoiceOrder:
            reference = InvoiceReference(deal=self._ref, cycle=next_cycle(invoices), revision=revision)
            return plan.order(reference, customer_id, today, policy)

        order = order_of(revision)
        if standing:
            if standing.content_hash == order.content_hash:
                return standing, order
            order = order_of(revision + 1)
            await self._discard(standing, policy, revision + 1)
        draft = await run_step(
            BillingWrites.create_draft,
            DraftRequest(billing=policy.billing, order=order),
            queue=policy.billing,
            timing=policy.timing,
            about=f"invoice of deal {self._ref.id}",
            summary="create the draft",
        )
        lined = await run_step(
            BillingWrites.set_lines,
            DraftStep(billing=policy.billing, order=order, invoice_id=draft.id),
            queue=policy.billing,
            timing=policy.timing,
            about=f"invoice of deal {self._ref.id}",
            summary=f"put {len(order.lines)} line(s) on the draft",
        )
        return lined, order

    async def _discard(self, draft: Invoice, policy: DealWonPolicy, next_revision: int) -> None:
        await run_step(
            BillingWrites.discard_draft,
            DiscardRequest(
                billing=policy.billing, deal=self._ref, invoice_id=draft.id, next_revision=next_revision
            ),
            queue=policy.billing,
            timing=policy.timing,
            about=f"draft {draft.id}",
            summary="replace the outdated draft",
        )

    async def _customer(self, plan: InvoicePlan, policy: DealWonPolicy) -> str:
        outcome = await run_join(
            CustomerActivities.ensure,
            CustomerRequest(billing=policy.billing, profile=plan.profile),
            about=f"company {plan.profile.crm_company}",
            summary="find or create the customer",
        )
        if outcome.customer is None:
            raise Stopped(*outcome.problems)
        return outcome.customer.id

    async def _vat_rates(self, plan: InvoicePlan, policy: DealWonPolicy) -> None:
        rates = tuple(sorted({f"{line.vat_rate.normalize():f}" for line in plan.lines}))
        missing = await run_step(
            BillingReads.missing_vat_rates,
            VatRates(rates=rates),
            queue=policy.billing,
            timing=policy.timing,
            about="VAT rates",
            summary="look for the VAT rates",
        )
        for rate in missing.rates:
            await run_step(
                BillingWrites.create_vat_rate,
                VatRates(rates=(rate,)),
                queue=policy.billing,
                timing=policy.timing,
                about=f"VAT rate {rate} %",
                summary=f"create the VAT rate {rate} %",
            )

    async def _shadow(self, plan: InvoicePlan, policy: DealWonPolicy) -> DealWonResult:
        choice = await run_step(
            BillingReads.find_customer,
            CustomerRequest(billing=policy.billing, profile=plan.profile),
            queue=policy.billing,
            timing=policy.timing,
            about=f"company {plan.profile.crm_company}",
            summary="look for the customer",
        )
        customer = choice.customer.id if choice.customer else None
        return DealWonResult(
            ending=Ending.SHADOW,
            mode=policy.mode,
            customer_id=customer,
            totals=plan.totals(policy.vat_rounding),
            findings=shadow_findings(plan, policy, customer),
        )

    async def _policy(self) -> DealWonPolicy:
        return await run_local(RecordsActivities.deal_won_policy, summary="read mode and rules")

    async def _read_deal(self, policy: DealWonPolicy) -> Deal:
        return await run_step(
            CrmReads.read_deal,
            self._ref,
            queue=policy.crm,
            timing=policy.timing,
            about=self._about_deal,
            summary="read the deal",
        )

    async def _invoices(self, policy: DealWonPolicy, customer_id: str | None = None) -> tuple[Invoice, ...]:
        return await run_step(
            BillingReads.invoices_of_deal,
            InvoicesQuery(billing=policy.billing, deal=self._ref, customer_id=customer_id),
            queue=policy.billing,
            timing=policy.timing,
            about=f"invoice of deal {self._ref.id}",
            summary="look for the deal's invoices",
        )

    async def _conclude(self, result: DealWonResult) -> None:
        workflow.set_current_details(result.markdown())
        workflow.upsert_search_attributes([search.STATE.value_set(result.ending.value)])
        if result.problems:
            workflow.upsert_search_attributes([search.CAUSE.value_set(result.problems[0].cause.value)])
        await run_local(
            RecordsActivities.conclude,
            Conclusion(deal=self._ref, result=result),
            summary=f"record the end: {result.ending}",
        )

    def _show(self, deal: Deal) -> None:
        workflow.upsert_search_attributes(
            [
                search.STATE.value_set("running"),
                search.OWNER.value_set(deal.owner.id if deal.owner else ""),
                search.CURRENCY.value_set((deal.currency or "").upper()),
            ]
        )

    def _show_invoice(self, invoice: Invoice) -> None:
        workflow.upsert_search_attributes(
            [
                search.INVOICES.value_set([invoice.id]),
                search.CUSTOMER.value_set(invoice.customer_id),
                search.AMOUNT_MINOR.value_set(invoice.totals.gross.minor),
            ]
        )


def _the_one(invoices: tuple[Invoice, ...]) -> Invoice | None:
    """Return the invoice that claims the deal. Several are a question, never a pick."""
    match live_invoices(invoices):
        case ():
            return None
        case (one,):
            return one
        case several:
            raise Stopped(several_invoices(several))


def _fields(invoice: Invoice) -> InvoiceFields:
    return InvoiceFields(
        invoice_id=invoice.id,
        number=invoice.number or "",
        url=invoice.url or "",
        status=billing_status(invoice.state),
        net=invoice.totals.net.amount,
        gross=invoice.totals.gross.amount,
        currency=invoice.currency,
        due_on=invoice.due_on,
    )
