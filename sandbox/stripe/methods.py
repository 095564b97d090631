"""Which payment methods an invoice may offer (Stripe docs: invoicing/payment-methods, bank-transfers)."""

from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal
from sandbox.stripe.store import Json

_EURO_ONLY = ("sepa_debit", "customer_balance")
_AT = "payment_settings[payment_method_types]"


def check_methods(call: Call, data: Json) -> None:
    """Refuse what the account has not activated, what the currency lacks, and a transfer to nowhere."""
    settings = data["payment_settings"]
    for method in settings["payment_method_types"] or ():
        if method not in call.settings.payment_methods:
            raise Refusal(
                f"The payment method type provided: {method} is invalid. Please ensure the provided type is "
                "activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and "
                "your account is enabled for any preview features that you are trying to use.",
                param=_AT,
            )
        if method in _EURO_ONLY and data["currency"] != "eur":
            raise Refusal(f"The currency {data['currency']} is not supported by {method}.", param=_AT)
        if method == "customer_balance" and not _account(settings["payment_method_options"]):
            raise Refusal(
                "You must provide bank transfer options to use customer_balance on invoices.",
                param="payment_settings[payment_method_options][customer_balance]",
            )


def _account(options: Json | None) -> str:
    """The country of the account that the customer transfers to; empty when the options do not say it."""
    match options:
        case {
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {
                    "type": "eu_bank_transfer",
                    "eu_bank_transfer": {"country": "BE" | "DE" | "ES" | "FR" | "IE" | "NL" as country},
                },
            }
        }:
            return str(country)
        case _:
            return ""
