"""A deal that has its invoice: ours, one that a person wrote by hand, or several."""

from collections.abc import Sequence

from activities.billing.books import Books
from raccord.domain.deal_won.difference import (
    balance_differs,
    deposit_differences,
    differences,
    other_amount,
    other_customer,
)
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.deal_won.questions import (
    deposit_changed,
    deposit_withdrawn,
    edited_after_issue,
    other_customer_than,
    several_invoices,
    written_by_hand,
)
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask
from raccord.domain.values.invoice import Invoice, Part, alike_and_not_ours, live_invoices
from raccord.domain.values.parties import Customer
from workflows.deal_won.case import Case
from workflows.steps import Stopped


class Issued:
    """Which invoice is the deal's. Several are a question, never a pick."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def one_at_most(self, books: Books) -> None:
        """Raise `Stopped` when more than one invoice claims the deal, or the balance of its deposit."""
        several = live_invoices(books.invoices)
        deposit = books.deposit
        others = several if deposit is None else tuple(i for i in several if i.id != deposit.id)
        parted = deposit is None or all(i.part is Part.BALANCE for i in others)
        if len(others) > 1 or not parted:
            raise Stopped(several_invoices(several))

    def waiting_deposit(self, books: Books) -> Invoice | None:
        """Return the issued deposit of a deal that is not delivered yet.

        Raises `Stopped` when the deal is not the one any more whose deposit was invoiced, delivered or not.
        """
        deal, deposit = self._case.deal, books.deposit
        if deposit is None:
            return None
        found = other_customer(deal, deposit, books.identities, books.companies)
        found += deposit_differences(deal, deposit, self._case.policy)
        if found:
            raise Stopped(deposit_changed(deposit, found))
        return None if self._case.delivered else deposit

    def same_customer(self, plan: InvoicePlan, customer: Customer) -> None:
        """Raise `Stopped` when a balance would go to another customer than its deposit."""
        deposit = plan.deducted
        if deposit and deposit.customer_id != customer.id:
            raise Stopped(deposit_changed(deposit, (other_customer_than(deposit),)))

    async def compared(self, invoice: Invoice, books: Books) -> None:
        """Ask about a deal that was edited after we issued its invoice; an adopted one is taken as it is."""
        case = self._case
        if not invoice.is_of(case.deal.ref) or invoice.part is Part.DEPOSIT:
            return
        found = other_customer(case.deal, invoice, books.identities, books.companies)
        if invoice.part is Part.BALANCE:
            found += await self._balance(invoice, books.deposit)
        else:
            found += await self._whole(invoice)
        if found:
            await case.ask(edited_after_issue(invoice, found))

    async def _whole(self, invoice: Invoice) -> tuple[Problem, ...]:
        """Return how the deal differs from its only invoice; its lines are read where their sum differs."""
        case = self._case
        amount = other_amount(case.deal, invoice, case.policy)
        if amount is not None:
            return amount
        return differences(case.deal, invoice, await case.steps.lines(invoice), case.policy)

    async def _balance(self, balance: Invoice, deposit: Invoice | None) -> tuple[Problem, ...]:
        """Return how the deal differs from its deposit and its balance together."""
        case = self._case
        if deposit is None:
            return (deposit_withdrawn(balance),)
        if found := deposit_differences(case.deal, deposit, case.policy):
            return found
        if not balance_differs(case.deal, balance, deposit, case.policy):
            return ()
        sold = tuple(line for line in await case.steps.lines(balance) if line.net.amount >= 0)
        return differences(case.deal, balance, sold, case.policy)

    async def by_hand(self, whole: InvoicePlan, plan: InvoicePlan, books: Books) -> Invoice | None:
        """Return the invoice, not of our making, that a person says is this deal's; never issue it twice.

        `plan` is that of the invoice to be made now. One by hand may be of a part or of the `whole`: which,
        and what is left to invoice, is not for us to say, so none is taken for a deal with a deposit.
        """
        if issued := tuple(i for i in books.united if i.finalised):
            parts = any(i.part is not Part.WHOLE for i in issued)
            return await self._which(written_by_hand(issued, united=True), issued, plan, parts=parts)
        rounding = self._case.policy.vat_rounding
        alike = {
            each.id: each
            for each_plan in (whole, plan)
            for each in alike_and_not_ours(books.of_customer, each_plan.totals(rounding))
        }
        found = tuple(alike.values())
        return await self._which(written_by_hand(found), found, plan) if found else None

    async def _which(
        self, ask: Ask, found: Sequence[Invoice], plan: InvoicePlan, *, parts: bool = False
    ) -> Invoice | None:
        if parts or plan.deposit:
            ask = ask.model_copy(update={"options": ()})
        answer = await self._case.ask(ask)
        return next((i for i in found if i.id == answer.option), None)
