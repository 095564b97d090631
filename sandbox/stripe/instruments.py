"""What people pay with.

Stripe docs, "Testing": payment methods such as `pm_card_visa` stand for cards that behave in a known way.
Of a SEPA debit a bank account is given instead; what becomes of it is the bank's to say (`bank.py`).
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.store import Json


@dataclass(frozen=True)
class Instrument:
    """`kind` is Stripe's payment method type.

    `decline` is the error code with which the bank refuses, `reason` its decline code; `asks` whether the
    payer must do something more first; `dispute` the reason for which the payment is disputed at once.
    """

    kind: str
    details: Json = field(default_factory=dict)
    billing: Json = field(default_factory=dict)
    decline: str = ""
    reason: str = ""
    asks: bool = False
    dispute: str = ""
    inquiry: bool = False

    def shown(self) -> Json:
        """As `payment_method_details` of a charge."""
        return {self.kind: self.details, "type": self.kind}


def instrument_of(params: Json) -> Instrument | None:
    """What the request wants to pay with; None when it does not say. Refuses an unknown payment method."""
    if "payment_method" in params:
        name = params["payment_method"]
        if name not in _TOKENS:
            raise missing_object("PaymentMethod", name, param="payment_method", status=400)
        return _TOKENS[name]
    if "payment_method_data" in params:
        return _from_data(params["payment_method_data"])
    return None


def _card(last4: str, brand: str = "visa", **behaviour: Any) -> Instrument:
    details = {
        "amount_authorized": None,
        "authorization_code": None,
        "brand": brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "FR",
        "exp_month": 8,
        "exp_year": 2032,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": f"sandboxcard{last4}",
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": last4,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": brand,
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
    return Instrument("card", details, **behaviour)


_DECLINED = "card_declined"
# Stripe docs: testing, "Use test cards", "Declined payments", "Disputes", "3D Secure authentication".
_TOKENS = {
    "pm_card_visa": _card("4242"),
    "pm_card_mastercard": _card("4444", "mastercard"),
    "pm_card_chargeDeclined": _card("0002", decline=_DECLINED, reason="generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _card("9995", decline=_DECLINED, reason="insufficient_funds"),
    "pm_card_chargeDeclinedExpiredCard": _card("0069", decline="expired_card"),
    "pm_card_authenticationRequired": _card("3184", asks=True),
    "pm_card_createDispute": _card("0259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": _card("2685", dispute="product_not_received"),
    "pm_card_createDisputeInquiry": _card("1976", dispute="fraudulent", inquiry=True),
}


def _from_data(data: Json) -> Instrument:
    kind, billing = data["type"], data.get("billing_details", {})
    match kind:
        case "card":
            return Instrument(kind, _TOKENS["pm_card_visa"].details, billing)
        case "customer_balance":
            return Instrument(kind, {}, billing)
    account = data.get("sepa_debit")
    if account is None:
        raise Refusal(
            "Missing required param: payment_method_data[sepa_debit].",
            code="parameter_missing",
            param="payment_method_data[sepa_debit]",
        )
    iban = account["iban"].replace(" ", "")
    details = {
        "bank_code": iban[4:9],
        "branch_code": None,
        "country": iban[:2],
        "expected_debit_date": None,
        "fingerprint": f"sandboxiban{iban[-4:]}",
        "last4": iban[-4:],
        "mandate": None,
    }
    return Instrument(kind, details, billing)
