"""How a look ends: what is left to do for an issued invoice, and what stays of a deal that is not ours."""

from activities.billing.books import Books, BooksQuery
from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs, shadow_findings
from raccord.domain.deal_won.party_rules import mailed
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.deal_won.questions import WITHOUT_MAIL, WITHOUT_WRITING, invoice_name, no_longer_won
from raccord.domain.desk.asks import refused
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import Invoice, InvoiceState, fields_of, live_invoices
from raccord.domain.values.message import Message, message
from raccord.records.links import DealLink
from workflows.deal_won.case import Case
from workflows.deal_won.corrected import Corrected
from workflows.deal_won.issued import Issued
from workflows.deal_won.steps import Writing
from workflows.steps import Gone, Stopped


class Finish:
    """The ends of a deal that has its invoice. `issued_here` are this run's invoices, with their warnings.

    An event that only echoes our own writes brings another look: the run has issued it all the same.
    """

    def __init__(self, case: Case, issued_here: dict[str, tuple[Problem, ...]]) -> None:
        self._case = case
        self._issued_here = issued_here
        self._not_shown: tuple[Problem, ...] = ()

    def echoed(self, link: DealLink) -> DealWonEnd:
        """End without another look: what changed is what our own last write changed."""
        return DealWonEnd(
            ending=Ending.ALREADY_INVOICED,
            mode=self._case.policy.mode,
            invoice_id=link.invoice_id,
            number=link.number,
            echo=True,
        )

    async def already(self, invoice: Invoice, books: Books) -> DealWonEnd:
        """End with the invoice that was there; a deal edited since is a question first."""
        if self._case.policy.mode is Mode.SHADOW:
            said = message("finding.already_invoiced", number=invoice_name(invoice))
            return self._end(Ending.SHADOW, invoice, findings=(said,))
        if (draft := books.standing) and draft.id != invoice.id:
            # Of a balance that is not due any more.
            await self._case.finishing().discard(draft, revision=books.link.revision + 1)
        await Issued(self._case).compared(invoice, books)
        return await self.carried_through(invoice, delivered=_needs_no_mail(invoice, books.link))

    async def deposit_sent(self, deposit: Invoice, books: Books) -> None:
        """Finish what is left to do for the deposit before its balance takes its place in our records."""
        if self._case.policy.mode is not Mode.SHADOW and not _needs_no_mail(deposit, books.link):
            await self.carried_through(deposit, delivered=False)

    async def adopted(self, steps: Writing, theirs: Invoice, books: Books) -> DealWonEnd:
        """End with an invoice that a person wrote; a draft of ours is not needed then."""
        if draft := books.standing:
            await steps.discard(draft, revision=books.link.revision + 1)
        await steps.adopt(theirs)
        return await self.carried_through(theirs, delivered=True)

    async def carried_through(self, invoice: Invoice, *, delivered: bool) -> DealWonEnd:
        """Deliver and write back whatever is missing; a deal that is gone meanwhile ends it too."""
        wanted = mailed(self._case.deal, self._case.policy.invoice)
        steps = self._case.finishing()
        try:
            if wanted and not delivered and invoice.state is not InvoiceState.VOID:
                await self._delivered(steps, invoice)
            await self._shown(steps, invoice)
        except Gone:
            pass
        ours = invoice.id in self._issued_here
        return self._end(Ending.INVOICED if ours else Ending.ALREADY_INVOICED, invoice)

    async def _delivered(self, steps: Writing, invoice: Invoice) -> None:
        try:
            await steps.deliver(invoice)
        except Stopped as stopped:
            await self._go_without(stopped, "deliver", WITHOUT_MAIL)
            await steps.went_without_mail()

    async def _shown(self, steps: Writing, invoice: Invoice) -> None:
        as_read = self._case.deal.content_hash
        if invoice.corrected:
            self._not_shown = await Corrected(self._case).shown(invoice, as_read=as_read)
            return
        fields = fields_of(invoice, new=invoice.id in self._issued_here)
        try:
            await steps.write_back(fields, as_read=as_read)
        except Stopped as stopped:
            await self._go_without(stopped, "write_back", WITHOUT_WRITING)

    async def _go_without(self, stopped: Stopped, step: str, skip: Message) -> None:
        """Ask about a refused last step; skipping it lets an invoiced deal end."""
        await self._case.ask(refused(step, stopped.ask.problems[0], skip=skip))

    def _end(self, ending: Ending, invoice: Invoice, findings: tuple[Message, ...] = ()) -> DealWonEnd:
        return DealWonEnd(
            ending=ending,
            mode=self._case.policy.mode,
            warnings=(*self._issued_here.get(invoice.id, ()), *self._not_shown),
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            number=invoice.number,
            totals=invoice.totals,
            part=invoice.part,
            findings=findings,
        )


def _needs_no_mail(invoice: Invoice, link: DealLink) -> bool:
    """Whether it went out, or may have: one that is settled and that our records do not know is old."""
    if link.invoice_id == invoice.id:
        return link.delivered
    if link.deposit_id == invoice.id:
        # Its balance was begun, which waits for that.
        return True
    return invoice.state is not InvoiceState.OPEN


async def not_for_us(case: Case, reason: NotForUs, survivor: Deal | None) -> DealWonEnd:
    """End a deal that is not Raccord's to invoice, or not any more.

    Its issued invoice is a question first; a draft of ours is deleted, or somebody could issue it by hand.
    """
    remarks: tuple[Problem, ...] = ()
    if case.policy.mode is not Mode.SHADOW:
        steps, merged = case.finishing(), survivor is not None and reason is NotForUs.MERGED
        link = await steps.no_longer_ours(survivor.ref.id if survivor and merged else None)
        if survivor and merged:
            await steps.wake(survivor.ref.subject)
        if link.invoice_id or link.deposit_id:
            remarks = await _left_behind(case, reason, steps)
    return DealWonEnd(ending=Ending.NOT_FOR_US, mode=case.policy.mode, reason=reason, warnings=remarks)


async def _left_behind(case: Case, reason: NotForUs, steps: Writing) -> tuple[Problem, ...]:
    """Settle what a deal that is not ours leaves; return what could not be shown on it."""
    try:
        books = await steps.books(BooksQuery(billing=case.policy.billing, deal=case.ref))
    except Gone:
        return ()
    for invoice in live_invoices(books.invoices):
        if not invoice.finalised and invoice.is_of(case.ref):
            await steps.discard(invoice, revision=books.link.revision + 1)
        elif invoice.finalised and reason in (NotForUs.NOT_WON, NotForUs.DELETED):
            if invoice.corrected:
                await Corrected(case).shown(invoice)
            await case.ask(no_longer_won(invoice, deleted=reason is NotForUs.DELETED))
    return await Corrected(case).left(books) if reason is NotForUs.NOT_WON else ()


def shadow(case: Case, plan: InvoicePlan, books: Books) -> DealWonEnd:
    """End with what live mode would do; computed, not proven."""
    customer = books.customer.customer
    return DealWonEnd(
        ending=Ending.SHADOW,
        mode=case.policy.mode,
        customer_id=customer.id if customer else None,
        totals=plan.totals(case.policy.vat_rounding),
        warnings=plan.warnings,
        findings=shadow_findings(plan, case.policy, customer),
    )
