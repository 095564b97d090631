"""Payment intents: what is to be collected from somebody (Stripe docs: api/payment_intents/object)."""

import secrets
from collections.abc import Sequence
from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.cash_moves import give_back
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json

UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
"""The states in which a payment can still begin."""


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "payment_intent",
        call.store.payment_intents,
        lambda each: (
            each["customer"] == params.get("customer", each["customer"])
            and in_range(each["created"], params.get("created"))
        ),
    )


def retrieve(call: Call) -> Json:
    return existing_intent(call, call.id)


def existing_intent(call: Call, id_: str, *, param: str = "intent", status: int = 404) -> Json:
    """The payment intent of this id."""
    intent = call.store.payment_intents.find(id_)
    if intent is None:
        raise missing_object("payment_intent", id_, param=param, status=status)
    return intent


def new_intent(
    call: Call, *, amount: int, currency: str, customer: str | None, kinds: Sequence[str], **values: Any
) -> Json:
    """A payment intent that nobody has paid anything of; `kinds` are the payment methods it takes."""
    id_ = new_id("pi")
    intent: Json = {
        "id": id_,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{id_}_secret_{secrets.token_hex(12)}",
        "confirmation_method": "automatic",
        "created": call.now,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": call.settings.livemode,
        "managed_payments": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": list(kinds),
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        **values,
    }
    call.store.payment_intents.add(id_, intent)
    call.event("payment_intent.created", intent)
    return intent


def cancel_intent(call: Call, intent: Json, reason: str) -> None:
    """Nobody will pay it any more."""
    intent.update(status="canceled", canceled_at=call.now, cancellation_reason=reason, next_action=None)
    call.event("payment_intent.canceled", intent)
    give_back(call, intent)


def unexpected_state(intent: Json, wish: str) -> Refusal:
    """The refusal of what its state does not allow; `wish` is a verb."""
    return Refusal(
        f"You cannot {wish} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        about={"payment_intent": dict(intent)},
    )
