"""Refunds: charges that are given back, in part or in whole (Stripe docs: api/refunds)."""

from sandbox.core.table import new_id
from sandbox.stripe.balance import moved
from sandbox.stripe.call import Call
from sandbox.stripe.cash_moves import move_cash
from sandbox.stripe.charges import existing_charge
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.intents import existing_intent, unexpected_state
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json


def create(call: Call) -> Json:
    charge = _refundable(call)
    left = charge["amount"] - charge["amount_refunded"]
    amount = call.params.get("amount", left)
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            param="charge",
        )
    if amount > left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}), in minor units "
            f"of {charge['currency']}",
            param="amount",
        )
    if call.params.get("currency", charge["currency"]) != charge["currency"]:
        raise Refusal("The refund has another currency than the charge.", param="currency")
    params = call.params
    metadata = merged_metadata({}, params.get("metadata", {}))
    return give_back(call, charge, amount, reason=params.get("reason"), metadata=metadata)


def give_back(
    call: Call, charge: Json, amount: int, *, reason: str | None = None, metadata: Json | None = None
) -> Json:
    """A refund of so many minor units, which the charge has left."""
    refund = {**_refund(call, charge, amount), "metadata": metadata or {}, "reason": reason}
    call.store.refunds.add(refund["id"], refund)
    call.event("refund.created", refund)
    if charge["payment_method_details"]["type"] == "customer_balance" and call.settings.refunds_to_cash:
        owner = charge["customer"], charge["currency"]
        move_cash(call, owner, amount, "refunded_from_payment", {"refund": refund["id"]})
    refunded = charge["amount_refunded"] + amount
    before = dict(charge)
    charge.update(amount_refunded=refunded, refunded=refunded == charge["amount"])
    call.account.record(
        "charge.refunded",
        charge,
        origin=call.origin,
        at=call.at,
        previous={
            name: before[name] for name in ("amount_refunded", "refunded") if before[name] != charge[name]
        },
    )
    return refund


def retrieve(call: Call) -> Json:
    return existing_refund(call)


def update(call: Call) -> Json:
    refund = existing_refund(call)
    call.change(
        "refund.updated",
        refund,
        metadata=merged_metadata(refund["metadata"], call.params.get("metadata", {})),
    )
    return refund


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "refund",
        call.store.refunds,
        lambda each: (
            all(each[name] == params[name] for name in ("charge", "payment_intent") if name in params)
            and in_range(each["created"], params.get("created"))
        ),
    )


def existing_refund(call: Call) -> Json:
    """The refund that the path names."""
    refund = call.store.refunds.find(call.id)
    if refund is None:
        raise missing_object("refund", call.id)
    return refund


def arrived(call: Call, refund: Json) -> None:
    """The bank has given it to the customer."""
    call.change("refund.updated", refund, status="succeeded", pending_reason=None)


def failed(call: Call, refund: Json, reason: str) -> None:
    """The bank sent it back, so it no longer counts (Stripe docs: refunds, "Failed refunds")."""
    back = moved(call, "refund_failure", refund, refund["amount"], category="refund_failure")
    values = {"status": "failed", "failure_reason": reason, "failure_balance_transaction": back["id"]}
    before = dict(refund)
    refund.update(values, pending_reason=None)
    call.updated("refund.updated", refund, before)
    call.event("refund.failed", refund)
    charge = call.store.charges.find(refund["charge"])
    if charge:
        call.change(
            "charge.updated",
            charge,
            amount_refunded=charge["amount_refunded"] - refund["amount"],
            refunded=False,
        )


def _refundable(call: Call) -> Json:
    if "charge" in call.params:
        charge = existing_charge(call, call.params["charge"], param="charge", status=400)
    else:
        intent = existing_intent(call, call.params["payment_intent"], param="payment_intent", status=400)
        if intent["status"] != "succeeded":
            raise unexpected_state(intent, "refund")
        charge = existing_charge(call, intent["latest_charge"])
    if charge["status"] != "succeeded":
        raise Refusal(
            f"Charge {charge['id']} cannot be refunded: its status is {charge['status']}.",
            code="charge_not_refundable",
            param="charge",
        )
    if any(
        each["charge"] == charge["id"] and not each["is_charge_refundable"] for each in call.store.disputes
    ):
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            param="charge",
        )
    return charge


def _refund(call: Call, charge: Json, amount: int) -> Json:
    kind = charge["payment_method_details"]["type"]
    pending = call.settings.refunds_pending
    refund = {
        "id": new_id("re" if kind == "card" else "pyr"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": call.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {kind: {"type": "refund"} if kind == "card" else {}, "type": kind},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if pending else None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }
    transaction = moved(
        call, "refund" if kind == "card" else "payment_refund", refund, -amount, category="refund"
    )
    return {**refund, "balance_transaction": transaction["id"]}
