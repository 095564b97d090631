"""Invoices: what we ask the billing system for, what it answers, and how an invoice is named."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from raccord.domain.values.address import Address
from raccord.domain.values.base import Exact, OneLine, Value
from raccord.domain.values.deal import DealRef, Discount, InvoiceFields
from raccord.domain.values.money import Currency, Money
from raccord.domain.values.parties import TaxTreatment
from raccord.domain.values.totals import PricedLine, Totals, VatRounding, compute_totals

BY_HAND_WITHIN = timedelta(days=60)


class Buyer(Value):
    """The buyer as the billing system prints it on an invoice."""

    name: OneLine = ""
    email: str = ""
    """Where the billing system sends the invoice."""
    address: Address = Address()
    identifiers: tuple[str, ...] = ()
    """SIREN, SIRET and VAT numbers, as they stand there."""


class InvoiceState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


class PaymentMethod(StrEnum):
    """How the customer may pay where the billing system collects: on the page that the invoice links to."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    BANK_TRANSFER = "bank_transfer"
    """To an account that the billing system opens for the customer, so that it knows who paid what."""


class InvoiceLine(Value):
    """One line as the customer reads it. Prices are net of VAT, in major units of the invoice's currency."""

    name: OneLine
    description: str = ""
    quantity: Exact
    list_price: Exact
    """Unit price before discount."""
    unit_price: Exact
    """Unit price after discount, exact; or what makes the net amount the one that the CRM shows."""
    computed_net: Exact | None = None
    """What the line comes to by our rounding, where the CRM's own amount is invoiced instead."""
    discount: Discount | None = None
    """What the unit price was reduced by, to be printed."""
    vat_rate: Exact
    """In percent."""

    @property
    def priced(self) -> PricedLine:
        return PricedLine(quantity=self.quantity, unit_price=self.unit_price, vat_rate=self.vat_rate)


class CreditNote(Value):
    """A credit note that was issued on an invoice, by a person. `gross` is what it credits."""

    number: str
    gross: Money


class CreditPreview(Value):
    """What a credit note on an invoice would come to, and where a person issues it; nothing is issued."""

    credited: Money
    """Gross amount of the credit note itself."""
    totals: Totals | None = None
    """As the billing system computes it; None where it did not answer, or splits no VAT off."""
    page: str = ""
    """The invoice in the billing system's own pages."""
    request: str = ""
    """The request that issues it, to be sent with a person's own key."""
    remark: str = ""
    """Why the billing system did not compute it."""


class Part(StrEnum):
    """What of its deal an invoice asks for."""

    WHOLE = "whole"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    """All of it, less the deposit."""


class InvoiceReference(Value):
    """Our name for an invoice, carried by the billing system so that it can be found again.

    `cycle` is 1 + the deal's invoices that were voided or fully credited; `revision` rises when a
    draft had to be replaced.
    """

    deal: DealRef
    cycle: int = 1
    revision: int = 1
    part: Part = Field(default=Part.WHOLE, exclude_if=lambda part: part is Part.WHOLE)

    def __str__(self) -> str:
        name = f"{self.deal}/{self.cycle}/{self.revision}"
        return name if self.part is Part.WHOLE else f"{name}/{self.part}"


class InvoiceOrder(Value):
    """All the billing system needs to draft one invoice, frozen so that a retry sends the same bytes."""

    reference: InvoiceReference
    customer_id: str
    currency: Currency
    lines: tuple[InvoiceLine, ...]
    issued_on: date
    due_on: date
    service_date: date | None
    """None on a deposit: nothing was delivered yet."""
    deducts: str = Field(default="", exclude_if=lambda deposit: not deposit)
    """Of a balance: the id of the deposit's invoice."""
    purchase_order: str = ""
    siret: str = ""
    memo: str = ""
    footer: str = ""
    payment_methods: tuple[PaymentMethod, ...] = ()
    """None leaves it to the billing system's account."""
    language: str = "fr"
    tax_treatment: TaxTreatment = TaxTreatment.TAXED

    def totals(self, rounding: VatRounding) -> Totals:
        return compute_totals((line.priced for line in self.lines), self.currency, rounding)

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def key(self) -> str:
        """The idempotency key: `inv/<deal>/<cycle>/<revision>/<content hash>`."""
        return f"inv/{self.reference}/{self.content_hash}"


