"""What Raccord reads of payments in Stripe's objects (API 2026-10-28.endive); see `wire`."""

from typing import Any

from pydantic import StrictInt

from raccord.connectors.http.reading import Wire
from raccord.vendors.stripe.wire import Identified, Page, StripeInvoice


class Transitions(Wire):
    paid_at: StrictInt | None = None


class MethodDetails(Wire):
    type: str | None = None


class BillingDetails(Wire):
    name: str | None = None
    email: str | None = None


class Charge(Identified):
    amount: StrictInt
    amount_refunded: StrictInt = 0
    """A refund that failed is taken out of it again."""
    currency: str
    created: StrictInt
    customer: str | None = None
    description: str | None = None
    disputed: bool = False
    status: str
    payment_intent: str | None = None
    payment_method_details: MethodDetails | None = None
    billing_details: BillingDetails = BillingDetails()
    receipt_email: str | None = None


class PaymentError(Wire):
    code: str | None = None


class PaymentIntent(Identified):
    """Its latest charge is the one that succeeded, where one did."""

    amount: StrictInt
    amount_received: StrictInt = 0
    currency: str
    created: StrictInt
    customer: str | None = None
    description: str | None = None
    status: str
    latest_charge: Charge | str | None = None
    last_payment_error: PaymentError | None = None
    payment_method_types: tuple[str, ...] = ()
    receipt_email: str | None = None


class Amount(Wire):
    value: StrictInt
    currency: str


class RecordedCustomer(Wire):
    customer: str | None = None
    name: str | None = None
    email: str | None = None


class PaymentRecord(Identified):
    """A payment that somebody noted, or that another processor took."""

    created: StrictInt
    amount: Amount
    amount_guaranteed: Amount | None = None
    amount_refunded: Amount | None = None
    customer_details: RecordedCustomer | None = None
    description: str | None = None
    payment_method_details: MethodDetails | None = None
    reported_by: str = "self"


class PaidWith(Wire):
    """Stripe's own name of the reference says which of them is there."""

    payment_intent: str | None = None
    charge: str | None = None
    payment_record: str | None = None


class InvoicePayment(Identified):
    """What a payment pays of an invoice; `open` while it is under way or not begun."""

    invoice: str
    status: str
    amount_paid: StrictInt | None = None
    created: StrictInt = 0
    payment: PaidWith
    status_transitions: Transitions = Transitions()


class InvoiceWithPayments(StripeInvoice):
    payments: Page[InvoicePayment] | None = None
    """Only there when expanded, and its first page at most."""


class StripeDispute(Identified):
    amount: StrictInt
    currency: str
    created: StrictInt
    payment_intent: str | None = None
    status: str


class Sender(Wire):
    sender_name: str | None = None


class BankTransfer(Wire):
    reference: str | None = None
    eu_bank_transfer: Sender | None = None
    gb_bank_transfer: Sender | None = None
    jp_bank_transfer: Sender | None = None
    us_bank_transfer: Sender | None = None

    @property
    def sender(self) -> str:
        kinds = (self.eu_bank_transfer, self.gb_bank_transfer, self.jp_bank_transfer, self.us_bank_transfer)
        return next((each.sender_name for each in kinds if each and each.sender_name), "")


class Funded(Wire):
    bank_transfer: BankTransfer = BankTransfer()


class Applied(Wire):
    payment_intent: str


class CashTransaction(Identified):
    """Money that came into what Stripe holds for a customer, or left it."""

    type: str
    created: StrictInt
    currency: str
    customer: str
    net_amount: StrictInt
    """Above zero it came, below it left."""
    ending_balance: StrictInt
    funded: Funded | None = None
    applied_to_payment: Applied | None = None
    unapplied_from_payment: Applied | None = None


class Happened(Identified):
    """An event; `happened.hints_of` reads it further, each by itself."""

    type: str = ""
    created: Any = None
    data: Any = None
    request: Any = None
    """Which request caused it; of what Stripe did by itself, of none."""


CashPage = Page[CashTransaction]
DisputePage = Page[StripeDispute]
HappenedPage = Page[Happened]
IntentPage = Page[PaymentIntent]
InvoicePaymentPage = Page[InvoicePayment]
InvoiceWithPaymentsPage = Page[InvoiceWithPayments]
