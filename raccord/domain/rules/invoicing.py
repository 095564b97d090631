"""How the company invoices."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from raccord.domain.rules.einvoicing import EInvoicing
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.rules.written import Language
from raccord.domain.values.base import Value
from raccord.domain.values.payment_terms import MonthEnd, PaymentTerms


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


class PublicBodies(StrEnum):
    """How invoices reach French public bodies, which take them on Chorus Pro and not by e-mail."""

    ASK = "ask"
    BY_HAND = "by_hand"
    """Issued and not e-mailed; a person hands it in."""
    VENDOR = "vendor"
    """Delivered like any other: the billing system hands it in."""


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
    """Whether a term that says only days is due at the end of a month."""
    month_end_reading: MonthEnd = MonthEnd.AFTER_DAYS
    """How "45 jours fin de mois" counts."""
    amount_basis: AmountBasis = AmountBasis.NET
    delivery: Delivery = Delivery.VENDOR
    default_language: Literal["fr", "en"] = "fr"
    footers: dict[Language, str] = {}
    """Legal mentions per language."""
    footers_individuals: dict[Language, str] = {}
    """The same for private persons, who owe neither the late penalties nor the indemnity of companies."""
    individuals: IndividualRule = IndividualRule.ASK
    public_bodies: PublicBodies = PublicBodies.ASK
    operations: Operations = Operations.UNSTATED

    def footer(self, language: str, *, individual: bool = False) -> str:
        """Return the legal mentions in this language, else in the company's own."""
        footers = self.footers_individuals if individual else self.footers
        return footers.get(language) or footers.get(self.default_language, "")

    def terms(self, agreed: PaymentTerms | None) -> PaymentTerms:
        """Return the term that counts: the one agreed, else the company's own."""
        terms = agreed or PaymentTerms(days=self.payment_terms_days)
        month_end = self.end_of_month if terms.month_end is None else terms.month_end
        return PaymentTerms(days=terms.days, month_end=month_end)

    def due_on(self, issued_on: date, agreed: PaymentTerms | None) -> date:
        """Return the due date of an invoice issued on a business date."""
        return self.terms(agreed).due_on(issued_on, self.month_end_reading)


class InvoicePolicy(Invoicing):
    """The invoice rules together with those of VAT and of the reform, as a flow receives them."""

    late_payment_mention: bool = False
    """Whether the law of the seller's country has invoices between professionals state the indemnity."""
    discount_mention: bool = False
    """The same for the discount for early payment; apart, because runs froze policies that lack it."""
    vat: VatPolicy = VatPolicy()
    einvoicing: EInvoicing = EInvoicing()


def selling(rules: InvoicePolicy, operations: Operations) -> InvoicePolicy:
    """Return the rules for an invoice that sells this."""
    return rules.model_copy(update={"operations": operations})
