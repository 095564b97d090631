"""What of a payment is worth telling, to whom, and how many at once."""

import hashlib
from datetime import date, datetime
from enum import StrEnum

from raccord.domain.payment.standing import Standing
from raccord.domain.payment.status import PaymentStatus, disputes, last_payment
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal
from raccord.domain.values.money import Money
from raccord.domain.values.payment import DisputeState, InvoiceMoney, PaymentMeans


class NewsKind(StrEnum):
    """What happened, the gravest first: one change of an invoice's money is told by the first that fits."""

    DISPUTE_LOST = "dispute_lost"
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    OVERPAID = "overpaid"
    DISPUTE_WON = "dispute_won"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    FAILED = "failed"

    @property
    def of_finance(self) -> bool:
        """Whether finance is told beside the salesperson."""
        return self not in (NewsKind.PAID, NewsKind.PARTLY_PAID, NewsKind.FAILED)


class News(Value):
    """One change of an invoice's money, for people. `at` is when it was noticed, aware."""

    key: str
    """The same for the same change, however often it is noticed."""
    kind: NewsKind
    at: datetime
    invoice_id: str
    number: str = ""
    invoice_url: str = ""
    deal_id: str
    deal_name: OneLine = ""
    deal_url: str = ""
    customer: OneLine = ""
    owner_name: OneLine = ""
    owner_email: str = ""
    amount: Money
    """What came, went back or is disputed, by this change."""
    due: Money
    """What is still to be paid of the invoice."""
    means: PaymentMeans | None = None
    paid_on: date | None = None
    days_late: int | None = None
    """From the due date to the payment that settled the invoice; below zero it came early."""


class Bulletin(Value):
    """Many news at once, told in one message. `ref` is the message's mark."""

    ref: str
    at: datetime
    news: tuple[News, ...]


def kind_of_change(before: Standing | None, after: Standing) -> NewsKind | None:
    """Compare two standings of one invoice; None when nothing is worth telling. The first is empty before."""
    zero = Money.zero(after.received.currency)
    base = before or Standing(
        status=after.status, received=zero, refunded=zero, due=after.due, taken_back=after.taken_back
    )
    happened = (
        (set(after.lost_disputes) - set(base.lost_disputes), NewsKind.DISPUTE_LOST),
        (set(after.open_disputes) - set(base.open_disputes), NewsKind.DISPUTED),
        (after.refunded.amount > base.refunded.amount, NewsKind.REFUNDED),
        (after.taken_back > base.taken_back, NewsKind.REFUND_FAILED),
        (after.received.amount > base.received.amount, _of_what_came(after)),
        (set(after.won_disputes) - set(base.won_disputes), NewsKind.DISPUTE_WON),
        (after.failed and not base.failed, NewsKind.FAILED),
    )
    return next((kind for so, kind in happened if so), None)


def _of_what_came(after: Standing) -> NewsKind:
    if after.status is PaymentStatus.OVERPAID:
        return NewsKind.OVERPAID
    # Not by the status: it may say of what came before that it went back, or is disputed.
    return NewsKind.PARTLY_PAID if after.due.amount > 0 else NewsKind.PAID


def news_of(
    before: Standing | None,
    after: Standing,
    money: InvoiceMoney,
    deal: Deal,
    clock: BusinessClock,
    *,
    at: datetime,
) -> News | None:
    """Write the news of a change; None when there is none. `at` is aware."""
    kind = kind_of_change(before, after)
    if kind is None:
        return None
    invoice, last = money.invoice, last_payment((money,))
    settled_on = clock.date_of(money.paid_at) if money.paid_at else None
    return News(
        key=_key(invoice.id, deal, after),
        kind=kind,
        at=at,
        invoice_id=invoice.id,
        number=invoice.number or "",
        invoice_url=invoice.page or invoice.url or "",
        deal_id=deal.ref.id,
        deal_name=deal.name,
        deal_url=deal.url,
        customer=invoice.buyer.name if invoice.buyer else "",
        owner_name=deal.owner.name if deal.owner else "",
        owner_email=deal.owner.email if deal.owner else "",
        amount=_amount(kind, before, after, money),
        due=money.due,
        means=last.means if last else None,
        paid_on=clock.date_of(last.paid_at) if last else None,
        days_late=(settled_on - invoice.due_on).days if settled_on and invoice.due_on else None,
    )


def _amount(kind: NewsKind, before: Standing | None, after: Standing, money: InvoiceMoney) -> Money:
    zero = Money.zero(money.invoice.currency)
    match kind:
        case NewsKind.DISPUTED | NewsKind.DISPUTE_WON | NewsKind.DISPUTE_LOST:
            known = _known_disputes(kind, before)
            new = (each for each in disputes(money, _DISPUTES[kind]) if each.id not in known)
            return sum((each.amount for each in new), start=zero)
        case NewsKind.REFUNDED:
            return after.refunded - (before.refunded if before else zero)
        case NewsKind.REFUND_FAILED:
            return (before.refunded if before else zero) - after.refunded
        case NewsKind.FAILED:
            return money.due
        case _:
            return after.received - (before.received if before else zero)


def _known_disputes(kind: NewsKind, before: Standing | None) -> tuple[str, ...]:
    if before is None:
        return ()
    match kind:
        case NewsKind.DISPUTED:
            return before.open_disputes
        case NewsKind.DISPUTE_WON:
            return before.won_disputes
        case _:
            return before.lost_disputes


_DISPUTES = {
    NewsKind.DISPUTED: DisputeState.OPEN,
    NewsKind.DISPUTE_WON: DisputeState.WON,
    NewsKind.DISPUTE_LOST: DisputeState.LOST,
}


def _key(invoice_id: str, deal: Deal, after: Standing) -> str:
    said = hashlib.sha256(f"{deal.ref} {after.model_dump_json()}".encode()).hexdigest()[:12]
    return f"{invoice_id}.{said}"
