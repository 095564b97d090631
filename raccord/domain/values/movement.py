"""What moved money or receivables: each with its own instant, as the weekly report adds it up."""

from datetime import datetime
from enum import StrEnum

from raccord.domain.values.base import Exact, Value
from raccord.domain.values.listed import ListedInvoice
from raccord.domain.values.money import Money


class MovementKind(StrEnum):
    ISSUED = "issued"
    CREDITED = "credited"
    """By a credit note, or by voiding or giving up an invoice."""
    RECEIVED = "received"
    """Money came in, whoever noted it."""
    SET_OFF = "set_off"
    """Paid from what the customer was owed: no money came in."""
    REFUNDED = "refunded"
    """Money went back, by a refund or a lost dispute."""


class Movement(Value):
    """One of them, with an id that no other movement of the account has and that never changes."""

    id: str
    kind: MovementKind
    invoice_id: str
    at: datetime
    """Aware. A payment's is when the billing system counted it towards its invoice."""
    amount: Money
    """Gross, never negative."""
    owed: Exact
    """What it adds to what the customer owes on the invoice, in major units; negative where it takes off."""


class InvoiceMovements(Value):
    """An issued invoice with all that moved it, whenever, but refunds, lost disputes and credit notes.

    Those are in a `MovementPage` alone.
    """

    listed: ListedInvoice
    customer: str = ""
    """What the billing system calls its customer."""
    movements: tuple[Movement, ...]


class MovementPage(Value):
    """Part of a list of invoices, and of movements whose invoice may stand in another part, or in none.

    `after` begins the next part, and is empty where there is none. `unreadable`: the ids of what has a form
    that the vendor does not document.
    """

    invoices: tuple[InvoiceMovements, ...] = ()
    movements: tuple[Movement, ...] = ()
    unreadable: tuple[str, ...] = ()
    after: str = ""
