"""What banks and card networks do to payments, which no call of Stripe's API does.

The paths lie beside the API, below `/bank`, and are open to people alone (`X-Sandbox-Actor`).
"""

from dataclasses import replace

from sandbox.stripe.account import Origin
from sandbox.stripe.call import Call
from sandbox.stripe.charges import existing_charge
from sandbox.stripe.collecting import failed, succeeded
from sandbox.stripe.disputes import decide, existing_dispute, open_dispute
from sandbox.stripe.errors import Refusal
from sandbox.stripe.intents import existing_intent, unexpected_state
from sandbox.stripe.refunds import arrived, existing_refund
from sandbox.stripe.refunds import failed as refund_failed
from sandbox.stripe.store import Json


def debit(call: Call) -> Json:
    """The payer's bank pays a debit that is processing, or refuses it with `failure_code`."""
    intent = existing_intent(call, call.id)
    if intent["status"] != "processing":
        raise unexpected_state(intent, "settle")
    charge = existing_charge(call, intent["latest_charge"])
    if "failure_code" in call.params:
        failed(_unasked(call), intent, charge, call.params["failure_code"])
    else:
        succeeded(_unasked(call), intent, charge)
    return intent


def dispute(call: Call) -> Json:
    """The payer's bank disputes a charge: all that is left of it, all of it when nothing is, or `amount`."""
    charge = existing_charge(call, call.id)
    left = charge["amount"] - charge["amount_refunded"]
    amount = call.params.get("amount", left or charge["amount"])
    return open_dispute(
        _unasked(call),
        charge,
        amount,
        call.params.get("reason", "fraudulent"),
        inquiry=call.params.get("inquiry", False),
    )


def decision(call: Call) -> Json:
    """The payer's bank decides a dispute."""
    return decide(_unasked(call), existing_dispute(call), call.params["outcome"])


def refund(call: Call) -> Json:
    """The customer's bank takes a refund, or sends it back with `failure_reason`, also after it took it."""
    refund = existing_refund(call)
    if "failure_reason" in call.params:
        if refund["status"] not in ("pending", "succeeded"):
            raise Refusal(f"A refund that is {refund['status']} cannot fail.")
        refund_failed(_unasked(call), refund, call.params["failure_reason"])
    elif refund["status"] == "pending":
        arrived(_unasked(call), refund)
    else:
        raise Refusal(f"This refund is not pending but {refund['status']}.")
    return refund


def _unasked(call: Call) -> Call:
    """stripe.md 4: the events of what no request caused have no request."""
    return replace(call, origin=Origin())
