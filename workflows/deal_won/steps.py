"""The steps of flow 1, each bound to its deal, its queue and its place in the history.

`Reading` is all that a flow in shadow has: there is nothing to write with.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from activities.billing.books import BillingReads, Books, BooksQuery, InvoiceQuery
from activities.billing.customers import CustomerActivities, CustomerOutcome, CustomerRequest
from activities.billing.drafts import DiscardRequest, DraftRequest, DraftStep, DraftWrites, VatRate
from activities.billing.issue import InvoiceStep, IssueWrites
from activities.crm.deals import CrmReads, CrmWrites, WriteBack
from activities.records.memory import (
    Adoption,
    Confirmation,
    Recall,
    RecordsActivities,
    Remembered,
    Saying,
    Sent,
)
from activities.service.flows import FlowActivities, Waking
from raccord.domain.deal_won.outcome import companies_of
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.questions import company_of, invoice_name
from raccord.domain.deal_won.said import told
from raccord.domain.desk.question import Answer, Question
from raccord.domain.values.deal import Deal, DealRef, InvoiceFields
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceOrder
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.parties import Company, Contact
from raccord.domain.values.subject import Subject
from raccord.domain.values.totals import Totals
from raccord.records.links import DealLink
from raccord.temporal.flows import DEAL_WON
from workflows.steps import run_local, run_ours

if TYPE_CHECKING:
    from workflows.deal_won.flow import DealWon


class Reading:
    """What can be looked up about one deal. Every method may raise `Stopped` and `Gone`."""

    def __init__(self, flow: "DealWon", deal: DealRef, policy: DealWonPolicy) -> None:
        self._flow = flow
        self._deal = deal
        self._crm = policy.crm
        self._billing = policy.billing

    @property
    def about_deal(self) -> RecordName:
        return RecordName(kind=RecordKind.DEAL, id=self._deal.id)

    @property
    def about_invoice(self) -> RecordName:
        return RecordName(kind=RecordKind.INVOICE)

    async def deal(self) -> Deal:
        return await self._flow.step(
            CrmReads.read_deal, self._deal, queue=self._crm, about=self.about_deal, summary="read the deal"
        )

    async def other_company(self, other: str) -> Company | None:
        """Return a company that shares this deal's customer, if it is still a record of its own."""
        found = await self._flow.step(
            CrmReads.read_company,
            other,
            queue=self._crm,
            about=RecordName(kind=RecordKind.COMPANY, id=other),
            summary="look whether two companies were merged",
        )
        return found if found and found.id == other else None

    async def contact(self, contact_id: str) -> Contact | None:
        """Return a contact as it lives now; None when it is gone."""
        return await self._flow.step(
            CrmReads.read_contact,
            contact_id,
            queue=self._crm,
            about=RecordName(kind=RecordKind.CONTACT, id=contact_id),
            summary="read the contact who receives the company's invoices",
        )

    async def recall(self, deal: Deal, parts: tuple[str, ...] | None = None) -> Remembered:
        """Return what we remember of a deal and its company; with `parts`, hear of their changes."""
        companies = companies_of(deal)
        wanted = Recall(billing=self._billing, deal=self._deal, parts=parts, companies=companies)
        return await run_local(RecordsActivities.recall, wanted, summary="what do we know of the deal?")

    async def books(self, wanted: BooksQuery) -> Books:
        return await self._flow.step(
            BillingReads.read_books,
            wanted,
            queue=self._billing,
            about=self.about_invoice,
            summary="look up the deal's invoices and its customer",
        )

    async def lines(self, invoice: Invoice) -> tuple[InvoicedLine, ...]:
        return await self._flow.step(
            BillingReads.invoiced_lines,
            InvoiceQuery(invoice_id=invoice.id),
            queue=self._billing,
            about=self.about_invoice,
            summary="read the invoice's lines",
        )

    async def answered(self, question: Question) -> Answer | None:
        return await run_local(RecordsActivities.answered, question, summary="was this answered before?")

    async def confirmed(self, wanted: Confirmation) -> bool:
        return await run_local(
            RecordsActivities.confirmed, wanted, summary="was this said of the company before?"
        )


