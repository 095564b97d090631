"""Deals, invoices and customers as a list of all of them shows them: enough to hold both sides together."""

from datetime import date, datetime

from raccord.domain.values.base import Exact, OneLine, Value
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Company, Customer


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


class ListedCreditNote(Value):
    """An issued credit note, on an invoice of any age: as little of that as a list tells.

    `issued_on` is the business date that it bears.
    """

    id: str
    number: str
    issued_on: date
    net: Money
    gross: Money
    invoice: Invoice

    @property
    def vat(self) -> Money:
        return self.gross - self.net


class CreditNotePage(Value):
    """Part of the list of credit notes; see `InvoicePage`."""

    notes: tuple[ListedCreditNote, ...]
    unreadable: tuple[str, ...] = ()
    after: str = ""


class CustomerPage(Value):
    """Part of the list of customers; see `DealPage`."""

    customers: tuple[Customer, ...]
    after: str = ""


class WholeDeal(Value):
    """A won deal as `read_deal` reads it, and what only a list tells of it."""

    deal: Deal
    invoice_id: str = ""
    """The invoice that it shows; empty where it shows none."""
    urls: dict[str, str] = {}
    """Where people open each of its companies, by the company's id."""
    owner_left: bool = False
    """Whether its salesperson is none any more: archived, or unknown to the CRM."""


class RefusedDeal(Value):
    """A won deal that `read_deal` would refuse; `why` is a sentence."""

    id: str
    name: OneLine = ""
    url: str = ""
    why: str


class WholeDealPage(Value):
    """Part of the list of won deals; see `DealPage`."""

    deals: tuple[WholeDeal, ...]
    refused: tuple[RefusedDeal, ...] = ()
    left: int | None = None
    """How many deals the rest of the list has, this part among them; None where the CRM does not say."""
    after: str = ""


class ListedCompany(Value):
    """A company of the CRM. `deals` counts all it has, won or not."""

    company: Company
    url: str = ""
    owner_id: str = ""
    deals: int = 0


class CompanyPage(Value):
    """Part of the list of companies; see `DealPage` and `WholeDealPage`."""

    companies: tuple[ListedCompany, ...]
    left: int | None = None
    after: str = ""
