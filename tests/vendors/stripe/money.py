"""Payments as Stripe answers them, that the tests vary."""

from typing import Any

from tests.connectors.stub import Stub
from tests.vendors.stripe.samples import invoice

FINALISED, PAID = 1793000000, 1793170790
"""2026-10-26 and 2026-10-28, in UTC."""


def issued(**more: Any) -> dict[str, Any]:
    """An invoice over 120.00 EUR that nobody paid yet."""
    moments = {"finalized_at": FINALISED, "paid_at": None, **more.pop("moments", {})}
    amounts = {"amount_due": 12000, "amount_paid": 0, "amount_remaining": 12000, "amount_overpaid": 0}
    balances = {"starting_balance": 0, "ending_balance": 0}
    base = {"status": "open", "number": "F-1", "created": FINALISED - 60, "customer_name": "Acmé SARL"}
    return invoice(**{**base, **amounts, **balances, "status_transitions": moments, **more})


def paid(**more: Any) -> dict[str, Any]:
    """The same, paid."""
    amounts = {"amount_paid": 12000, "amount_remaining": 0}
    return issued(**{"status": "paid", "moments": {"paid_at": PAID}, **amounts, **more})


def charge(id: str = "ch_1", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "object": "charge",
        "amount": 12000,
        "amount_refunded": 0,
        "currency": "eur",
        "created": PAID - 2,
        "customer": "cus_1",
        "description": None,
        "disputed": False,
        "status": "succeeded",
        "payment_intent": "pi_1",
        "payment_method_details": {"type": "card", "card": {}},
        "billing_details": {"name": "Jean Dupont", "email": None},
        **more,
    }


def intent(id: str = "pi_1", **more: Any) -> dict[str, Any]:
    """A card payment of 120.00 EUR that succeeded."""
    return {
        "id": id,
        "object": "payment_intent",
        "amount": 12000,
        "amount_received": 12000,
        "currency": "eur",
        "created": FINALISED,
        "customer": "cus_1",
        "description": None,
        "status": "succeeded",
        "latest_charge": charge(payment_intent=id),
        "last_payment_error": None,
        "payment_method_types": ["card"],
        "receipt_email": None,
        **more,
    }


def part(id: str = "inpay_1", **more: Any) -> dict[str, Any]:
    """What a payment intent pays of the invoice: all of it. `by` is it, or its id where none is read."""
    by = more.pop("by", None) or intent()
    kinds = {"pi": "payment_intent", "pr": "payment_record", "ch": "charge"}
    kind = kinds[(by if isinstance(by, str) else by["id"])[:2]]
    return {
        "id": id,
        "object": "invoice_payment",
        "invoice": "in_1",
        "status": "paid",
        "amount_paid": 12000,
        "amount_requested": 12000,
        "created": FINALISED,
        "currency": "eur",
        "is_default": True,
        "payment": {"type": kind, kind: by},
        "status_transitions": {"paid_at": PAID, "canceled_at": None},
        **more,
    }


def told(stub: Stub, *parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return these parts as Stripe lists them, with ids, and have it answer what the ids stand for."""
    return [part | {"payment": _named(stub, part["payment"])} for part in parts]


def _named(stub: Stub, payment: dict[str, Any]) -> dict[str, Any]:
    whole = {kind: each for kind, each in payment.items() if isinstance(each, dict)}
    for kind, each in whole.items():
        stub.on(f"GET /v1/{kind}s/{each['id']}", each)
    return payment | {kind: each["id"] for kind, each in whole.items()}


def dispute(status: str = "needs_response", **more: Any) -> dict[str, Any]:
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": 12000,
        "currency": "eur",
        "created": PAID + 86400,
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "status": status,
        **more,
    }
