"""Which deal an invoice, and which invoice a payment, may be for: offered with reasons, never guessed."""

from datetime import date, timedelta
from enum import StrEnum

from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, FoundDeal
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.money import Money
from raccord.domain.values.payment import ReceivedPayment, UnpaidInvoice

NEAR = timedelta(days=60)
"""As long before or after the invoice as one that was written by hand counts as of the same sale."""
MOST = 8


class Reason(StrEnum):
    SAME_CUSTOMER = "same_customer"
    SAME_AMOUNT = "same_amount"
    NEAR = "near"
    """Their dates are near to each other."""
    SHOWN = "shown"
    """The deal shows the invoice's number, and so does another."""
    NAMED = "named"
    """What the payer wrote names it."""


class DealCandidate(Value):
    deal: FoundDeal
    reasons: tuple[Reason, ...]


class InvoiceCandidate(Value):
    invoice: UnpaidInvoice
    reasons: tuple[Reason, ...]


def deals_for(invoice: Invoice, deals: tuple[FoundDeal, ...]) -> tuple[DealCandidate, ...]:
    """Return which of its customer's deals an invoice may be of, the likeliest first.

    One that shows an invoice has its own; to be of the same company alone is no reason to ask anybody.
    """
    amounts = {invoice.totals.net, invoice.totals.gross}
    found = []
    for deal in deals:
        if deal.invoice_number or not deal.won:
            continue
        alike = _money(deal) in amounts
        near = _near(deal.won_on, invoice.issued_on)
        if alike or near:
            reasons = (Reason.SAME_CUSTOMER, *_said(alike=alike, near=near))
            found.append(DealCandidate(deal=deal, reasons=reasons))
    return tuple(sorted(found, key=lambda each: -len(each.reasons))[:MOST])


def deals_showing(deals: tuple[Deal, ...]) -> tuple[DealCandidate, ...]:
    """Return the deals that show the number of one invoice, such as a deal and its copy."""
    return _showing(tuple(_found(deal) for deal in deals))


def numbered(invoice: Invoice, deals: tuple[FoundDeal, ...]) -> tuple[DealCandidate, ...]:
    """Return which of its customer's deals show an invoice's number, also where a search lags behind."""
    return _showing(tuple(deal for deal in deals if invoice.number and deal.invoice_number == invoice.number))


def invoices_for(payment: ReceivedPayment, unpaid: tuple[UnpaidInvoice, ...]) -> tuple[InvoiceCandidate, ...]:
    """Return which invoices a payment may be for, the likeliest first.

    Of its customer's all that wait for money in its currency; of others' those of the very amount, or that
    the payer named.
    """
    found = []
    for invoice in unpaid:
        if invoice.due.currency != payment.amount.currency:
            continue
        theirs = bool(payment.customer_id) and invoice.customer_id == payment.customer_id
        alike = invoice.due == payment.amount
        named = _named(invoice.number, f"{payment.description} {payment.payer}")
        if theirs or alike or named:
            reasons = ((Reason.SAME_CUSTOMER,) if theirs else ()) + ((Reason.NAMED,) if named else ())
            reasons += (Reason.SAME_AMOUNT,) if alike else ()
            found.append(InvoiceCandidate(invoice=invoice, reasons=reasons))
    return tuple(sorted(found, key=lambda each: -len(each.reasons))[:MOST])


def _showing(deals: tuple[FoundDeal, ...]) -> tuple[DealCandidate, ...]:
    return tuple(DealCandidate(deal=deal, reasons=(Reason.SHOWN,)) for deal in deals[:MOST])


def _found(deal: Deal) -> FoundDeal:
    return FoundDeal(
        ref=deal.ref,
        name=deal.name,
        url=deal.url,
        won=deal.won,
        won_on=deal.won_on,
        amount=deal.amount,
        currency=deal.currency,
    )


def _said(*, alike: bool, near: bool) -> tuple[Reason, ...]:
    return ((Reason.SAME_AMOUNT,) if alike else ()) + ((Reason.NEAR,) if near else ())


def _money(deal: FoundDeal) -> Money | None:
    if deal.amount is None or deal.currency is None:
        return None
    try:
        return Money(amount=deal.amount, currency=deal.currency)
    except ValueError:
        # Finer than its currency: no invoice comes to that.
        return None


def _near(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= NEAR


def _named(number: str, said: str) -> bool:
    words = "".join(c if c.isalnum() else " " for c in said.casefold()).split()
    wanted = "".join(c if c.isalnum() else " " for c in number.casefold()).split()
    length = len(wanted)
    return bool(wanted) and any(words[at : at + length] == wanted for at in range(len(words)))
