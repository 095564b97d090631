"""How a payment intent becomes money, and what it pays with it."""

from sandbox.core.table import new_id
from sandbox.stripe.booking import attempt_failed, attempted, payment_came
from sandbox.stripe.call import Call
from sandbox.stripe.charges import charge_failed, charge_succeeded, failure_message, new_charge
from sandbox.stripe.errors import Refusal
from sandbox.stripe.instruments import Instrument
from sandbox.stripe.invoice_view import shown
from sandbox.stripe.payments import payments_by
from sandbox.stripe.store import Json

_SLOW = ("sepa_debit",)
"""Payment methods of which Stripe learns days later whether they worked."""


def collect(call: Call, intent: Json, instrument: Instrument) -> Json | None:
    """Try to collect; return the charge, None while the payer must do more. A declined card is refused."""
    if instrument.kind not in intent["payment_method_types"]:
        raise Refusal(
            f"The PaymentMethod provided ({instrument.kind}) is not allowed for this PaymentIntent. Allowed "
            f"are: {', '.join(intent['payment_method_types'])}.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    intent.update(payment_method=new_id("pm"), last_payment_error=None)
    if instrument.asks:
        _ask(call, intent)
        return None
    charge = new_charge(call, intent, instrument)
    intent["latest_charge"] = charge["id"]
    if instrument.decline:
        failed(call, intent, charge, instrument.decline, instrument.reason)
        raise _declined(intent, charge, instrument)
    if instrument.kind in _SLOW:
        intent.update(status="processing", processing={"type": instrument.kind})
        call.event("charge.pending", charge)
        call.event("payment_intent.processing", intent)
        _noted(call, intent)
    else:
        succeeded(call, intent, charge)
    return charge


def succeeded(call: Call, intent: Json, charge: Json) -> None:
    """The money of a charge has come: whatever the intent is to pay is paid."""
    charge_succeeded(call, charge)
    intent.update(
        amount_received=charge["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        processing=None,
        status="succeeded",
    )
    call.event("payment_intent.succeeded", intent)
    _noted(call, intent)
    for payment in payments_by(call, intent):
        payment_came(call, payment, charge["amount"], real=True)


def failed(call: Call, intent: Json, charge: Json, code: str, reason: str = "") -> None:
    """The money of a charge will not come; the intent waits for another means of payment."""
    charge_failed(call, charge, code, reason)
    intent.update(
        last_payment_error={
            "charge": charge["id"],
            "code": code,
            **({"decline_code": reason} if reason else {}),
            "message": failure_message(code),
            "type": "card_error"
            if charge["payment_method_details"]["type"] == "card"
            else "invalid_request_error",
        },
        payment_method=None,
        processing=None,
        status="requires_payment_method",
    )
    call.event("payment_intent.payment_failed", intent)
    for payment in payments_by(call, intent):
        attempt_failed(call, payment)


def _ask(call: Call, intent: Json) -> None:
    """Stripe docs, "3D Secure": the payer's bank wants to see them first."""
    intent.update(
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}},
        status="requires_action",
    )
    call.event("payment_intent.requires_action", intent)
    _noted(call, intent)
    for payment in payments_by(call, intent):
        if invoice := call.store.invoices.find(payment["invoice"]):
            call.event("invoice.payment_action_required", shown(call.account, invoice))


def _noted(call: Call, intent: Json) -> None:
    for payment in payments_by(call, intent):
        if invoice := call.store.invoices.find(payment["invoice"]):
            attempted(call, invoice)


def _declined(intent: Json, charge: Json, instrument: Instrument) -> Refusal:
    return Refusal(
        failure_message(instrument.decline),
        status=402,
        kind="card_error",
        code=instrument.decline,
        about={
            "charge": charge["id"],
            "decline_code": instrument.reason or None,
            "payment_intent": dict(intent),
        },
    )
