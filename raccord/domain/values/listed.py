"""Deals, invoices and customers as a list of all of them shows them: enough to hold both sides together."""

from datetime import date, datetime

from raccord.domain.values.base import Exact, OneLine, Value
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Customer


class Shown(Value):
    """What a deal shows of its invoice; empty or None where it shows nothing, or nothing that can be read."""

    invoice_id: str = ""
    number: str = ""
    status: str = ""
    net: Exact | None = None
    credited: Exact | None = None
    """Gross."""
    payment: str = ""
    """The word for what was paid, as `PaymentStatus` has it."""


class ListedDeal(Value):
    """A deal that is won, or shows an invoice."""

    id: str
    name: OneLine = ""
    url: str = ""
    owner_id: str = ""
    """Its salesperson's id in the CRM; empty where it has none."""
    pipeline_id: str = ""
    won: bool = False
    closed_on: date | None = None
    amount: Exact | None = None
    currency: str = ""
    """As the CRM has it; empty where it says none."""
    changed_at: datetime | None = None
    """Aware; None where the CRM does not say."""
    shown: Shown = Shown()


class DealPage(Value):
    """Part of the list of deals; `after` begins the next part, and is empty where there is none."""

    deals: tuple[ListedDeal, ...]
    after: str = ""


class ListedInvoice(Value):
    """An issued invoice, without VAT by rate, lines and credit notes' numbers.

    `due` is what its customer still owes of it, gross.
    """

    invoice: Invoice
    due: Money


class InvoicePage(Value):
    """Part of the list of issued invoices, ours or not; see `DealPage`.

    `unreadable`: the ids of those that have a form which the vendor does not document.
    """

    invoices: tuple[ListedInvoice, ...]
    unreadable: tuple[str, ...] = ()
    after: str = ""


class CustomerPage(Value):
    """Part of the list of customers; see `DealPage`."""

    customers: tuple[Customer, ...]
    after: str = ""
