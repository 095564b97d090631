"""Flow 1: a won deal becomes exactly one proven invoice."""

from collections.abc import Sequence

from temporalio import workflow

from activities.messages import Conclusion, Confirmation, CustomerInvoices, CustomerRequest
from activities.records import RecordsActivities
from activities.remarks import RemarkActivities
from raccord.domain.deal_won.buyer import printed_otherwise
from raccord.domain.deal_won.difference import comes_to_the_same, differences, other_customer
from raccord.domain.deal_won.outcome import (
    DealWonResult,
    Ending,
    NotForUs,
    gate,
    other_rounding,
    parts_of,
    proof,
    question_about,
    shadow_findings,
)
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, examine, net_amount
from raccord.domain.deal_won.questions import (
    OWN_CUSTOMER,
    WITHOUT_MAIL,
    WITHOUT_WRITING,
    approval,
    edited_after_issue,
    no_longer_won,
    one_siren_two_companies,
    quality,
    refused,
    several_invoices,
    unproven,
    vanished,
    which_customer,
    written_by_hand,
)
from raccord.domain.deal_won.remarks import Remark, worth_telling
from raccord.domain.desk.problems import Problem, Text
from raccord.domain.desk.question import Answer, Ask, Choice, Decision
from raccord.domain.rules.invoicing import Delivery
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.invoice import (
    Invoice,
    InvoiceOrder,
    InvoiceReference,
    InvoiceState,
    alike_and_not_ours,
    by_hand_between,
    fields_of,
    live_invoices,
    next_cycle,
)
from raccord.domain.values.parties import Customer, CustomerProfile, TaxTreatment
from raccord.domain.values.totals import Totals
from raccord.temporal import search
from workflows.deal_steps import DealSteps, deal_won_policy
from workflows.desk import Desk, LookAgain
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours


class GivenUp(Exception):
    """A person decided that the flow goes no further."""


