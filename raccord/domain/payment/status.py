"""What an invoice's money comes to, in one word: for one invoice, and for all invoices of a deal."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceState, Part
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from raccord.domain.values.payment import Dispute, DisputeState, InvoiceMoney, Payment


class PaymentStatus(StrEnum):
    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    DISPUTED = "disputed"
    CREDITED = "credited"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


STATUS_NAMES = {
    PaymentStatus.OPEN: message("payment.status.open"),
    PaymentStatus.PARTLY_PAID: message("payment.status.partly_paid"),
    PaymentStatus.PAID: message("payment.status.paid"),
    PaymentStatus.OVERPAID: message("payment.status.overpaid"),
    PaymentStatus.REFUNDED: message("payment.status.refunded"),
    PaymentStatus.PARTLY_REFUNDED: message("payment.status.partly_refunded"),
    PaymentStatus.DISPUTED: message("payment.status.disputed"),
    PaymentStatus.CREDITED: message("payment.status.credited"),
    PaymentStatus.VOID: message("payment.status.void"),
    PaymentStatus.UNCOLLECTIBLE: message("payment.status.uncollectible"),
}
_WITHDRAWN = frozenset((PaymentStatus.VOID, PaymentStatus.CREDITED))
_SETTLED = frozenset(
    (
        PaymentStatus.PAID,
        PaymentStatus.OVERPAID,
        PaymentStatus.REFUNDED,
        PaymentStatus.PARTLY_REFUNDED,
    )
)


_ALL_OF_IT = frozenset((PaymentStatus.PAID, PaymentStatus.OVERPAID))


def status_of(money: InvoiceMoney) -> PaymentStatus:
    """Judge one invoice. What people undid goes before what was paid: a refund is no debt."""
    if money.invoice.state is InvoiceState.VOID:
        return PaymentStatus.VOID
    if disputes(money, DisputeState.OPEN):
        return PaymentStatus.DISPUTED
    if money.invoice.withdrawn:
        return PaymentStatus.CREDITED
    gone = returned(money)
    # To give back what came beyond the invoice leaves it paid.
    if gone.amount > money.overpaid.amount:
        whole = gone.amount >= received(money).amount
        return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTLY_REFUNDED
    return _of_what_was_paid(money)


def _of_what_was_paid(money: InvoiceMoney) -> PaymentStatus:
    if money.overpaid.amount > returned(money).amount:
        return PaymentStatus.OVERPAID
    if money.due.amount <= 0:
        return PaymentStatus.PAID
    if money.invoice.state is InvoiceState.UNCOLLECTIBLE:
        return PaymentStatus.UNCOLLECTIBLE
    return PaymentStatus.PARTLY_PAID if money.paid.amount > 0 else PaymentStatus.OPEN


def status_of_all(every: tuple[InvoiceMoney, ...]) -> PaymentStatus:
    """Judge a deal by its issued invoices: paid when all are. Voided and credited ones count only alone.

    A deposit whose balance is still to be issued pays a part of the deal.
    """
    found = {status_of(money) for money in every}
    counting = found - _WITHDRAWN
    if not counting:
        return PaymentStatus.CREDITED if PaymentStatus.CREDITED in found else PaymentStatus.VOID
    if PaymentStatus.DISPUTED in counting:
        return PaymentStatus.DISPUTED
    if counting <= _SETTLED:
        settled = _settled(counting)
        whole = settled not in _ALL_OF_IT or not only_deposits(counting_of(every))
        return settled if whole else PaymentStatus.PARTLY_PAID
    if counting <= _SETTLED | {PaymentStatus.UNCOLLECTIBLE}:
        return PaymentStatus.UNCOLLECTIBLE
    some = any(money.paid.amount > 0 for money in counting_of(every))
    return PaymentStatus.PARTLY_PAID if some else PaymentStatus.OPEN


def _settled(found: set[PaymentStatus]) -> PaymentStatus:
    if found == {PaymentStatus.REFUNDED}:
        return PaymentStatus.REFUNDED
    if found & {PaymentStatus.REFUNDED, PaymentStatus.PARTLY_REFUNDED}:
        return PaymentStatus.PARTLY_REFUNDED
    return PaymentStatus.OVERPAID if PaymentStatus.OVERPAID in found else PaymentStatus.PAID


def counting_of(every: tuple[InvoiceMoney, ...]) -> tuple[InvoiceMoney, ...]:
    """Return the invoices that are neither void nor credited; all of them when none is left."""
    counting = tuple(money for money in every if status_of(money) not in _WITHDRAWN)
    return counting or every


def only_deposits(every: tuple[InvoiceMoney, ...]) -> bool:
    return all(money.invoice.part is Part.DEPOSIT for money in every)


def fully_paid(every: tuple[InvoiceMoney, ...]) -> bool:
    """Whether all that a deal was invoiced came in and stayed: nothing due, refunded, disputed or free."""
    came = any(received(money).amount > 0 for money in counting_of(every))
    return came and status_of_all(every) in _ALL_OF_IT


def received(money: InvoiceMoney) -> Money:
    """Return all that came for an invoice, what it was overpaid by included, refunds not deducted."""
    return money.paid + money.overpaid


def refunded(money: InvoiceMoney) -> Money:
    return _sum((payment.refunded for payment in money.payments), money.invoice.currency)


def returned(money: InvoiceMoney) -> Money:
    """Return what went back to the customer: by refund, or because the bank took it."""
    lost = (dispute.amount for dispute in disputes(money, DisputeState.LOST))
    return refunded(money) + _sum(lost, money.invoice.currency)


def disputes(money: InvoiceMoney, state: DisputeState) -> tuple[Dispute, ...]:
    return tuple(each for payment in money.payments for each in payment.disputes if each.state is state)


def last_payment(every: Iterable[InvoiceMoney]) -> Payment | None:
    payments = [payment for money in every for payment in money.payments]
    return max(payments, key=lambda payment: payment.paid_at, default=None)


def paid_on(every: tuple[InvoiceMoney, ...], clock: BusinessClock) -> date | None:
    """Return the business date on which the last of a deal's invoices was settled by money.

    It is kept when money goes back. None while something is due, and where nothing ever was paid.
    """
    counting = counting_of(every)
    if any(money.due.amount > 0 for money in counting):
        return None
    moments = [money.paid_at for money in counting if money.paid_at and received(money).amount > 0]
    return clock.date_of(max(moments)) if moments else None


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Add up per currency, in the order of their codes; amounts of two currencies are never added."""
    totals: dict[str, Money] = {}
    for amount in amounts:
        known = totals.get(amount.currency)
        totals[amount.currency] = known + amount if known else amount
    return tuple(totals[currency] for currency in sorted(totals))


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, start=Money.zero(currency))
