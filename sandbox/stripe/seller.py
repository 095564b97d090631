"""The account itself and its own tax ids (Stripe docs: api/accounts, api/tax_ids)."""

from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal
from sandbox.stripe.pages import list_object
from sandbox.stripe.settings import (
    ACCOUNT,
    ACCOUNT_ADDRESS,
    ACCOUNT_COUNTRY,
    ACCOUNT_CURRENCY,
    ACCOUNT_EMAIL,
    ACCOUNT_NAME,
    ACCOUNT_TAX_ID,
    ACCOUNT_TIMEZONE,
    ACCOUNT_VAT_NUMBER,
)
from sandbox.stripe.store import Json


def account(call: Call) -> Json:
    default = call.settings.own_tax_id == "default"
    return {
        "id": ACCOUNT,
        "object": "account",
        "business_profile": {"name": ACCOUNT_NAME, "support_address": ACCOUNT_ADDRESS},
        "charges_enabled": True,
        "country": ACCOUNT_COUNTRY,
        "default_currency": ACCOUNT_CURRENCY,
        "details_submitted": True,
        "email": ACCOUNT_EMAIL,
        "payouts_enabled": True,
        "settings": {
            "dashboard": {"display_name": ACCOUNT_NAME, "timezone": ACCOUNT_TIMEZONE},
            "invoices": {
                "default_account_tax_ids": [ACCOUNT_TAX_ID] if default else None,
                "hosted_payment_method_save": None,
            },
        },
        "type": "standard",
    }


def tax_ids(call: Call) -> Json:
    """The account's own; those of a customer are below the customer."""
    owner = call.params.get("owner", {"type": "self"})
    if owner["type"] != "self":
        raise Refusal("The sandbox lists the account's own tax ids alone here.", param="owner[type]")
    own = {
        "id": ACCOUNT_TAX_ID,
        "object": "tax_id",
        "country": ACCOUNT_COUNTRY,
        "created": 0,
        "customer": None,
        "customer_account": None,
        "livemode": call.settings.livemode,
        "owner": {"type": "self"},
        "type": "eu_vat",
        "value": ACCOUNT_VAT_NUMBER,
        "verification": {"status": "verified", "verified_address": None, "verified_name": None},
    }
    return list_object(call.path, [own] if call.settings.own_tax_id != "none" else [], has_more=False)
