"""What Raccord reads of Stripe's lists of all that moved (API 2026-10-28.endive); see `wire`.

An object that has another form is read as its id alone, so that it takes no other along.
"""

from typing import Annotated, TypeVar

from pydantic import Field, StrictInt

from raccord.connectors.http.reading import Wire
from raccord.vendors.stripe.wire import Identified, Page, StripeInvoice, Tax
from raccord.vendors.stripe.wire_payments import InvoiceWithPayments, StripeDispute, Transitions

T = TypeVar("T", bound=Identified)
_OrItsId = Annotated[T | Identified, Field(union_mode="left_to_right")]


class PaymentOfInvoice(Identified):
    """A payment of an invoice that was expanded; see `InvoicePayment`."""

    invoice: StripeInvoice
    amount_paid: StrictInt | None = None
    created: StrictInt
    status_transitions: Transitions = Transitions()

    @property
    def too_much(self) -> bool:
        """Whether its invoice was paid beyond what was due, by this payment or another."""
        asked = self.invoice.amount_due
        return self.invoice.amount_overpaid > 0 or (asked is not None and self.invoice.amount_paid > asked)


class Refund(Identified):
    amount: StrictInt
    currency: str
    created: StrictInt
    status: str | None = None
    payment_intent: str | None = None


class CreditNoteOfInvoice(Identified):
    invoice: str
    currency: str
    created: StrictInt
    status: str
    total: StrictInt
    pre_payment_amount: StrictInt
    """What it took off what was due; the rest had been paid (Stripe docs: api/credit_notes/object)."""


class ListedCreditNote(Identified):
    """A credit note whose invoice was expanded.

    `effective_at` is the date of issue that it bears where somebody set one (Stripe docs:
    api/credit_notes/object).
    """

    number: str
    invoice: StripeInvoice
    currency: str
    created: StrictInt
    effective_at: StrictInt | None = None
    status: str
    total: StrictInt
    total_excluding_tax: StrictInt | None = None
    total_taxes: tuple[Tax, ...] | None = None


class Settled(Identified):
    created: StrictInt


class SettledData(Wire):
    object: Settled


class SettledInvoice(Identified):
    """An event of an invoice on which nothing is due any more."""

    data: SettledData


CreditNotesListed = Page[_OrItsId[ListedCreditNote]]
CreditNotesMoved = Page[_OrItsId[CreditNoteOfInvoice]]
DisputesMoved = Page[_OrItsId[StripeDispute]]
InvoicesMoved = Page[_OrItsId[InvoiceWithPayments]]
PaymentsMoved = Page[_OrItsId[PaymentOfInvoice]]
RefundsMoved = Page[_OrItsId[Refund]]
SettledInvoices = Page[_OrItsId[SettledInvoice]]
