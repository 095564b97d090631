"""Payment records: money that somebody reports to have come elsewhere (Stripe docs: api/payment-record)."""

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.store import Json


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
    guaranteed = params.get("guaranteed", {}).get("guaranteed_at")
    call.store.reported[record["id"]] = guaranteed or params["initiated_at"]
    call.account.touched()
    return record


def retrieve(call: Call) -> Json:
    return existing_record(call, call.id, param="id", status=404)


def report_refund(call: Call) -> Json:
    """Money given back outside Stripe: all that is left of it, unless the request names an amount."""
    record = existing_record(call, call.id, param="id", status=404)
    received, returned = record["amount_guaranteed"], record["amount_refunded"]
    left = received["value"] - returned["value"]
    wanted = call.params.get("amount", {"currency": received["currency"], "value": left})
    if wanted["currency"] != received["currency"]:
        raise Refusal("The refund has another currency than the payment.", param="amount[currency]")
    if not 0 < wanted["value"] <= left:
        raise Refusal(f"Only {left} of this payment is left to refund.", param="amount[value]")
    record["amount_refunded"] = {**returned, "value": returned["value"] + wanted["value"]}
    record["metadata"] = merged_metadata(record["metadata"], call.params.get("metadata", {}))
    call.account.touched()
    return record


def existing_record(call: Call, id_: str, *, param: str, status: int) -> Json:
    """The payment record of this id."""
    record = call.store.payment_records.find(id_)
    if record is None:
        raise missing_object("payment_record", id_, param=param, status=status)
    return record
