"""Payment intents that somebody makes, pays and cancels (Stripe docs: api/payment_intents)."""

from typing import Any

from sandbox.stripe import customers
from sandbox.stripe.call import Call, given
from sandbox.stripe.cash import apply_cash
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.collecting import collect
from sandbox.stripe.currencies import MINIMUM_CHARGE
from sandbox.stripe.disputes import open_dispute
from sandbox.stripe.errors import Refusal
from sandbox.stripe.instruments import Instrument, instrument_of
from sandbox.stripe.intents import UNPAID, cancel_intent, existing_intent, new_intent, unexpected_state
from sandbox.stripe.payments import payments_by
from sandbox.stripe.store import Json

_BY_TRANSFER = "customer_balance"


def create(call: Call) -> Json:
    """A payment that belongs to no invoice as long as nobody attaches it to one."""
    params = call.params
    _chargeable(params["amount"], params["currency"])
    if "customer" in params:
        customers.existing(call.store, params["customer"], param="customer", status=400)
    instrument = instrument_of(params)
    if instrument and "confirm" not in params:
        raise Refusal("The sandbox takes a payment method with `confirm` alone.", param="payment_method")
    intent = new_intent(
        call,
        amount=params["amount"],
        currency=params["currency"],
        customer=params.get("customer"),
        kinds=call.settings.payment_methods,
        automatic_payment_methods={"allow_redirects": "always", "enabled": True},
        metadata=merged_metadata({}, params.get("metadata", {})),
        **given(params, "description", "receipt_email", "statement_descriptor"),
    )
    if params.get("confirm"):
        pay_intent(call, intent, instrument)
    return intent


def update(call: Call) -> Json:
    intent = existing_intent(call, call.id)
    if "metadata" in call.params:
        intent["metadata"] = merged_metadata(intent["metadata"], call.params["metadata"])
    intent.update(given(call.params, "description", "receipt_email"))
    call.account.touched()
    return intent


def confirm(call: Call) -> Json:
    """Somebody pays it: on a page, or by what the request names."""
    intent = existing_intent(call, call.id)
    pay_intent(call, intent, instrument_of(call.params))
    return intent


def cancel(call: Call) -> Json:
    intent = existing_intent(call, call.id)
    if intent["status"] not in UNPAID:
        raise unexpected_state(intent, "cancel")
    if payments_by(call, intent):
        raise Refusal(
            "You cannot cancel a PaymentIntent of an invoice: void the invoice instead.", param="intent"
        )
    cancel_intent(call, intent, call.params.get("cancellation_reason", "requested_by_customer"))
    return intent


def apply_customer_balance(call: Call) -> Json:
    """Pay it with transfers that came and that no payment used."""
    intent = existing_intent(call, call.id)
    if _BY_TRANSFER not in intent["payment_method_types"] or intent["status"] not in UNPAID:
        raise unexpected_state(intent, "apply the customer balance to")
    if call.params.get("currency", intent["currency"]) != intent["currency"]:
        raise Refusal("The currency is not that of the PaymentIntent.", param="currency")
    apply_cash(call, intent, call.params.get("amount"))
    return intent


def pay_intent(call: Call, intent: Json, instrument: Instrument | None) -> None:
    """Try to pay it. A disputed card's dispute opens at once, as Stripe's test cards do."""
    if intent["status"] not in UNPAID:
        raise unexpected_state(intent, "confirm")
    if instrument is None:
        raise Refusal(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            about={"payment_intent": dict(intent)},
        )
    if instrument.kind == _BY_TRANSFER:
        _await_transfer(call, intent, instrument)
        return
    charge = collect(call, intent, instrument)
    if charge and instrument.dispute:
        open_dispute(call, charge, charge["amount"], instrument.dispute, inquiry=instrument.inquiry)


def _await_transfer(call: Call, intent: Json, instrument: Instrument) -> None:
    """Stripe docs, "Bank transfers": money that is there already is used at once."""
    if intent["customer"] is None:
        raise Refusal("A PaymentIntent that is paid by bank transfer needs a customer.", param="customer")
    if instrument.kind not in intent["payment_method_types"]:
        raise unexpected_state(intent, "pay by bank transfer")
    apply_cash(call, intent, None)


def _chargeable(amount: int, currency: str) -> None:
    least: Any = MINIMUM_CHARGE.get(currency, 1)
    if amount < least:
        raise Refusal(
            f"Amount must be at least {least} {currency} in minor units.",
            code="amount_too_small",
            param="amount",
        )
