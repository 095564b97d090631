"""A deal that has its invoice: ours, one that a person wrote by hand, or several."""

from collections.abc import Sequence

from activities.billing.books import Books
from raccord.domain.deal_won.difference import comes_to_the_same, differences, other_customer
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.deal_won.questions import edited_after_issue, several_invoices, written_by_hand
from raccord.domain.desk.question import Ask
from raccord.domain.values.invoice import Invoice, alike_and_not_ours, live_invoices
from workflows.deal_won.case import Case
from workflows.steps import Stopped


class Issued:
    """Which invoice is the deal's. Several are a question, never a pick."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def one_at_most(self, books: Books) -> None:
        """Raise `Stopped` when more than one invoice claims the deal."""
        if len(several := live_invoices(books.invoices)) > 1:
            raise Stopped(several_invoices(several))

    async def compared(self, invoice: Invoice, books: Books) -> None:
        """Ask about a deal that was edited after we issued its invoice; an adopted one is taken as it is."""
        case = self._case
        if not invoice.is_of(case.deal.ref):
            return
        found = other_customer(case.deal, invoice, books.identities)
        if not comes_to_the_same(case.deal, invoice, case.policy):
            found += differences(case.deal, invoice, await case.steps.lines(invoice), case.policy)
        if found:
            await case.ask(edited_after_issue(invoice, found))

    async def by_hand(self, plan: InvoicePlan, books: Books) -> Invoice | None:
        """Return the invoice, not of our making, that a person says is this deal's; never issue it twice."""
        if issued := tuple(i for i in books.united if i.finalised):
            return await self._which(written_by_hand(issued, united=True), issued)
        alike = alike_and_not_ours(books.of_customer, plan.totals(self._case.policy.vat_rounding))
        return await self._which(written_by_hand(alike), alike) if alike else None

    async def _which(self, ask: Ask, found: Sequence[Invoice]) -> Invoice | None:
        answer = await self._case.ask(ask)
        return next((i for i in found if i.id == answer.option), None)
