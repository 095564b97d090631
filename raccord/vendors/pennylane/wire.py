"""What Raccord reads of Pennylane's answers (Company API v2). Unknown fields are ignored.

Amounts are texts with a dot, ids are whole numbers (pennylane page, head).
"""

import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import AwareDatetime, field_validator

from raccord.connectors.http.reading import Wire

T = TypeVar("T", bound=Wire)


class Listed(Wire, Generic[T]):
    items: tuple[T, ...]
    has_more: bool = False
    next_cursor: str | None = None

    @property
    def following(self) -> str | None:
        return self.next_cursor if self.has_more and self.items else None


class Named(Wire):
    id: int


class Place(Wire):
    address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country_alpha2: str | None = None


class PennylaneCustomer(Wire):
    id: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    customer_type: str
    """`company` or `individual`: only `/customers` tells it (section 1.2)."""
    external_reference: str | None = None
    reference: str | None = None
    emails: tuple[str, ...] | None = None
    phone: str | None = None
    reg_no: str | None = None
    vat_number: str | None = None
    billing_address: Place | None = None
    billing_language: str | None = None

    @property
    def shown_name(self) -> str:
        return self.name or f"{self.first_name or ''} {self.last_name or ''}".strip()


class Created(Wire):
    """An answer of a typed endpoint, which does not tell the type."""

    id: int


class EInvoicing(Wire):
    status: str | None = None


class PennylaneInvoice(Wire):
    id: int
    status: str
    draft: bool
    currency: str
    amount: Decimal | None = None
    """In euros; the others in its own currency, of what is left nobody says."""
    currency_amount: Decimal
    currency_amount_before_tax: Decimal
    currency_tax: Decimal = Decimal(0)
    remaining_amount_with_tax: Decimal | None = None
    paid: bool = False
    invoice_number: str | None = None
    label: str | None = None
    date: datetime.date | None = None
    deadline: datetime.date | None = None
    external_reference: str | None = None
    public_file_url: str | None = None
    customer: Named | None = None
    credited_invoice: Named | None = None
    e_invoicing: EInvoicing | None = None
    updated_at: AwareDatetime

    @field_validator("invoice_number", mode="before")
    @classmethod
    def _none_yet(cls, number: object) -> object:
        return number or None


class Document(Wire):
    """What any of the documents among the invoices is, readable or not."""

    id: int
    status: str
    currency_amount: Decimal
    credited_invoice: Named | None = None


class Line(Wire):
    label: str = ""
    quantity: Decimal
    currency_amount_before_tax: Decimal
    currency_tax: Decimal
    vat_rate: str


class Transaction(Wire):
    """A movement of a bank account; of one that goes out the amount is below zero."""

    id: int
    label: str | None = None
    date: datetime.date
    currency: str | None = None
    currency_amount: Decimal


class PennylanePayment(Wire):
    id: int
    currency_amount: Decimal
    status: str
    updated_at: AwareDatetime


class Change(Wire):
    id: int
    operation: str
    processed_at: AwareDatetime


class Company(Wire):
    id: int
    name: str = ""
    reg_no: str | None = None


class Me(Wire):
    company: Company
    scopes: tuple[str, ...] = ()


# Pydantic forgets a page of something that nobody holds, and takes 2 ms to make it again.
CustomerList = Listed[PennylaneCustomer]
InvoiceList = Listed[PennylaneInvoice]
DocumentList = Listed[Document]
LineList = Listed[Line]
TransactionList = Listed[Transaction]
PaymentList = Listed[PennylanePayment]
