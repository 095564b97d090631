"""What an item among Pennylane's invoices is: its state, its amounts, or another document altogether."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from pydantic import ValidationError

from raccord.connectors.errors import Poison
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.money import Money, exponent, round_half_up
from raccord.domain.values.totals import VatTotal
from raccord.vendors.pennylane.api import Filter
from raccord.vendors.pennylane.vat import percent_of
from raccord.vendors.pennylane.wire import Line, Named, PennylaneInvoice

ISSUED: tuple[Filter, ...] = (("draft", "eq", "false"),)
CREDIT_NOTES: Filter = ("credit_note", "eq", "true")
REAL: tuple[Filter, ...] = (*ISSUED, ("credit_note", "eq", "false"))
CANCELLED = "cancelled"
_STATES = {
    "draft": InvoiceState.DRAFT,
    "upcoming": InvoiceState.OPEN,
    "late": InvoiceState.OPEN,
    "incomplete": InvoiceState.OPEN,
    "partially_paid": InvoiceState.OPEN,
    "partially_cancelled": InvoiceState.OPEN,
    "paid": InvoiceState.PAID,
    CANCELLED: InvoiceState.PAID,
    "archived": InvoiceState.UNCOLLECTIBLE,
}
"""Pennylane page, section 2. What somebody archived still claims its deal, and nobody is chased for it.

An issued invoice is only cancelled by a credit note, and nothing is left to pay: both stand in the books.
"""
_OTHERS = frozenset(
    (
        "credit_note",
        "proforma",
        "shipping_order",
        "purchasing_order",
        "estimate_pending",
        "estimate_accepted",
        "estimate_invoiced",
        "estimate_denied",
    )
)
"""What stands among the invoices and is none (pennylane page, section 2)."""


def of_customer(customer_id: int | str) -> Filter:
    return ("customer_id", "eq", str(customer_id))


def state_of(found: PennylaneInvoice) -> InvoiceState:
    state = _STATES.get(found.status)
    if state is None:
        raise Poison(f"The Pennylane invoice {found.id} has the unknown status {found.status!r}.")
    if found.draft:
        return InvoiceState.DRAFT
    return InvoiceState.PAID if state is InvoiceState.OPEN and found.paid else state


def is_invoice(found: PennylaneInvoice) -> bool:
    """Whether a list's item is an invoice that can be read: no credit note, estimate or order."""
    return found.status in _STATES and not is_other(
        found.status, found.credited_invoice, found.currency_amount
    )


def is_other(status: str, credited: Named | None, gross: Decimal) -> bool:
    """Whether it is another document: a credit note, linked or not, an estimate or an order."""
    return status in _OTHERS or credited is not None or gross < 0


def money(amount: Decimal, found: PennylaneInvoice) -> Money:
    """Read an amount. Raises `Poison` when its currency knows no such fraction."""
    try:
        return Money(amount=amount, currency=found.currency)
    except ValidationError as error:
        raise Poison(
            f"The Pennylane invoice {found.id} has an amount of a form that its currency does not know."
        ) from error


def vat_of(found: PennylaneInvoice, lines: Sequence[Line]) -> tuple[VatTotal, ...]:
    """Sum up the lines' VAT by rate. Where the invoice has another sum than its lines, rates were rounded."""
    bases: dict[Decimal, Decimal] = defaultdict(Decimal)
    taxes: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        if (rate := percent_of(line)) is None:
            raise Poison(
                f"The Pennylane invoice {found.id} has the VAT code {line.vat_rate!r}, which says no rate."
            )
        bases[rate] += line.currency_amount_before_tax
        taxes[rate] += line.currency_tax
    if sum(taxes.values(), Decimal(0)) != found.currency_tax:
        decimals = exponent(found.currency)
        by_rate = {rate: round_half_up(base * rate / 100, decimals) for rate, base in bases.items()}
        if sum(by_rate.values(), Decimal(0)) == found.currency_tax:
            taxes = defaultdict(Decimal, by_rate)
    return tuple(
        VatTotal(rate=rate, base=money(bases[rate], found), vat=money(taxes[rate], found))
        for rate in sorted(bases)
    )
