"""Whether the money is still there: nothing is begun for a customer who got it back."""

from enum import StrEnum

from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.payment import DisputeState, InvoiceMoney


class NotPaid(StrEnum):
    """Why a deal counts as not fully paid (any more)."""

    NOTHING_TO_PAY = "nothing_to_pay"
    VOID = "void"
    CREDITED = "credited"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    OPEN = "open"

    @property
    def for_good(self) -> bool:
        """Whether the same invoices cannot come to be paid (again)."""
        return self in (NotPaid.NOTHING_TO_PAY, NotPaid.VOID, NotPaid.CREDITED)


def not_paid(read: tuple[InvoiceMoney, ...]) -> NotPaid | None:
    """Return why the deal with these invoices is not fully paid; None when it is."""
    for money in read:
        if found := _of_one(money):
            return found
    return None if any(money.invoice.totals.gross.amount > 0 for money in read) else NotPaid.NOTHING_TO_PAY


def _of_one(money: InvoiceMoney) -> NotPaid | None:
    invoice = money.invoice
    if invoice.state is InvoiceState.VOID:
        return NotPaid.VOID
    if not invoice.live:
        return NotPaid.CREDITED
    disputes = [dispute.state for payment in money.payments for dispute in payment.disputes]
    if DisputeState.OPEN in disputes or DisputeState.LOST in disputes:
        return NotPaid.DISPUTED
    if any(payment.refunded.amount > 0 for payment in money.payments):
        return NotPaid.REFUNDED
    if money.due.amount > 0 or not invoice.finalised:
        return NotPaid.OPEN
    return None


def received(read: tuple[InvoiceMoney, ...]) -> tuple[Money, ...]:
    """Return what the invoices come to, gross, one amount for each currency."""
    sums: dict[str, Money] = {}
    for money in read:
        gross = money.invoice.totals.gross
        sums[gross.currency] = sums.get(gross.currency, Money.zero(gross.currency)) + gross
    return tuple(sums[currency] for currency in sorted(sums))
