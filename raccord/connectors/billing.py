"""What the flows need from a billing system.

Every writing method makes one external write and takes the idempotency key of that write; a
vendor without such keys relies on the look-up that precedes each call.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from raccord.connectors.capabilities import BillingCapabilities
from raccord.connectors.connection import Check
from raccord.domain.values.account import Account
from raccord.domain.values.correction import CorrectedInvoices
from raccord.domain.values.deal import DealRef
from raccord.domain.values.described import BillingAccount
from raccord.domain.values.invoice import CreditPreview, Invoice, InvoicedLine, InvoiceOrder
from raccord.domain.values.listed import CreditNotePage, CustomerPage, InvoicePage
from raccord.domain.values.movement import InvoiceMovements, MovementPage
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.payment import ChangedMoney, InvoiceMoney, ReceivedPayment, UnpaidInvoice


class BillingReader(Protocol):
    """Reading a billing system. `Transient` and `RateLimited` may be retried."""

    @property
    def capabilities(self) -> BillingCapabilities: ...

    async def find_customers(
        self, profile: CustomerProfile, *, linked_id: str | None
    ) -> tuple[Customer, ...]:
        """Return the linked customer alone while it lives: a link decides.

        Else return every customer that may be this one: by our reference, identifiers, exact e-mail. Deleted
        customers are left out. The caller decides (`domain.customer.matching`).
        """
        ...

    async def find_vat_rate(self, rate: Decimal) -> str | None:
        """Return the vendor's own reference of a VAT rate (percent), or None when the account lacks it."""
        ...

    async def invoices_of(
        self, deal: DealRef, *, customer_id: str | None, invoice_id: str | None
    ) -> tuple[Invoice, ...]:
        """Return every invoice, draft or not, that carries our reference of this deal.

        `customer_id` and `invoice_id` are what records know; they make the look-up immediate
        where the vendor's search lags.
        """
        ...

    async def read_invoice(self, invoice_id: str) -> Invoice:
        """Read one invoice. Raises `NotFound` when it is gone."""
        ...

    async def invoiced_lines(self, invoice_id: str) -> tuple[InvoicedLine, ...]:
        """Return every line of an invoice, in its order. Raises `NotFound` when it is gone."""
        ...

    async def invoices_of_customer(
        self, customer_id: str, *, since: date, until: date
    ) -> tuple[Invoice, ...]:
        """Return the customer's invoices dated between two business dates, drafts included, ours or not."""
        ...

    async def corrected_since(self, since: datetime) -> CorrectedInvoices:
        """Name the invoices that were voided since, or on which a credit note was issued or taken back.

        Ours or not, as far back as the vendor remembers; none is read. One entry that is unreadable
        is counted and hides no other.
        """
        ...

    async def read_money(self, invoice_id: str) -> InvoiceMoney:
        """Read an invoice with all its payments, refunds and disputes. Raises `NotFound` when it is gone."""
        ...

    async def read_payment(self, payment_id: str) -> ReceivedPayment:
        """Read a payment by the id that a hint named, with the invoices that it pays. Raises `NotFound`.

        The returned `id` is the one that stands for the payment, whichever of its ids was asked for.
        """
        ...

    async def unpaid_invoices(self, *, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        """Return the issued invoices on which something is due, of a customer or of the whole account.

        Newest first, 500 at most.
        """
        ...

    async def read_account(self, customer_id: str) -> Account:
        """Read a customer with everything that it owes, whoever issued it. One that is gone is `gone`."""
        ...

    async def customers_owing(self, *, due_before: date) -> tuple[str, ...]:
        """Return the ids of all customers who owe something that was due before a business date, each once.

        Only of invoices that their customers pay themselves. It pages through all of them: as many requests
        as there are hundreds.
        """
        ...

    async def money_changed(self, since: datetime, *, until: datetime | None) -> ChangedMoney:
        """Name the invoices and payments whose money changed, as far back as the vendor remembers.

        Of more than one answer holds, the oldest: `seen_to` is later than `since`, and the rest begins there.
        """
        ...

    async def issued_since(self, day: date) -> tuple[str, ...]:
        """Return the ids of the invoices, open or paid, that were issued on a business date or later.

        Only of invoices that their customers pay themselves. It pages through all of them: as many requests
        as there are hundreds.
        """
        ...

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:
        """Return a part of the invoices, whatever became of them, issued on a business date or later.

        In one request; `after` is empty for the first part, and else what the part before gave. A part may
        have none and yet not be the last.
        """
        ...

    async def list_credit_notes(self, *, since: date, after: str) -> CreditNotePage:
        """Return a part of the credit notes issued on a business date or later; see `list_invoices`.

        On invoices of any age, ours or not. Those that were taken back are left out.
        """
        ...

    async def list_customers(self, *, after: str) -> CustomerPage:
        """Return a part of the customers in one request; see `list_invoices`. Deleted ones are left out."""
        ...

    async def list_movements(self, *, since: date, after: str) -> MovementPage:
        """Return a part of what moved since a business date; see `list_invoices`.

        The invoices that were issued since or are open, whatever their age; and the payments, refunds, lost
        disputes and credit notes since, also those of other invoices, which are named and not listed. A part
        takes more than one request where a list does not tell something whole.
        """
        ...

    async def read_movements(self, invoice_id: str) -> InvoiceMovements:
        """Read what moved one invoice. Raises `NotFound` when it is gone."""
        ...

    async def preview_credit(self, invoice: Invoice) -> CreditPreview:
        """Compute the credit note of all that is left of an issued invoice. Issues nothing.

        Where the vendor does not compute it, the preview says why and has no totals.
        """
        ...

    async def read_document(self, invoice_id: str) -> bytes:
        """Return the PDF of an issued invoice, from the vendor's own hosts.

        `Permanent` says why there is none.
        """
        ...

    async def was_delivered(self, invoice_id: str) -> bool:
        """Whether the vendor has already e-mailed this invoice."""
        ...

    async def describe(self) -> BillingAccount:
        """Read what the account is and has, before anything is configured; see `CrmReader.describe`."""
        ...

    async def probe(self) -> None:
        """Make one cheap authenticated call; raises what any call would."""
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check credentials, permissions and TEST or LIVE."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class Billing(BillingReader, Protocol):
    """Writing to a billing system.

    `AmbiguousWrite`: it may have happened, look first. `Permanent`: understood and refused. An invoice that
    is returned is the one that a reading would return now; where a vendor answers with less, it is read.
    """

    async def create_customer(self, profile: CustomerProfile, *, key: str) -> Customer:
        """Create a customer that carries our reference."""
        ...

    async def claim_customer(self, customer_id: str, profile: CustomerProfile, *, key: str) -> Customer:
        """Write our reference on a customer that already existed, and nothing else."""
        ...

    async def create_vat_rate(self, rate: Decimal, *, key: str) -> str:
        """Create a VAT rate (percent) and return the vendor's reference of it.

        Where an account's rates are fixed or legally bound, raises `Permanent` with what to do.
        """
        ...

    async def create_draft(self, order: InvoiceOrder, *, key: str) -> Invoice:
        """Create a draft that carries our reference; its lines too where the vendor takes them at once."""
        ...

    async def set_lines(self, invoice_id: str, order: InvoiceOrder, *, key: str) -> Invoice:
        """Put the order's lines on an empty draft, together with the order's content hash.

        It looks itself: a draft that holds the order already is left alone and returned. `Permanent` for
        one with other lines.
        """
        ...

    async def discard_draft(self, invoice_id: str, *, key: str) -> None:
        """Delete a draft. `Permanent` when it is finalised; gone already is success."""
        ...

    async def allocate_payment(self, payment_id: str, invoice_id: str, *, key: str) -> None:
        """Have a received payment pay an invoice. `Permanent` when the vendor does not let it."""
        ...

    async def finalise(self, invoice_id: str, *, key: str) -> Invoice:
        """Issue the draft: the vendor gives number and public link."""
        ...

    async def deliver(self, invoice_id: str, *, key: str) -> None:
        """Have the vendor e-mail the finalised invoice to its customer."""
        ...
