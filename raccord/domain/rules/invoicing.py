"""How the company invoices."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from raccord.domain.rules.einvoicing import EInvoicing
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.rules.written import Language
from raccord.domain.values.base import Unfit, Value
from raccord.domain.values.identifiers import clean, parse_iban
from raccord.domain.values.invoice import PaymentMethod
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


class Recurring(StrEnum):
    """What happens to lines that are sold as subscriptions."""

    ASK = "ask"
    LEAVE = "leave"
    """Somebody else bills them; the other lines are invoiced."""
    INVOICE_FIRST_PERIOD = "invoice_first_period"
    """Invoiced once, for one period; the following ones are somebody else's."""


class NothingToPay(StrEnum):
    """What happens to a deal whose lines come to nothing."""

    ASK = "ask"
    END = "end"
    """There is no invoice to write."""


class PublicBodies(StrEnum):
    """How invoices reach French public bodies, which take them on Chorus Pro and not by e-mail."""

    ASK = "ask"
    BY_HAND = "by_hand"
    """Issued and not e-mailed; a person hands it in."""
    VENDOR = "vendor"
    """Delivered like any other: the billing system hands it in."""


def _memo(text: str) -> str:
    try:
        named = [parsed[1:] for parsed in Formatter().parse(text) if parsed[1] is not None]
    except ValueError as error:
        raise Unfit("unfit.memo_braces", known=_OF_A_DEAL) from error
    for part, form, conversion in named:
        if part not in MEMO_PARTS or form or conversion:
            raise Unfit("unfit.memo_part", name=f"{{{part}}}", known=_OF_A_DEAL)
    return text


def _iban(text: str) -> str:
    if not text:
        return ""
    if (iban := parse_iban(text)) is None:
        raise Unfit("unfit.iban", text=text)
    return iban


def _bic(text: str) -> str:
    if (bic := clean(text)) and not _A_BIC.fullmatch(bic):
        raise Unfit("unfit.bic", text=text)
    return bic


_A_BIC = re.compile("[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")

Iban = Annotated[str, AfterValidator(_iban)]
Bic = Annotated[str, AfterValidator(_bic)]

MEMO_PARTS = ("name", "id", "reference")
_OF_A_DEAL = ", ".join(f"{{{part}}}" for part in MEMO_PARTS)

Memo = Annotated[str, AfterValidator(_memo)]
"""Text with `{name}`, `{id}` and `{reference}` of the deal."""


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
    iban: Iban = ""
    """The company's account, printed for customers who pay by transfer."""
    bic: Bic = ""
    payment_methods: tuple[PaymentMethod, ...] = ()
    """How customers may pay on the invoice's page; none leaves it to the billing system's account."""
    memos: dict[Language, Memo] = {}
    """What is printed of the deal, per language; nothing without one: what salespeople call a deal is not
    meant for its customer."""
    individuals: IndividualRule = IndividualRule.ASK
    public_bodies: PublicBodies = PublicBodies.ASK
    recurring: Recurring = Recurring.ASK
    nothing_to_pay: NothingToPay = NothingToPay.ASK
    operations: Operations = Operations.UNSTATED

    def footer(self, language: str, *, individual: bool = False) -> str:
        """Return the legal mentions in this language, else in the company's own."""
        footers = self.footers_individuals if individual else self.footers
        return footers.get(language) or footers.get(self.default_language, "")

    def memo(self, language: str, parts: Mapping[str, str]) -> str:
        """Return what is printed of a deal, by its `MEMO_PARTS`; nothing where it lacks a part."""
        template = self.memos.get(language) or self.memos.get(self.default_language, "")
        lacking = any(f"{{{part}}}" in template and not parts[part] for part in MEMO_PARTS)
        return "" if lacking else template.format_map(parts)

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
