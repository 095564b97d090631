"""Whether the money is still there: nothing is begun for a customer who got it back."""

from enum import StrEnum

from raccord.domain.payment.status import PaymentStatus, disputes, status_of
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
    if not money.invoice.finalised:
        return NotPaid.OPEN
    reason = _REASONS.get(status_of(money))
    taken_back = reason is NotPaid.REFUNDED and disputes(money, DisputeState.LOST)
    return NotPaid.DISPUTED if taken_back else reason


_REASONS = {
    PaymentStatus.VOID: NotPaid.VOID,
    PaymentStatus.CREDITED: NotPaid.CREDITED,
    PaymentStatus.REFUNDED: NotPaid.REFUNDED,
    PaymentStatus.PARTLY_REFUNDED: NotPaid.REFUNDED,
    PaymentStatus.DISPUTED: NotPaid.DISPUTED,
    PaymentStatus.OPEN: NotPaid.OPEN,
    PaymentStatus.PARTLY_PAID: NotPaid.OPEN,
    PaymentStatus.UNCOLLECTIBLE: NotPaid.OPEN,
}
"""Why an invoice in this state is not paid; none for the others."""
