"""Payments of invoices: the one an invoice asks for, and money that was received elsewhere."""

from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal, missing_object
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


def report(call: Call) -> Json:
    """Money received outside Stripe, not yet attached to an invoice."""
    params, now = call.params, call.now
    amount = params["amount_requested"]
    zero = {"currency": amount["currency"], "value": 0}
    record = {
        "id": new_id("pr"),
        "object": "payment_record",
        "amount": amount,
        "amount_authorized": amount,
        "amount_canceled": zero,
        "amount_failed": zero,
        "amount_guaranteed": amount,
        "amount_refunded": zero,
        "amount_requested": amount,
        "application": None,
        "created": now,
        "customer_details": params.get("customer_details"),
        "customer_presence": params.get("customer_presence"),
        "description": params.get("description"),
        "latest_payment_attempt_record": None,
        "livemode": call.settings.livemode,
        "metadata": params.get("metadata") or {},
        "payment_method_details": params["payment_method_details"],
        "processor_details": params.get("processor_details", {"type": "custom"}),
        "reported_by": "self",
        "shipping_details": params.get("shipping_details"),
    }
    call.store.payment_records.add(record["id"], record)
    call.account.touched()
    return record


def attach_record(call: Call, invoice: Invoice, record_id: str) -> int:
    """Book a payment record as a paid payment of the invoice; its amount in minor units."""
    record = call.store.payment_records.find(record_id)
    if record is None:
        raise missing_object("payment_record", record_id, param="payment_record", status=400)
    if any(each["payment"].get("payment_record") == record_id for each in call.store.invoice_payments):
        raise Refusal("This payment record is already attached to an invoice.", param="payment_record")
    amount = record["amount_requested"]
    if amount["currency"] != invoice.data["currency"]:
        raise Refusal("The payment record has another currency than the invoice.", param="payment_record")
    booked = _payment(
        call,
        invoice,
        payment={"type": "payment_record", "payment_record": record_id},
        requested=amount["value"],
        default=False,
    )
    booked.update(
        amount_paid=amount["value"],
        status="paid",
        status_transitions={"canceled_at": None, "paid_at": call.now},
    )
    call.event("invoice_payment.paid", booked)
    value: int = amount["value"]
    return value


def open_default_payment(call: Call, invoice: Invoice) -> None:
    """What a finalised invoice asks for."""
    _payment(
        call,
        invoice,
        payment={"type": "payment_intent", "payment_intent": new_id("pi")},
        requested=invoice.data["amount_due"],
        default=True,
    )


def cancel_default_payment(call: Call, invoice: Invoice) -> None:
    """Nobody will pay it through Stripe any more."""
    for each in call.store.invoice_payments:
        if each["invoice"] == invoice.id and each["status"] == "open":
            each["status"] = "canceled"
            each["status_transitions"] = {"canceled_at": call.now, "paid_at": None}


def _payment(call: Call, invoice: Invoice, *, payment: dict[str, Any], requested: int, default: bool) -> Json:
    made = {
        "id": new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": requested,
        "created": call.now,
        "currency": invoice.data["currency"],
        "invoice": invoice.id,
        "is_default": default,
        "livemode": call.settings.livemode,
        "payment": payment,
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    call.store.invoice_payments.add(made["id"], made)
    return made