@workflow.defn(name="DealWon")
class DealWon:
    """Read the deal, judge it, and carry it to one finalised, delivered invoice shown on the deal.

    Everything is read again in each round and every write looks first, so the flow may be started
    at any time, by anybody, any number of times. It never acts on an event's content: `changed`
    only says that another look is due, and a flow does not close while one is. What only a person
    can settle waits at the desk; after an answer, too, everything is read again.
    """

    @workflow.init
    def __init__(self, deal: DealRef) -> None:
        self._ref = deal
        self._deal: Deal | None = None
        self._desk = Desk()
        self._changed = False
        self._vanished: set[str] = set()
        self._issued_here: dict[str, tuple[Problem, ...]] = {}

    @workflow.signal(description="Something about the deal changed: read it again")
    def changed(self, key: str = "") -> None:  # noqa: ARG002 - the history shows which event it was
        self._changed = True

    @workflow.update(description="Answer the question that the flow waits with")
    def decide(self, decision: Decision) -> str:
        return self._desk.take(decision)

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        self._desk.check(decision)

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
            await self._remark(result)
            if not self._changed:
                return result

    async def _round(self) -> DealWonResult | None:
        """One pass from reading to the end; None when another look is due before it."""
        policy = await deal_won_policy()
        try:
            return await self._one_look(policy)
        except LookAgain:
            return None
        except GivenUp:
            return DealWonResult(ending=Ending.CLOSED, mode=policy.mode)

    async def _one_look(self, policy: DealWonPolicy) -> DealWonResult | None:
        try:
            try:
                return await self._judge(policy)
            except Gone as gone:
                return await self._after_loss(str(gone), policy)
        except Stopped as stopped:
            if not self._asks(policy):
                return DealWonResult(ending=Ending.PROBLEMS, mode=policy.mode, problems=stopped.ask.problems)
            await self._ask(stopped.ask, policy)
            return None

    def _asks(self, policy: DealWonPolicy) -> bool:
        """Shadow never waits; and runs that began before there was a desk end as they began."""
        return workflow.patched("desk") and policy.mode is not Mode.SHADOW

    async def _judge(self, policy: DealWonPolicy) -> DealWonResult | None:
        deal = self._deal = await self._steps(policy).read_deal()
        reason = NotForUs.MERGED if deal.ref != self._ref else gate(deal, policy)
        if reason:
            return await self._not_for_us(reason, policy)
        self._show(deal, policy)
        return await self._won(deal, policy)

    async def _not_for_us(self, reason: NotForUs, policy: DealWonPolicy) -> DealWonResult:
        """End; but a deal that was lost or deleted after its invoice was issued is a question first."""
        if self._asks(policy):
            if reason is NotForUs.MERGED and self._deal:
                await self._steps(policy).look_at(self._deal.ref)
            if reason in (NotForUs.NOT_WON, NotForUs.DELETED) and (issued := await self._issued(policy)):
                await self._ask(no_longer_won(issued, deleted=reason is NotForUs.DELETED), policy)
        return DealWonResult(ending=Ending.NOT_FOR_US, mode=policy.mode, reason=reason)

    async def _issued(self, policy: DealWonPolicy) -> Invoice | None:
        """Return the deal's invoice if records know that one was issued and it still counts."""
        steps = self._steps(policy)
        if not (await steps.link()).number:
            return None
        try:
            return next((i for i in live_invoices(await steps.invoices()) if i.finalised), None)
        except Gone:
            return None

    async def _after_loss(self, about: str, policy: DealWonPolicy) -> DealWonResult | None:
        """The deal is gone: the end. Anything else that vanished is looked for again, once each."""
        if about == self._steps(policy).about_deal:
            self._deal = None
            return await self._not_for_us(NotForUs.DELETED, policy)
        if about not in self._vanished:
            self._vanished.add(about)
            return None
        raise Stopped(vanished(about))

    async def _won(self, deal: Deal, policy: DealWonPolicy) -> DealWonResult | None:
        if self._asks(policy):
            # Before anything is decided on what was read: their events do not name the deal.
            await self._steps(policy).follow(parts_of(deal))
        issued = _the_one(await self._steps(policy).invoices())
        if issued and issued.finalised:
            policy = await deal_won_policy()
            await self._compare(deal, issued, policy)
            return await self._finish(issued, policy, Ending.ALREADY_INVOICED)
        today = policy.clock.date_of(workflow.now())
        verdict = examine(deal, policy, today)
        if verdict.plan is None:
            raise Stopped(quality(verdict.problems))
        if policy.mode is Mode.SHADOW:
            return await self._shadow(verdict.plan, policy)
        # The reads above may have waited for hours while somebody switched the flow back to shadow.
        policy = await deal_won_policy()
        if policy.mode is Mode.SHADOW:
            return await self._shadow(verdict.plan, policy)
        return await self._issue(deal, verdict.plan, policy)

    async def _compare(self, deal: Deal, issued: Invoice, policy: DealWonPolicy) -> None:
        """Ask about a deal that was edited after we issued its invoice; an adopted one is taken as it is."""
        if not self._asks(policy) or not issued.is_of(self._ref):
            return
        steps = self._steps(policy)
        found = other_customer(deal, issued, await steps.identities(issued.customer_id))
        if not comes_to_the_same(deal, issued, policy):
            found += differences(deal, issued, await steps.lines(issued), policy)
        if found:
            await self._ask(edited_after_issue(issued, found), policy)

    async def _issue(self, deal: Deal, plan: InvoicePlan, policy: DealWonPolicy) -> DealWonResult | None:
        steps = self._steps(policy)
        customer = await self._customer(plan, policy)
        invoices = await steps.invoices(customer.id)
        standing = _the_one(invoices)
        if standing and standing.finalised:
            return await self._finish(standing, policy, Ending.ALREADY_INVOICED)
        if theirs := await self._invoiced_otherwise(deal, plan, customer.id, policy):
            if standing:
                await steps.discard(standing, (await steps.link()).revision + 1)
            await steps.adopt(theirs)
            return await self._finish(theirs, policy, Ending.ALREADY_INVOICED, deliver=False)
        if standing is None:
            await self._not_given_up(plan, next_cycle(invoices), policy)
        await steps.vat_rates(tuple(sorted({f"{line.vat_rate.normalize():f}" for line in plan.lines})))
        draft, order = await self._draft(plan, policy, customer.id, invoices)
        expected = order.totals(policy.vat_rounding)
        if wrong := proof(expected, order.totals(other_rounding(policy.vat_rounding)), draft):
            exempted = customer.tax_treatment is not TaxTreatment.TAXED
            raise Stopped(unproven(draft, wrong, exempted=exempted and expected.gross != expected.net))
        await self._says_who_buys(draft, order, plan, policy)
        if policy.needs_approval(expected.net.amount):
            await self._approved(draft, plan, expected, policy)
        if self._changed or await steps.read_deal() != deal:
            return None
        return await self._finalise(draft, expected, plan, policy)

    async def _not_given_up(self, plan: InvoicePlan, cycle: int, policy: DealWonPolicy) -> None:
        """End before a draft is made that nobody wants; else each look would make one and delete it."""
        expected = plan.totals(policy.vat_rounding)
        if not (policy.needs_approval(expected.net.amount) and workflow.patched("given-up-first")):
            return
        ask = approval(plan, expected, plan.warnings, cycle=cycle)
        answer = await self._steps(policy).answered(question_about(self._ref, self._deal, ask, policy))
        if answer and answer.choice is Choice.CANCEL:
            raise GivenUp

    async def _says_who_buys(
        self, draft: Invoice, order: InvoiceOrder, plan: InvoicePlan, policy: DealWonPolicy
    ) -> None:
        """Ask before an invoice is issued that prints another customer than the one that was proven."""
        if not self._asks(policy) or draft.buyer is None:
            return
        found = printed_otherwise(draft.buyer, plan.profile, customer_id=draft.customer_id, siret=order.siret)
        if found is None:
            return
        steps = self._steps(policy)
        accepted = Confirmation(identity=found.fingerprint, company=plan.profile.crm_company)
        if not await steps.confirmed(accepted):
            await self._ask(found, policy)
            await steps.confirm(accepted)

    async def _approved(
        self, draft: Invoice, plan: InvoicePlan, expected: Totals, policy: DealWonPolicy
    ) -> None:
        """Wait until a person issues the draft; a draft that nobody wants is deleted."""
        try:
            cycle = draft.reference.cycle if draft.reference else 1
            await self._ask(approval(plan, expected, plan.warnings, cycle=cycle), policy)
        except GivenUp:
            steps = self._steps(policy)
            await steps.discard(draft, (await steps.link()).revision + 1)
            raise

    async def _invoiced_otherwise(
        self, deal: Deal, plan: InvoicePlan, customer_id: str, policy: DealWonPolicy
    ) -> Invoice | None:
        """Return the invoice, not of our making, that a person says is this deal's; never issue it twice."""
        if not self._asks(policy):
            return None
        steps = self._steps(policy)
        united = [i for merged in deal.merged for i in live_invoices(await steps.invoices_of(merged))]
        if issued := tuple(i for i in united if i.finalised):
            return await self._which_invoice(written_by_hand(issued, united=True), issued, policy)
        today = policy.clock.date_of(workflow.now())
        since, until = by_hand_between(today, plan.service_date, deal.won_on)
        wanted = CustomerInvoices(billing=policy.billing, customer_id=customer_id, since=since, until=until)
        found = await steps.invoices_of_customer(wanted)
        alike = alike_and_not_ours(found, plan.totals(policy.vat_rounding))
        return await self._which_invoice(written_by_hand(alike), alike, policy) if alike else None

    async def _which_invoice(
        self, ask: Ask, found: Sequence[Invoice], policy: DealWonPolicy
    ) -> Invoice | None:
        answer = await self._ask(ask, policy)
        return next((i for i in found if i.id == answer.option), None)

    async def _finalise(
        self, draft: Invoice, expected: Totals, plan: InvoicePlan, policy: DealWonPolicy
    ) -> DealWonResult | None:
        """Issue the proven draft; an outage sends the flow back to reading: the deal may be lost by then."""
        try:
            issued = await self._steps(policy).finalise(draft, expected)
        except OutOfTime:
            return None
        self._issued_here[issued.id] = plan.warnings
        return await self._finish(issued, policy, Ending.INVOICED)

    async def _finish(
        self, invoice: Invoice, policy: DealWonPolicy, ending: Ending, *, deliver: bool = True
    ) -> DealWonResult:
        """Deliver and write back whatever is still missing of an issued invoice.

        An event that only echoes our own writes brings another look: the run has issued it all the same.
        """
        result = DealWonResult(
            ending=Ending.INVOICED if invoice.id in self._issued_here else ending,
            mode=policy.mode,
            warnings=self._issued_here.get(invoice.id, ()),
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            number=invoice.number,
            totals=invoice.totals,
        )
        self._show_invoice(invoice)
        if policy.mode is Mode.SHADOW:
            said = (f"is already invoiced as {invoice.number}; nothing is left to do",)
            return result.model_copy(update={"ending": Ending.SHADOW, "findings": said})
        steps = self._steps(policy)
        try:
            if deliver and policy.invoice.delivery is Delivery.VENDOR and invoice.state is InvoiceState.OPEN:
                try:
                    await steps.deliver(invoice)
                except Stopped as stopped:
                    await self._go_without(stopped, "deliver", WITHOUT_MAIL, policy)
                    if workflow.patched("without-mail"):
                        await steps.went_without_mail(invoice)
            try:
                await steps.write_back(fields_of(invoice))
            except Stopped as stopped:
                await self._go_without(stopped, "write_back", WITHOUT_WRITING, policy)
        except Stopped as stopped:
            return result.model_copy(update={"ending": Ending.PROBLEMS, "problems": stopped.ask.problems})
        except Gone:
            return result
        return result

    async def _go_without(self, stopped: Stopped, step: str, skip: Text, policy: DealWonPolicy) -> None:
        """Ask about a refused last step; skipping it lets an invoiced deal end."""
        if not self._asks(policy):
            raise stopped
        await self._ask(refused(step, stopped.ask.problems[0], skip=skip), policy)

    async def _draft(
        self, plan: InvoicePlan, policy: DealWonPolicy, customer_id: str, invoices: tuple[Invoice, ...]
    ) -> tuple[Invoice, InvoiceOrder]:
        """Return a draft that carries exactly the plan's lines, and the order it was made from."""
        steps, standing = self._steps(policy), _the_one(invoices)
        link = await steps.link()
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
            await steps.discard(standing, revision + 1)
        return await steps.draft(order), order

    async def _customer(self, plan: InvoicePlan, policy: DealWonPolicy) -> Customer:
        steps = self._steps(policy)
        profile = await steps.as_known(plan.profile)
        customer = await self._ensured(profile, policy)
        if site := await self._other_site(customer, profile, policy):
            return await self._ensured(site, policy)
        return customer

    async def _ensured(self, profile: CustomerProfile, policy: DealWonPolicy) -> Customer:
        """Find or create the profile's customer; a person chooses among those that resemble it."""
        steps = self._steps(policy)
        outcome = await steps.ensure_customer(CustomerRequest(billing=policy.billing, profile=profile))
        if outcome.candidates and self._asks(policy):
            answer = await self._ask(which_customer(outcome.candidates, profile.crm_company), policy)
            wanted = CustomerRequest(billing=policy.billing, profile=profile, chosen=answer.option)
            outcome = await steps.ensure_customer(wanted)
        if outcome.customer is None:
            raise Stopped(quality(outcome.problems))
        return outcome.customer

    async def _other_site(
        self, customer: Customer, profile: CustomerProfile, policy: DealWonPolicy
    ) -> CustomerProfile | None:
        """Ask, once a company, whether it is the customer that another company of the CRM is already.

        Returns the profile of its site when a person says that this is a customer of its own.
        """
        other = customer.crm_company
        if not self._asks(policy) or not other or other in (profile.crm_company, *profile.former_companies):
            return None
        steps = self._steps(policy)
        same = Confirmation(identity=profile.identity.reference, company=profile.crm_company)
        connection, _, id = other.partition(":")
        if connection != policy.crm or await steps.confirmed(same):
            return None
        if (company := await steps.other_company(id)) is None:
            return None
        site = profile.site_beside(company)
        ask = one_siren_two_companies(profile.crm_company, other, customer, two_sites=site is not None)
        answer = await self._ask(ask, policy)
        if site and answer.option == OWN_CUSTOMER:
            await steps.confirm(same.model_copy(update={"identity": site.identity.reference}))
            return site
        await steps.confirm(same)
        return None

    async def _shadow(self, plan: InvoicePlan, policy: DealWonPolicy) -> DealWonResult:
        profile = await self._steps(policy).as_known(plan.profile)
        wanted = CustomerRequest(billing=policy.billing, profile=profile)
        choice = await self._steps(policy).find_customer(wanted)
        customer = choice.customer.id if choice.customer else None
        return DealWonResult(
            ending=Ending.SHADOW,
            mode=policy.mode,
            customer_id=customer,
            totals=plan.totals(policy.vat_rounding),
            findings=shadow_findings(plan, policy, customer),
        )

    async def _ask(self, ask: Ask, policy: DealWonPolicy) -> Answer:
        """Return a person's standing answer; without one, wait for it and then look at everything again."""
        answer = await self._desk.ask(
            question_about(self._ref, self._deal, ask, policy),
            changed=lambda: self._changed,
            still_so=lambda: self._still_so(policy),
        )
        if answer.choice is Choice.CANCEL:
            raise GivenUp
        return answer

    async def _still_so(self, policy: DealWonPolicy) -> bool:
        try:
            return await self._steps(policy).read_deal() == self._deal
        except Gone:
            return self._deal is None
        except Stopped:
            return True

    def _steps(self, policy: DealWonPolicy) -> DealSteps:
        return DealSteps(self._ref, policy)

    async def _conclude(self, result: DealWonResult) -> None:
        workflow.set_current_details(result.markdown())
        workflow.upsert_search_attributes(
            [search.STATE.value_set(result.ending.value), search.CAUSE.value_unset()]
        )
        if result.problems:
            workflow.upsert_search_attributes([search.CAUSE.value_set(result.problems[0].cause.value)])
        settled = await run_local(
            RecordsActivities.conclude,
            Conclusion(deal=self._ref, result=result),
            summary=f"record the end: {result.ending}",
        )
        if settled:
            await self._desk.leave(settled)

    async def _remark(self, result: DealWonResult) -> None:
        """Tell what the gate warned of, once the invoice is out; the end of this run shows it to few."""
        number, totals = result.number, result.totals
        if result.ending is not Ending.INVOICED or number is None or totals is None:
            return
        dated = self._deal is not None and self._deal.service_date is not None
        points = worth_telling(result.warnings, dated=dated)
        if not (points and workflow.patched("remarks")):
            return
        remark = Remark(
            deal=self._ref,
            deal_name=self._deal.name if self._deal else "",
            deal_url=self._deal.url if self._deal else "",
            number=number,
            gross=totals.gross,
            points=points,
            at=workflow.now(),
        )
        await run_ours(RemarkActivities.tell, remark, summary="tell the warnings")

    def _show(self, deal: Deal, policy: DealWonPolicy) -> None:
        net = net_amount(deal, policy)
        workflow.upsert_search_attributes(
            [
                search.STATE.value_set("running"),
                search.OWNER.value_set(deal.owner.id if deal.owner else ""),
                search.CURRENCY.value_set((deal.currency or "").upper()),
                *((search.AMOUNT_MINOR.value_set(net.minor),) if net else ()),
            ]
        )

    def _show_invoice(self, invoice: Invoice) -> None:
        workflow.upsert_search_attributes(
            [
                search.INVOICES.value_set([invoice.id]),
                search.CUSTOMER.value_set(invoice.customer_id),
                search.AMOUNT_MINOR.value_set(invoice.totals.net.minor),
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
