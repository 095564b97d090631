"""What money does to an invoice: every payment, whichever way it came, is booked here."""

from typing import Any

from sandbox.stripe.call import Call
from sandbox.stripe.customer_balance import shift_balance
from sandbox.stripe.invoice_view import shown
from sandbox.stripe.payments import cancel_payments, resize_default_payment
from sandbox.stripe.store import Invoice, Json

_TAKES_MONEY = ("open", "uncollectible")


def payment_came(call: Call, payment: Json, received: int, *, real: bool, came_at: int | None = None) -> None:
    """A payment of an invoice succeeded with so many minor units; `real` when Stripe collected them.

    `came_at` is when it did, of one that is attached later.
    """
    invoice = call.store.invoices.find(payment["invoice"])
    if invoice is None:
        return
    before = shown(call.account, invoice)
    paid_at = came_at if came_at is not None and call.settings.attached_with_own_date else call.now
    payment.update(
        amount_paid=received, status="paid", status_transitions={"canceled_at": None, "paid_at": paid_at}
    )
    call.event("invoice_payment.paid", payment)
    invoice.off_stripe += 0 if real else received
    _book(call, invoice, received)
    told_paid(call, invoice, before, real=real)


def attempt_failed(call: Call, payment: Json) -> None:
    """A payment of an invoice was tried in vain; the invoice stays as it is."""
    if invoice := call.store.invoices.find(payment["invoice"]):
        attempted(call, invoice)
        call.event("invoice.payment_failed", shown(call.account, invoice))


def attempted(call: Call, invoice: Invoice) -> None:
    """Somebody tried to pay; Stripe docs: only automatic retries are counted after the first time."""
    before = shown(call.account, invoice)
    invoice.data.update(attempted=True, attempt_count=max(invoice.data["attempt_count"], 1))
    call.updated("invoice.updated", shown(call.account, invoice), before)


def settle(call: Call, invoice: Invoice) -> None:
    """Nothing remains to be paid."""
    invoice.data.update(amount_remaining=0, status="paid")
    stamp(invoice, "paid_at", call.now)


def told_paid(call: Call, invoice: Invoice, before: Json, *, real: bool = False) -> None:
    """Say what the money changed, and that the invoice is paid when it is."""
    now_shown = shown(call.account, invoice)
    call.updated("invoice.updated", now_shown, before)
    if invoice.status == "paid" and before["status"] != "paid":
        call.event("invoice.paid", now_shown)
        if real:
            call.event("invoice.payment_succeeded", now_shown)
    if now_shown["amount_overpaid"] > before["amount_overpaid"]:
        call.event("invoice.overpaid", now_shown)


def stamp(invoice: Invoice, name: str, at: int) -> None:
    # A new dict: earlier answers and events keep the old one.
    transitions: dict[str, Any] = {**invoice.data["status_transitions"], name: at}
    invoice.data["status_transitions"] = transitions


def _book(call: Call, invoice: Invoice, received: int) -> None:
    data = invoice.data
    owed = data["amount_remaining"] if invoice.status in _TAKES_MONEY else 0
    over = max(received - owed, 0)
    data["amount_paid"] += received if call.settings.overpaid_counts_as_paid else received - over
    data["amount_overpaid"] += over
    customer = call.store.customers.find(data["customer"])
    if over and customer:
        # Stripe docs, invoice object: "The amount overpaid is credited to the customer's credit balance."
        shift_balance(call, customer, -over, "invoice_overpaid", invoice=invoice.id)
    if invoice.status not in _TAKES_MONEY:
        return
    data["amount_remaining"] = owed - (received - over)
    if data["amount_remaining"]:
        resize_default_payment(call, invoice)
    else:
        cancel_payments(call, invoice, "automatic")
        settle(call, invoice)
