"""Charges: one attempt to move money (Stripe docs: api/charges/object)."""

from sandbox.core.table import new_id
from sandbox.stripe.balance import moved
from sandbox.stripe.call import Call
from sandbox.stripe.errors import missing_object
from sandbox.stripe.instruments import Instrument
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
# Stripe docs, "Pricing" in France: 1.5 % and 25 cents for a European card. A stand-in for whatever it is.
_PERCENT, _FIXED = 1.5, 25
_FAILURES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
}


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "charge",
        call.store.charges,
        lambda each: (
            all(each[name] == params[name] for name in ("customer", "payment_intent") if name in params)
            and in_range(each["created"], params.get("created"))
        ),
    )


def retrieve(call: Call) -> Json:
    return existing_charge(call, call.id)


def existing_charge(call: Call, id_: str, *, param: str = "id", status: int = 404) -> Json:
    """The charge of this id."""
    charge = call.store.charges.find(id_)
    if charge is None:
        raise missing_object("charge", id_, param=param, status=status)
    return charge


def new_charge(call: Call, intent: Json, instrument: Instrument) -> Json:
    """A charge under way, whose money has not come."""
    id_ = new_id("ch" if instrument.kind == "card" else "py")
    billing = instrument.billing
    charge: Json = {
        "id": id_,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": billing.get("address") or dict.fromkeys(_ADDRESS),
            "email": billing.get("email"),
            "name": billing.get("name"),
            "phone": billing.get("phone"),
            "tax_id": None,
        },
        "calculated_statement_descriptor": None,
        "captured": False,
        "created": call.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": call.settings.livemode,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": instrument.shown(),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{call.pages}/receipts/{id_}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }
    call.store.charges.add(id_, charge)
    return charge


def charge_succeeded(call: Call, charge: Json) -> None:
    """Its money has come."""
    card = charge["payment_method_details"]["type"] == "card"
    fee = round(charge["amount"] * _PERCENT / 100) + _FIXED
    transaction = moved(
        call, "charge" if card else "payment", charge, charge["amount"], fee=fee, category="charge"
    )
    charge.update(
        amount_captured=charge["amount"],
        balance_transaction=transaction["id"],
        captured=True,
        outcome=_outcome("approved_by_network", "authorized", "Payment complete."),
        paid=True,
        status="succeeded",
    )
    call.event("charge.succeeded", charge)


def charge_failed(call: Call, charge: Json, code: str, reason: str) -> None:
    """Its money will not come; `code` is Stripe's, `reason` the bank's."""
    message = failure_message(code)
    charge.update(
        failure_code=code,
        failure_message=message,
        outcome={**_outcome("declined_by_network", "issuer_declined", message), "reason": reason or code},
        status="failed",
    )
    call.event("charge.failed", charge)


def failure_message(code: str) -> str:
    return _FAILURES.get(code, "The payment failed.")


def _outcome(network_status: str, kind: str, message: str) -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status,
        "reason": None,
        "risk_level": "normal",
        "seller_message": message,
        "type": kind,
    }
