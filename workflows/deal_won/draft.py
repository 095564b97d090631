"""From plan to issued invoice: a draft that carries exactly the plan, proven and released."""

from dataclasses import dataclass

from activities.billing.books import Books
from activities.records.memory import Confirmation
from raccord.domain.deal_won.approval import approval
from raccord.domain.deal_won.buyer import printed_otherwise
from raccord.domain.deal_won.outcome import other_rounding, proof
from raccord.domain.deal_won.party_rules import mailed
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.deal_won.questions import unproven
from raccord.domain.desk.question import Ask, Choice
from raccord.domain.values.invoice import Invoice, InvoiceOrder, InvoiceReference, next_cycle
from raccord.domain.values.parties import Customer
from raccord.domain.values.totals import Totals
from workflows.deal_won.case import Case
from workflows.deal_won.steps import Writing
from workflows.flow import GivenUp
from workflows.steps import Stopped


@dataclass(frozen=True)
class Draft:
    """A draft in the billing system, the order it was made from, and what it has to come to."""

    invoice: Invoice
    order: InvoiceOrder
    expected: Totals
    recipient: str
    """Where the billing system sends it: the address of its own customer."""


class Drafts:
    """A wrong draft is deleted and made anew under the next revision; a proven one is issued once."""

    def __init__(self, case: Case, steps: Writing, plan: InvoicePlan) -> None:
        self._case = case
        self._steps = steps
        self._plan = plan

    async def proven(self, customer: Customer, books: Books) -> Draft:
        """Return a draft that comes to exactly our totals."""
        await self._wanted(customer, books)
        for rate in books.missing_rates:
            await self._steps.vat_rate(rate)
        draft = await self._drafted(customer, books)
        rounding = self._case.policy.vat_rounding
        other = draft.order.totals(other_rounding(rounding))
        if wrong := proof(draft.expected, other, draft.invoice):
            exempted = customer.exempted and draft.expected.gross != draft.expected.net
            raise Stopped(unproven(draft.invoice, wrong, exempted=exempted))
        return draft

    async def released(self, draft: Draft) -> None:
        """Wait for the people who have a say before it is issued."""
        await self._says_who_buys(draft)
        if self._case.policy.needs_approval(draft.expected.net.amount):
            await self._approved(draft)

    async def issued(self, draft: Draft) -> Invoice:
        """Issue the proven draft. Raises `OutOfTime` when the deal has to be read again first."""
        return await self._steps.issue(draft.invoice, draft.expected, within=self._case.left_to_issue())

    async def _wanted(self, customer: Customer, books: Books) -> None:
        """End before a draft is made that nobody wants; else each look would make one and delete it."""
        expected = self._plan.totals(self._case.policy.vat_rounding)
        if books.standing or not self._case.policy.needs_approval(expected.net.amount):
            return
        recipient, cycle = self._recipient(customer), next_cycle(books.invoices)
        ask = self._approval(recipient=recipient, cycle=cycle)
        answer = await self._case.steps.answered(self._case.question(ask))
        if answer and answer.choice is Choice.CANCEL:
            raise GivenUp

    async def _drafted(self, customer: Customer, books: Books) -> Draft:
        standing, revision = books.standing, books.link.revision
        if standing and standing.reference:
            revision = standing.reference.revision
        order = self._order(customer, books, revision)
        if standing and standing.content_hash == order.content_hash:
            return self._draft(standing, order, customer)
        if standing:
            order = self._order(customer, books, revision + 1)
            await self._steps.discard(standing, revision=revision + 1)
        made = await self._steps.draft(order, within=self._case.left_of_today())
        return self._draft(made, order, customer)

    def _order(self, customer: Customer, books: Books, revision: int) -> InvoiceOrder:
        cycle = next_cycle(books.invoices)
        reference = InvoiceReference(
            deal=self._case.deal.ref, cycle=cycle, revision=revision, part=self._plan.part
        )
        return self._plan.order(reference, customer.id, self._case.today, self._case.policy)

    def _draft(self, invoice: Invoice, order: InvoiceOrder, customer: Customer) -> Draft:
        expected = order.totals(self._case.policy.vat_rounding)
        return Draft(invoice=invoice, order=order, expected=expected, recipient=self._recipient(customer))

    def _approval(self, *, recipient: str, cycle: int, draft: Invoice | None = None) -> Ask:
        policy, today = self._case.policy, self._case.today
        return approval(self._plan, policy, recipient=recipient, today=today, cycle=cycle, draft=draft)

    def _recipient(self, customer: Customer) -> str:
        return customer.email or self._plan.profile.email

    async def _says_who_buys(self, draft: Draft) -> None:
        """Ask before an invoice is issued that prints, or goes to, another customer than the proven one."""
        invoice, profile = draft.invoice, self._plan.profile
        if invoice.buyer is None:
            return
        found = printed_otherwise(
            invoice.buyer,
            profile,
            customer_id=invoice.customer_id,
            siret=draft.order.siret,
            mailed=mailed(self._case.deal, self._case.policy.invoice),
        )
        if found is None:
            return
        accepted = Confirmation(identity=found.fingerprint, company=profile.crm_company)
        if not await self._steps.confirmed(accepted):
            await self._case.ask(found)
            await self._steps.confirm(accepted)

    async def _approved(self, draft: Draft) -> None:
        """Wait until a person issues the draft; a draft that nobody wants is deleted."""
        reference = draft.order.reference
        ask = self._approval(recipient=draft.recipient, cycle=reference.cycle, draft=draft.invoice)
        try:
            await self._case.ask(ask)
        except GivenUp:
            await self._steps.discard(draft.invoice, revision=reference.revision + 1)
            raise
