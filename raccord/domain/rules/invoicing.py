"""How the company invoices."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from raccord.domain.rules.einvoicing import EInvoicing
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.rules.written import Language
from raccord.domain.values.base import Value


class Delivery(StrEnum):
    """Who e-mails a finalised invoice: the billing system (`vendor`) or nobody (`none`)."""

    VENDOR = "vendor"
    NONE = "none"


class AmountBasis(StrEnum):
    """What the CRM's deal amount means."""

    NET = "net"
    GROSS = "gross"


class IndividualRule(StrEnum):
    """What happens to a deal of a private person: a question, or an invoice without SIREN."""

    ASK = "ask"
    INVOICE = "invoice"


class Operations(StrEnum):
    """What the company sells, as invoices state it."""

    UNSTATED = ""
    GOODS = "goods"
    SERVICES = "services"
    BOTH = "both"


class Invoicing(Value):
    """The company's invoice rules, all of them settings."""

    payment_terms_days: int = Field(default=30, ge=0, le=365)
    end_of_month: bool = False
    """Count the payment term, then go to the end of that month."""
    amount_basis: AmountBasis = AmountBasis.NET
    delivery: Delivery = Delivery.VENDOR
    default_language: Literal["fr", "en"] = "fr"
    footers: dict[Language, str] = {}
    """Legal mentions per language."""
    footers_individuals: dict[Language, str] = {}
    """The same for private persons, who owe neither the late penalties nor the indemnity of companies."""
    individuals: IndividualRule = IndividualRule.ASK
    operations: Operations = Operations.UNSTATED

    def footer(self, language: str, *, individual: bool = False) -> str:
        """Return the legal mentions in this language, else in the company's own."""
        footers = self.footers_individuals if individual else self.footers
        return footers.get(language) or footers.get(self.default_language, "")

    def due_on(self, issued_on: date, terms_days: int | None) -> date:
        """Return the due date: the deal's own term, else the company's, from the issue date."""
        days = self.payment_terms_days if terms_days is None else terms_days
        due = issued_on + timedelta(days=days)
        if not self.end_of_month:
            return due
        following = due.replace(day=28) + timedelta(days=4)
        return following.replace(day=1) - timedelta(days=1)


class InvoicePolicy(Invoicing):
    """The invoice rules together with those of VAT and of the reform, as a flow receives them."""

    late_payment_mention: bool = False
    """Whether the law of the seller's country has invoices between professionals state the indemnity."""
    discount_mention: bool = False
    """The same for the discount for early payment; apart, because runs froze policies that lack it."""
    vat: VatPolicy = VatPolicy()
    einvoicing: EInvoicing = EInvoicing()
