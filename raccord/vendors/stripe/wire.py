"""What Raccord reads of Stripe's objects (API 2026-10-28.endive). Unknown fields are ignored.

Amounts are integers in Stripe's minor units, instants are Unix seconds.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BeforeValidator, RootModel, StrictInt, field_validator

from raccord.connectors.http.reading import Wire

T = TypeVar("T")


class Identified(Wire):
    id: str


ObjectT = TypeVar("ObjectT", bound=Identified)


class Page(Wire, Generic[ObjectT]):
    """One page: a list continues after its last id, a search with `next_page`."""

    data: tuple[ObjectT, ...]
    has_more: bool = False
    next_page: str | None = None


class Deleted(Identified):
    """What a deleted object answers, with status 200."""

    deleted: Literal[True]


class PostalAddress(Wire):
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None


def _as_text(value: object) -> object:
    # JSON numbers arrive as float; their shortest text is exact for the four decimals of a rate.
    return str(value) if isinstance(value, float) else value


class TaxRate(Identified):
    percentage: Annotated[Decimal, BeforeValidator(_as_text)]
    inclusive: bool
    active: bool = True
    country: str | None = None
    tax_type: str | None = None
    rate_type: str | None = None
    """`percentage`, `flat_amount`, or nothing on older rates, which are percentages."""
    metadata: Mapping[str, str] | None = None
    created: StrictInt = 0


class TaxRateDetails(Wire):
    tax_rate: str


class Tax(Wire):
    amount: StrictInt
    tax_behavior: str | None = None
    taxable_amount: StrictInt | None = None
    tax_rate_details: TaxRateDetails | None = None


class DiscountAmount(Wire):
    amount: StrictInt


class Line(Identified):
    amount: StrictInt
    subtotal: StrictInt | None = None
    """Before discounts; it contains the taxes that the price includes."""
    discount_amounts: tuple[DiscountAmount, ...] | None = None
    description: str | None = None
    quantity: StrictInt | None = None
    """Cut to a whole number; `quantity_decimal` is exact."""
    quantity_decimal: Decimal | None = None
    taxes: tuple[Tax, ...] | None = None


class StatusTransitions(Wire):
    finalized_at: StrictInt | None = None
    marked_uncollectible_at: StrictInt | None = None
    paid_at: StrictInt | None = None
    voided_at: StrictInt | None = None


class PrintedTaxId(Wire):
    value: str | None = None


class StripeInvoice(Identified):
    status: str
    created: StrictInt = 0
    customer: str | None = None
    customer_name: str | None = None
    """With e-mail, address and tax ids what the invoice carries: the customer's own until it is finalised."""
    customer_email: str | None = None
    customer_address: PostalAddress | None = None
    customer_tax_ids: tuple[PrintedTaxId, ...] | None = None
    currency: str
    metadata: Mapping[str, str] | None = None
    number: str | None = None
    hosted_invoice_url: str | None = None
    invoice_pdf: str | None = None
    due_date: StrictInt | None = None
    status_transitions: StatusTransitions = StatusTransitions()
    total: StrictInt
    total_excluding_tax: StrictInt | None = None
    total_taxes: tuple[Tax, ...] | None = None
    lines: Page[Line]
    """Its first ten at most."""
    amount_due: StrictInt | None = None
    """What was asked for: less than the total where a balance was set off, more where one was owed."""
    amount_paid: StrictInt = 0
    amount_remaining: StrictInt | None = None
    """What its customer still has to pay, credit notes deducted."""
    amount_overpaid: StrictInt = 0
    """Credited to the customer's balance."""
    starting_balance: StrictInt = 0
    """The customer's balance before it was finalised; below zero it is owed to the customer."""
    ending_balance: StrictInt | None = None
    pre_payment_credit_notes_amount: StrictInt = 0
    post_payment_credit_notes_amount: StrictInt = 0


class OwingInvoice(Identified):
    """As much of an unpaid invoice as says whose it is."""

    customer: str | None = None
    amount_remaining: StrictInt | None = None


class Numbering(Wire):
    invoice_prefix: str | None = None


class NumberedInvoice(Identified):
    """An invoice with its customer, where that was expanded."""

    number: str = ""
    customer: Numbering | str | None = None

    @field_validator("number", mode="before")
    @classmethod
    def _none_yet(cls, number: object) -> object:
        return number or ""

    @property
    def prefix(self) -> str:
        """The customer's own, which its invoices bear where each customer has a sequence."""
        return (self.customer.invoice_prefix or "") if isinstance(self.customer, Numbering) else ""


class FoundInvoice(RootModel[Deleted | StripeInvoice]):
    pass


class StripeCreditNote(Identified):
    number: str | None = None
    total: StrictInt
    status: str = "issued"


class CreditNotePreview(Wire):
    """What a credit note would be; it has no id that anybody could ask for."""

    total: StrictInt
    total_excluding_tax: StrictInt | None = None
    total_taxes: tuple[Tax, ...] | None = None


class EventData(Wire):
    object: Identified


class Event(Identified):
    data: EventData


class Correction(Identified):
    """An event of any kind: only those that were asked for are read further."""

    type: str = ""
    data: Any = None
    """`VoidedData` or `CreditData`, each read by itself: one that is not must not take its page along."""


class NamedInvoice(Identified):
    metadata: Mapping[str, str] | None = None


class VoidedData(Wire):
    object: NamedInvoice


class CreditedInvoice(Wire):
    """A credit note; its invoice is an id, or the whole of it where that was expanded."""

    invoice: NamedInvoice | str


class CreditData(Wire):
    object: CreditedInvoice


class WebhookEndpoint(Identified):
    url: str
    status: str = "enabled"
    api_version: str | None = None
    enabled_events: tuple[str, ...] = ()
    secret: str | None = None
    """In the answer to its creation alone."""


# Pydantic forgets a page of something that nobody holds, and takes 2 ms to make it again at the next request.
AnyPage = Page[Identified]
CorrectionPage = Page[Correction]
CreditNotePage = Page[StripeCreditNote]
EndpointPage = Page[WebhookEndpoint]
EventPage = Page[Event]
NumberedPage = Page[NumberedInvoice]
InvoicePage = Page[StripeInvoice]
LinePage = Page[Line]
OwingPage = Page[OwingInvoice]
TaxRatePage = Page[TaxRate]
