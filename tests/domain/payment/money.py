"""One invoice of 120.00 EUR and the money it brought, to be changed one fact at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.payment import (
    Dispute,
    DisputeState,
    InvoiceMoney,
    Payment,
    PaymentMeans,
    ReceivedPayment,
    UnpaidInvoice,
)
from tests.domain.samples import invoice

THE_31ST = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
"""In Paris the first of November, at half past midnight."""
LATER = datetime(2026, 11, 9, 8, tzinfo=UTC)


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def payment(amount: str = "120", **changes: Any) -> Payment:
    base = {
        "id": "pi_1",
        "amount": euros(amount),
        "paid_at": THE_31ST,
        "means": PaymentMeans.CARD,
        "refunded": euros("0"),
    }
    return Payment(**(base | changes))


def dispute(state: DisputeState = DisputeState.OPEN, amount: str = "120", **changes: Any) -> Dispute:
    base = {"id": "dp_1", "amount": euros(amount), "state": state, "opened_at": LATER}
    return Dispute(**(base | changes))


def money(*payments: Payment, of: Invoice | None = None, **changes: Any) -> InvoiceMoney:
    """Return the money of an invoice after these payments; what is more than it asks for is overpaid."""
    state = InvoiceState.OPEN
    came = sum((each.amount.amount for each in payments), Decimal(0))
    issued = of or invoice(state, number="F-1")
    asked = issued.totals.gross.amount - issued.credited.amount
    if came >= asked and state is InvoiceState.OPEN and of is None:
        issued = issued.model_copy(update={"state": InvoiceState.PAID})
    base = {
        "invoice": issued,
        "paid": euros(str(min(came, asked))),
        "due": euros(str(max(asked - came, Decimal(0)))),
        "overpaid": euros(str(max(came - asked, Decimal(0)))),
        "payments": payments,
        "paid_at": max((each.paid_at for each in payments), default=None) if came >= asked else None,
    }
    return InvoiceMoney(**(base | changes))


def received(amount: str = "120", **changes: Any) -> ReceivedPayment:
    base = {
        "id": "pi_9",
        "customer_id": "cus_1",
        "payer": "Acme",
        "amount": euros(amount),
        "received_at": LATER,
        "means": PaymentMeans.BANK_TRANSFER,
    }
    return ReceivedPayment(**(base | changes))


def unpaid(due: str = "120", **changes: Any) -> UnpaidInvoice:
    base = {
        "id": "in_1",
        "number": "F-2026-0042",
        "customer_id": "cus_1",
        "customer": "Acme",
        "due": euros(due),
    }
    return UnpaidInvoice(**(base | changes))
