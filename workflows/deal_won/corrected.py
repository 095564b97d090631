"""An invoice that a person voided or credited: shown on its deal, and never replaced without a word."""

from temporalio import workflow

from activities.billing.books import Books
from activities.records.memory import Confirmation
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.deal_won.questions import withdrawn
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import Invoice, fields_of
from workflows.deal_won.case import Case
from workflows.steps import Gone, Stopped


class Corrected:
    """What follows from a credit note or a void, which only people make."""

    def __init__(self, case: Case) -> None:
        self._case = case

    async def settled(self, books: Books, plan: InvoicePlan | None) -> None:
        """Show the deal that its last invoice counts no more, and ask before it gets another one.

        Nobody is asked when the deal was lost in between, and won again; nor here, where a person has to
        approve the new invoice anyway. Raises `Stopped` in shadow.
        """
        invoice, policy = books.withdrawn, self._case.policy
        if invoice is None or books.standing:
            return
        ask = withdrawn(invoice)
        if policy.mode is Mode.SHADOW:
            raise Stopped(ask)
        await self.shown(invoice)
        approved = plan is not None and policy.needs_approval(plan.totals(policy.vat_rounding).net.amount)
        if not approved and not await self._case.steps.confirmed(self._lost_since(invoice)):
            await self._case.ask(ask)

    async def left(self, books: Books) -> tuple[Problem, ...]:
        """Do the same for a deal that is won no more: winning it again is the word for a new invoice."""
        invoice = books.withdrawn
        if invoice is None or books.standing:
            return ()
        await self._case.finishing().confirm(self._lost_since(invoice))
        return await self.shown(invoice)

    async def shown(self, invoice: Invoice, *, as_read: str | None = None) -> tuple[Problem, ...]:
        """Show credit or void on the deal; return why that was refused, which holds nothing else up."""
        try:
            await self._case.finishing().write_back(fields_of(invoice), as_read=as_read)
        except Gone:
            return ()
        except Stopped as stopped:
            workflow.logger.warning("deal.credit_not_shown", extra={"invoice": invoice.number})
            return stopped.ask.problems
        return ()

    def _lost_since(self, invoice: Invoice) -> Confirmation:
        return Confirmation(identity=f"lost-since/{invoice.id}", company=str(self._case.ref))