class Invoice(Value):
    """An invoice as the billing system holds it. `number` and `url` exist once it is finalised."""

    id: str
    state: InvoiceState
    customer_id: str
    reference: InvoiceReference | None = None
    """Our reference, when the billing system carries one."""
    page: str = ""
    """Where people of the company open it in the billing system, also as a draft; empty where they cannot."""
    number: str | None = None
    url: str | None = None
    currency: Currency
    totals: Totals
    line_count: int = 0
    content_hash: str | None = None
    """Hash of the `InvoiceOrder` its lines were last set from, as the billing system carries it."""
    credited: Money
    """Gross amount of its credit notes."""
    credit_notes: tuple[CreditNote, ...] = ()
    """Those that count, as far as the billing system tells them."""
    due_on: date | None = None
    issued_on: date | None = None
    buyer: Buyer | None = None
    """What it says of its customer, as of now for a draft; None where the billing system does not tell."""

    @property
    def part(self) -> Part:
        """What it asks for; an invoice that is not ours is taken for one of the whole."""
        return self.reference.part if self.reference else Part.WHOLE

    @property
    def live(self) -> bool:
        """Whether this invoice still claims its deal: neither void nor fully credited."""
        if self.state is InvoiceState.VOID:
            return False
        return self.credited.amount == 0 or self.credited.amount < self.totals.gross.amount

    @property
    def withdrawn(self) -> bool:
        """Whether it was issued and does not count any more: void or fully credited."""
        return self.finalised and not self.live

    @property
    def corrected(self) -> bool:
        """Whether a person voided it or credited some of it."""
        return self.withdrawn or self.credited.amount > 0

    @property
    def outstanding(self) -> Money:
        """What it comes to without what was credited; gross."""
        left = self.totals.gross.amount - self.credited.amount
        return Money(amount=max(left, Decimal(0)), currency=self.currency)

    def is_of(self, deal: DealRef) -> bool:
        """Whether it carries our reference of this deal."""
        return self.reference is not None and self.reference.deal == deal

    @property
    def finalised(self) -> bool:
        return self.state is not InvoiceState.DRAFT


class InvoicedLine(Value):
    """One line as the billing system holds it. `net` is what the line comes to before VAT."""

    name: OneLine
    quantity: Exact
    net: Money
    vat_rate: Exact | None = None
    """In percent; None when the billing system does not say."""


def by_hand_between(today: date, service_date: date, won_on: date | None) -> tuple[date, date]:
    """Return the first and the last day on which an invoice of the same sale may have been written by hand.

    A deal may be looked at long after it was sold: at the cut-over, or when its question is answered late.
    """
    return min(today, service_date, won_on or today) - BY_HAND_WITHIN, today + BY_HAND_WITHIN


def live_invoices(invoices: tuple[Invoice, ...]) -> tuple[Invoice, ...]:
    return tuple(i for i in invoices if i.live)


def next_cycle(invoices: tuple[Invoice, ...]) -> int:
    """Return 1 + the number of the deal's invoices that no longer count."""
    return 1 + sum(not i.live for i in invoices)


def last_withdrawn(invoices: tuple[Invoice, ...]) -> Invoice | None:
    """Return the latest of a deal's invoices that were issued and do not count any more."""
    gone = [i for i in invoices if i.withdrawn]
    return max(gone, key=lambda i: (i.issued_on or date.min, i.number or ""), default=None)


def billing_status(invoice: Invoice) -> str:
    """Return what the deal shows for an invoice's state; what was credited goes before what was paid."""
    match invoice.state:
        case InvoiceState.VOID:
            return "void"
        case _ if invoice.credited.amount > 0:
            return "partially_credited" if invoice.live else "credited"
        case InvoiceState.PAID:
            return "paid"
        case _:
            return "issued"


def fields_of(invoice: Invoice, *, new: bool = False) -> InvoiceFields:
    """Return what a deal shows of its invoice. Of a `new` one nothing can have been credited yet."""
    return InvoiceFields(
        invoice_id=invoice.id,
        number=invoice.number or "",
        url=invoice.url or "",
        status=billing_status(invoice),
        net=invoice.totals.net.amount,
        gross=invoice.totals.gross.amount,
        currency=invoice.currency,
        due_on=invoice.due_on,
        credit_notes=", ".join(note.number for note in invoice.credit_notes),
        credited=None if new and not invoice.corrected else invoice.credited.amount,
        deposit_number=(invoice.number or "") if invoice.part is Part.DEPOSIT else "",
    )


def alike_and_not_ours(invoices: tuple[Invoice, ...], totals: Totals) -> tuple[Invoice, ...]:
    """Return the invoices without our reference that come to the same net or gross amount."""
    return tuple(
        i
        for i in live_invoices(invoices)
        if i.reference is None and (i.totals.net == totals.net or i.totals.gross == totals.gross)
    )
