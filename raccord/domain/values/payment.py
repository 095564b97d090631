"""Money that came in: the payments of an invoice, and what the billing system makes of them.

Amounts are gross, in major units of their currency; instants are aware and the payment's own, never an
event's.
"""

from datetime import date, datetime
from enum import StrEnum

from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.money import Money


class PaymentMeans(StrEnum):
    """How a customer paid, as far as people tell the difference."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    BANK_TRANSFER = "bank_transfer"
    OUTSIDE = "outside"
    """Noted by a person in the billing system, which did not collect it itself."""
    CREDIT_BALANCE = "credit_balance"
    """Set off against what the customer was owed: no money came in."""
    OTHER = "other"


class DisputeState(StrEnum):
    OPEN = "open"
    WON = "won"
    """The money stays, or came back."""
    LOST = "lost"
    """The money is gone, as if it had been refunded."""


class Dispute(Value):
    """A customer had its bank take a payment back, or asked it to."""

    id: str
    amount: Money
    state: DisputeState
    opened_at: datetime


class Payment(Value):
    """One payment of an invoice that went through. `id` is what the billing system calls it."""

    id: str
    amount: Money
    """What it pays of the invoice; refunds are not deducted."""
    paid_at: datetime
    means: PaymentMeans
    refunded: Money
    """Of it, what went back to the customer; a lost dispute is not part of it."""
    disputes: tuple[Dispute, ...] = ()


class InvoiceMoney(Value):
    """An invoice with the money that it brought, read in one moment.

    `paid` is all that pays it, what was set off included and refunds not deducted; `due` what its customer
    still owes of it; `overpaid` what came beyond it.
    """

    invoice: Invoice
    paid: Money
    due: Money
    overpaid: Money
    payments: tuple[Payment, ...] = ()
    """The oldest first; together they come to `paid` and `overpaid`."""
    paid_at: datetime | None = None
    """When nothing was due any more; None while something is, or where nothing ever was."""
    processing: bool = False
    """Whether a payment is under way that is not settled yet, such as a SEPA debit."""
    failed: bool = False
    """Whether the last attempt to pay was refused."""


class ReceivedPayment(Value):
    """A payment as its account received it, whatever it is for."""

    id: str
    customer_id: str = ""
    """Empty where whoever paid is no customer of the account."""
    payer: OneLine = ""
    """What the billing system says of who paid: a name, an e-mail address."""
    amount: Money
    """Less what went back to the customer."""
    received_at: datetime
    means: PaymentMeans
    description: OneLine = ""
    invoices: tuple[str, ...] = ()
    """Ids of the invoices that it pays; none where it names none."""
    settled: bool = True
    """Whether the money is there; a debit under way, or one that failed, is not."""
    by_hand: bool = False
    """Whether only a person can have it pay an invoice, in the billing system's own pages."""
    page: str = ""
    """Where people of the company open it in the billing system."""


class UnpaidInvoice(Value):
    """An issued invoice that waits for money, as a list shows it."""

    id: str
    number: str = ""
    customer_id: str
    customer: OneLine = ""
    due: Money
    issued_on: date | None = None
    due_on: date | None = None
    page: str = ""


class ChangedMoney(Value):
    """Whose money changed, as the billing system's own list of what happened names them, each once."""

    invoices: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    """Payments that the list names without an invoice."""
    unreadable: int = 0
    """Entries in a form that the vendor does not document."""
    seen_to: datetime | None = None
    """Up to when all are named, aware; None when all are that were asked for."""
