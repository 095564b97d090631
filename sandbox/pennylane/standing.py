"""Where an invoice stands: what is left to pay, and the status that follows (pennylane.md 1.4, 2 and 3)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.pennylane.money import cents
from sandbox.pennylane.records import Invoice
from sandbox.pennylane.store import Company


@dataclass(frozen=True)
class Standing:
    """`left` and `left_before_tax` are None where nobody owes anything: for a draft and a credit note."""

    status: str
    paid: bool
    left: Decimal | None = None
    left_before_tax: Decimal | None = None


def standing(company: Company, invoice: Invoice, today: date) -> Standing:
    """As of a day: an invoice becomes late by itself, which is no change of it."""
    if invoice.draft:
        return Standing("draft", paid=False)
    if invoice.credit_note:
        return Standing("archived" if invoice.archived else "credit_note", paid=False)
    total = invoice.totals.gross
    credited = -sum((note.totals.gross for note in company.notes_of(invoice)), Decimal(0))
    received = invoice.received
    left = Decimal(0) if invoice.settled_by_hand else max(Decimal(0), total - credited - received)
    if invoice.archived:
        status = "archived"
    elif left == 0:
        status = "cancelled" if credited >= total > 0 else "paid"
    elif invoice.deadline < today and not (company.settings.partial_over_late and (received or credited)):
        status = "late"
    elif received > 0:
        status = "partially_paid"
    else:
        status = "partially_cancelled" if credited else "upcoming"
    share = invoice.totals.net / total if total else Decimal(0)
    return Standing(status, left == 0 and status != "cancelled", left, cents(left * share))


def open_amount(company: Company, invoice: Invoice) -> Decimal:
    """What is left to pay, whatever the day; 0 for what nobody owes."""
    return standing(company, invoice, invoice.deadline).left or Decimal(0)
