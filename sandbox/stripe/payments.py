"""Payments of invoices: the one an invoice asks for, and those attached to it."""

from collections.abc import Iterator
from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.intents import UNPAID, cancel_intent, new_intent
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Invoice, Json


def list_(call: Call) -> Json:
    params = call.params
    payment = params.get("payment", {})
    return page(
        call,
        "invoice payment",
        call.store.invoice_payments,
        lambda each: (
            each["invoice"] == params.get("invoice", each["invoice"])
            and each["status"] == params.get("status", each["status"])
            and all(each["payment"].get(name) == value for name, value in payment.items())
            and in_range(each["created"], params.get("created"))
        ),
    )


def retrieve(call: Call) -> Json:
    payment = call.store.invoice_payments.find(call.id)
    if payment is None:
        raise missing_object("invoice payment", call.id)
    return payment


def new_payment(call: Call, invoice: Invoice, kind: str, id_: str, requested: int, *, default: bool) -> Json:
    """An open payment of the invoice by a `payment_intent` or a `payment_record`."""
    payment: dict[str, Any] = {
        "id": new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": requested,
        "created": call.now,
        "currency": invoice.data["currency"],
        "invoice": invoice.id,
        "is_default": default,
        "livemode": call.settings.livemode,
        "payment": {"type": kind, kind: id_},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    call.store.invoice_payments.add(payment["id"], payment)
    return payment


def open_default_payment(call: Call, invoice: Invoice) -> None:
    """What a finalised invoice asks for."""
    data = invoice.data
    kinds = data["payment_settings"]["payment_method_types"] or call.settings.payment_methods
    intent = new_intent(
        call, amount=data["amount_due"], currency=data["currency"], customer=data["customer"], kinds=kinds
    )
    new_payment(call, invoice, "payment_intent", intent["id"], data["amount_due"], default=True)


def default_intent(call: Call, invoice: Invoice) -> Json | None:
    """What the invoice asks for, as long as it does."""
    open_ = (each for each, _ in _collectable(call, invoice) if each["is_default"])
    payment = next(open_, None)
    return call.store.payment_intents.find(payment["payment"]["payment_intent"]) if payment else None


def resize_default_payment(call: Call, invoice: Invoice) -> None:
    """The invoice asks for what is left; a payment that has begun keeps its amount."""
    left = invoice.data["amount_remaining"]
    for payment, intent in _collectable(call, invoice):
        begun = intent["status"] not in UNPAID or intent["id"] in call.store.funded
        if payment["is_default"] and not begun:
            payment["amount_requested"] = intent["amount"] = left


def cancel_payments(call: Call, invoice: Invoice, reason: str) -> None:
    """Nobody will pay it through Stripe any more. What a bank already works on still comes."""
    for payment, intent in list(_collectable(call, invoice)):
        if intent["status"] in UNPAID:
            payment.update(status="canceled", status_transitions={"canceled_at": call.now, "paid_at": None})
            cancel_intent(call, intent, reason)


def refuse_while_processing(call: Call, invoice: Invoice, wish: str) -> None:
    """Refuse what makes no sense while a bank works on a payment."""
    if any(intent["status"] == "processing" for _, intent in _collectable(call, invoice)):
        raise Refusal(f"You cannot {wish} this invoice because one of its payments is processing.")


def payments_by(call: Call, intent: Json) -> list[Json]:
    """The open payments of invoices that this intent is to make."""
    return [
        each
        for each in call.store.invoice_payments
        if each["payment"].get("payment_intent") == intent["id"] and each["status"] == "open"
    ]


def _collectable(call: Call, invoice: Invoice) -> Iterator[tuple[Json, Json]]:
    for payment in call.store.invoice_payments.of(invoice.id):
        if payment["status"] == "open":
            intent = call.store.payment_intents.find(payment["payment"].get("payment_intent", ""))
            if intent:
                yield payment, intent
