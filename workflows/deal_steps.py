"""The steps of flow 1, each bound to its deal, its queue and its place in the history."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow

from activities.billing import BillingReads, BillingWrites
from activities.crm import CrmReads, CrmWrites
from activities.customers import CustomerActivities
from activities.flows import FlowActivities
from activities.messages import (
    Adoption,
    Confirmation,
    CustomerInvoices,
    CustomerOutcome,
    CustomerRef,
    CustomerRequest,
    DiscardRequest,
    DraftRequest,
    DraftStep,
    InvoicesQuery,
    InvoiceStep,
    Parts,
    VatRates,
    WriteBack,
)
from activities.records import RecordsActivities
from raccord.domain.customer.matching import CustomerChoice
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.desk.question import Answer, Question
from raccord.domain.values.deal import Deal, DealRef, InvoiceFields
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceOrder
from raccord.domain.values.parties import Company, CustomerProfile
from raccord.domain.values.totals import Totals
from raccord.records.links import DealLink
from workflows.steps import run_join, run_local, run_ours, run_step

T = TypeVar("T")

ISSUE_WITHIN = timedelta(minutes=2)


async def deal_won_policy() -> DealWonPolicy:
    """Read mode and rules as they are now."""
    return await run_local(RecordsActivities.deal_won_policy, summary="read mode and rules")


class DealSteps:
    """What can be done about one deal. Every method may raise `Stopped` and `Gone`."""

    def __init__(self, deal: DealRef, policy: DealWonPolicy) -> None:
        self._deal = deal
        self._policy = policy

    @property
    def about_deal(self) -> str:
        return f"deal {self._deal.id}"

    @property
    def about_invoice(self) -> str:
        return f"invoice of deal {self._deal.id}"

    async def _crm(self, method: Callable[..., Awaitable[T]], arg: Any, summary: str) -> T:
        policy = self._policy
        return await run_step(
            method, arg, queue=policy.crm, timing=policy.timing, about=self.about_deal, summary=summary
        )

    async def _billing(
        self,
        method: Callable[..., Awaitable[T]],
        arg: Any,
        summary: str,
        *,
        about: str = "",
        within: timedelta | None = None,
    ) -> T:
        policy = self._policy
        return await run_step(
            method,
            arg,
            queue=policy.billing,
            timing=policy.timing,
            about=about or self.about_invoice,
            summary=summary,
            within=within,
        )

    async def read_deal(self) -> Deal:
        return await self._crm(CrmReads.read_deal, self._deal, "read the deal")

    async def write_back(self, fields: InvoiceFields) -> None:
        wanted = WriteBack(deal=self._deal, fields=fields)
        await self._crm(CrmWrites.write_invoice, wanted, f"write {fields.number} to the deal")

    async def other_company(self, other: str) -> Company | None:
        """Return a company that shares this deal's customer, if it is still a record of its own."""
        summary = "look whether two companies were merged"
        if workflow.patched("sites"):
            found = await self._crm(CrmReads.read_company, other, summary)
            return found if found and found.id == other else None
        now = await self._crm(CrmReads.current_company, other, summary)
        return Company(id=other) if now == other else None

    async def as_known(self, profile: CustomerProfile) -> CustomerProfile:
        """Return a profile under the identity its customer has: its site's, once a person said so."""
        site = profile.site
        if site is None or not workflow.patched("sites"):
            return profile
        own = Confirmation(identity=site.identity.reference, company=site.crm_company)
        return site if await self.confirmed(own) else profile

    async def link(self) -> DealLink:
        query = InvoicesQuery(billing=self._policy.billing, deal=self._deal)
        return await run_local(RecordsActivities.deal_link, query, summary="look up what we know of the deal")

    async def invoices(self, customer_id: str | None = None) -> tuple[Invoice, ...]:
        query = InvoicesQuery(billing=self._policy.billing, deal=self._deal, customer_id=customer_id)
        return await self._billing(BillingReads.invoices_of_deal, query, "look for the deal's invoices")

    async def invoices_of(self, merged: str) -> tuple[Invoice, ...]:
        other = DealRef(connection=self._deal.connection, id=merged)
        query = InvoicesQuery(billing=self._policy.billing, deal=other)
        return await self._billing(
            BillingReads.invoices_of_deal, query, "look at a deal merged into this one"
        )

    async def invoices_of_customer(self, wanted: CustomerInvoices) -> tuple[Invoice, ...]:
        summary = "look for an invoice written by hand"
        return await self._billing(BillingReads.invoices_of_customer, wanted, summary)

    async def lines(self, invoice: Invoice) -> tuple[InvoicedLine, ...]:
        return await self._billing(
            BillingReads.invoiced_lines, self._step(invoice), "read the invoice's lines"
        )

    async def identities(self, customer_id: str) -> tuple[str, ...]:
        wanted = CustomerRef(billing=self._policy.billing, customer_id=customer_id)
        return await run_local(RecordsActivities.identities, wanted, summary="who is the invoiced customer?")

    async def follow(self, parts: tuple[str, ...]) -> None:
        await run_local(RecordsActivities.follow, Parts(keys=parts), summary="follow the deal's parts")

    async def adopt(self, invoice: Invoice) -> None:
        adoption = Adoption(billing=self._policy.billing, deal=self._deal, invoice=invoice)
        await run_local(RecordsActivities.adopt, adoption, summary="remember the invoice")

    async def answered(self, question: Question) -> Answer | None:
        return await run_local(RecordsActivities.answered, question, summary="was this answered before?")

    async def went_without_mail(self, invoice: Invoice) -> None:
        await run_local(
            RecordsActivities.went_without_mail, self._step(invoice), summary="it is never mailed from here"
        )

    async def look_at(self, other: DealRef) -> None:
        await run_ours(FlowActivities.look_at_deal, other, summary="look at the deal that is left")

    async def ensure_customer(self, wanted: CustomerRequest) -> CustomerOutcome:
        return await run_join(
            CustomerActivities.ensure,
            wanted,
            about=f"company {wanted.profile.crm_company}",
            summary="find or create the customer",
        )

    async def find_customer(self, wanted: CustomerRequest) -> CustomerChoice:
        about = f"company {wanted.profile.crm_company}"
        return await self._billing(BillingReads.find_customer, wanted, "look for the customer", about=about)

    async def confirmed(self, wanted: Confirmation) -> bool:
        return await run_local(
            RecordsActivities.confirmed, wanted, summary="was this said of the company before?"
        )

    async def confirm(self, wanted: Confirmation) -> None:
        await run_local(RecordsActivities.confirm, wanted, summary="remember it for the company")

    async def vat_rates(self, rates: tuple[str, ...]) -> None:
        """Create the rates that the account lacks."""
        missing = await self._billing(
            BillingReads.missing_vat_rates, VatRates(rates=rates), "look for the VAT rates", about="VAT rates"
        )
        for rate in missing.rates:
            await self._billing(
                BillingWrites.create_vat_rate,
                VatRates(rates=(rate,)),
                f"create the VAT rate {rate} %",
                about=f"VAT rate {rate} %",
            )

    async def draft(self, order: InvoiceOrder) -> Invoice:
        """Create the order's draft with all its lines."""
        billing = self._policy.billing
        request = DraftRequest(billing=billing, order=order)
        draft = await self._billing(BillingWrites.create_draft, request, "create the draft")
        step = DraftStep(billing=billing, order=order, invoice_id=draft.id)
        return await self._billing(
            BillingWrites.set_lines, step, f"put {len(order.lines)} line(s) on the draft"
        )

    async def discard(self, draft: Invoice, next_revision: int) -> None:
        request = DiscardRequest(
            billing=self._policy.billing,
            deal=self._deal,
            invoice_id=draft.id,
            next_revision=next_revision,
        )
        await self._billing(
            BillingWrites.discard_draft, request, "replace the outdated draft", about=f"draft {draft.id}"
        )

    async def finalise(self, draft: Invoice, expected: Totals) -> Invoice:
        """Issue the draft. Raises `OutOfTime` when that takes so long that the deal may be lost by then."""
        step = self._step(draft).model_copy(update={"expected": expected})
        return await self._billing(
            BillingWrites.finalise,
            step,
            f"issue the invoice of {expected.gross}",
            about=f"invoice {draft.id}",
            within=ISSUE_WITHIN,
        )

    async def deliver(self, invoice: Invoice) -> None:
        await self._billing(
            BillingWrites.deliver,
            self._step(invoice),
            f"e-mail invoice {invoice.number}",
            about=f"invoice {invoice.number}",
        )

    def _step(self, invoice: Invoice) -> InvoiceStep:
        return InvoiceStep(billing=self._policy.billing, deal=self._deal, invoice_id=invoice.id)