class Writing(Reading):
    """What can be done about one deal. A step with a time limit may raise `OutOfTime`."""

    async def remember(self, deal: Deal, option: str) -> None:
        """Remember an answer about the deal's company for all its deals."""
        topic, answer = told(option)
        saying = Saying(company=companies_of(deal)[0], topic=topic, answer=answer)
        await run_local(RecordsActivities.remember, saying, summary="remember it for the company")

    async def confirm(self, wanted: Confirmation) -> None:
        await run_local(RecordsActivities.confirm, wanted, summary="remember it for the company")

    async def adopt(self, invoice: Invoice) -> None:
        adoption = Adoption(billing=self._billing, deal=self._deal, invoice=invoice)
        await run_local(RecordsActivities.adopt, adoption, summary="remember the invoice")

    async def went_without_mail(self) -> None:
        sent = Sent(billing=self._billing, deal=self._deal)
        await run_local(RecordsActivities.went_without_mail, sent, summary="it is never mailed from here")

    async def no_longer_ours(self, merged_into: str | None) -> DealLink:
        """Return what we remember of a deal that is not ours (any more), and remember that."""
        wanted = Recall(billing=self._billing, deal=self._deal, open_again=True, merged_into=merged_into)
        known = await run_local(RecordsActivities.recall, wanted, summary="what do we know of the deal?")
        return known.link

    async def wake(self, other: Subject) -> None:
        """Have another deal's flow look at it."""
        wanted = Waking(flow=DEAL_WON.name, subject=other, key="merged")
        await run_ours(FlowActivities.wake, wanted, summary="look at the deal that is left")

    async def ensure_customer(self, wanted: CustomerRequest) -> CustomerOutcome:
        return await self._flow.join(
            CustomerActivities.ensure,
            wanted,
            queue=self._billing,
            about=company_of(wanted.profile),
            summary="find or create the customer",
        )

    async def vat_rate(self, rate: str) -> None:
        await self._flow.step(
            DraftWrites.create_vat_rate,
            VatRate(rate=rate),
            queue=self._billing,
            about=RecordName(kind=RecordKind.VAT_RATE, id=rate),
            summary=f"create the VAT rate {rate} %",
        )

    async def draft(self, order: InvoiceOrder, *, within: timedelta | None) -> Invoice:
        """Create the order's draft with all its lines."""
        draft = await self._flow.step(
            DraftWrites.create_draft,
            DraftRequest(billing=self._billing, order=order),
            queue=self._billing,
            about=self.about_invoice,
            summary="create the draft",
            within=within,
        )
        return await self._flow.step(
            DraftWrites.set_lines,
            DraftStep(billing=self._billing, order=order, invoice_id=draft.id),
            queue=self._billing,
            about=self.about_invoice,
            summary=f"put {len(order.lines)} line(s) on the draft",
            within=within,
        )

    async def discard(self, draft: Invoice, *, revision: int) -> None:
        """Delete a draft of ours; the next one, if there is one, gets this revision."""
        await self._flow.step(
            DraftWrites.discard_draft,
            DiscardRequest(
                billing=self._billing, deal=self._deal, invoice_id=draft.id, next_revision=revision
            ),
            queue=self._billing,
            about=RecordName(kind=RecordKind.DRAFT, id=draft.id),
            summary="delete the outdated draft",
        )

    async def issue(self, draft: Invoice, expected: Totals, *, within: timedelta) -> Invoice:
        """Issue the draft. Raises `OutOfTime` when that takes so long that the deal may be lost by then."""
        return await self._flow.step(
            IssueWrites.finalise,
            InvoiceStep(billing=self._billing, deal=self._deal, invoice_id=draft.id, expected=expected),
            queue=self._billing,
            about=RecordName(kind=RecordKind.INVOICE, id=draft.id),
            summary=f"issue the invoice of {expected.gross}",
            within=within,
        )

    async def deliver(self, invoice: Invoice) -> None:
        await self._flow.step(
            IssueWrites.deliver,
            InvoiceStep(billing=self._billing, deal=self._deal, invoice_id=invoice.id),
            queue=self._billing,
            about=invoice_name(invoice),
            summary=f"e-mail invoice {invoice.number}",
        )

    async def write_back(self, fields: InvoiceFields, *, as_read: str | None) -> None:
        await self._flow.step(
            CrmWrites.write_invoice,
            WriteBack(deal=self._deal, billing=self._billing, fields=fields, as_read=as_read),
            queue=self._crm,
            about=self.about_deal,
            summary=f"write {fields.number} to the deal",
        )
