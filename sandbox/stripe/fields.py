"""Parameters of the calls that take many (Stripe docs: the OpenAPI annotations of the official client)."""

from collections.abc import Mapping

from sandbox.stripe.checks import (
    Check,
    anything,
    choice,
    currency,
    decimal,
    email,
    filled,
    flag,
    integer,
    listing,
    metadata,
    not_simulated,
    record,
    text,
    time_range,
    unsettable,
)
from sandbox.stripe.endpoints import event_type
from sandbox.stripe.pages import PAGING
from sandbox.stripe.settings import KNOWN_VERSIONS
from sandbox.stripe.tax_ids import TYPES

Fields = Mapping[str, Check]

_ADDRESS = record({name: text() for name in ("city", "country", "line1", "line2", "postal_code", "state")})
_CUSTOM_FIELDS = listing(
    record({"name": filled(text(40)), "value": filled(text(140))}, required=("name", "value")), most=4
)
TAX_ID: Fields = {"type": choice(*TYPES), "value": filled(text())}


def absent(*names: str) -> dict[str, Check]:
    """Parameters that Stripe has and the sandbox refuses by their name."""
    return {name: not_simulated() for name in names}


CUSTOMER_UPDATE: Fields = {
    "address": unsettable(_ADDRESS),
    "balance": integer(),
    "business_name": text(150),
    "description": text(),
    "email": email(),
    "individual_name": text(150),
    "invoice_prefix": text(12),
    "invoice_settings": record(
        {
            "custom_fields": _CUSTOM_FIELDS,
            "footer": text(),
            "rendering_options": unsettable(record({"amount_tax_display": text(), "template": text()})),
            **absent("default_payment_method"),
        }
    ),
    "metadata": metadata(),
    "name": text(256),
    "next_invoice_sequence": integer(least=1),
    "phone": text(20),
    "preferred_locales": listing(filled(text())),
    "shipping": unsettable(
        record({"address": _ADDRESS, "name": text(), "phone": text()}, required=("address", "name"))
    ),
    "tax_exempt": unsettable(choice("none", "exempt", "reverse")),
    **absent("cash_balance", "default_source", "source", "tax", "validate"),
}
CUSTOMER: Fields = {
    **CUSTOMER_UPDATE,
    "tax_id_data": listing(record(TAX_ID, required=TAX_ID), most=5),
    **absent("payment_method", "test_clock"),
}
CUSTOMER_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "email": filled(text(512)),
    **absent("test_clock"),
}

_TAX_TYPE = choice(
    "gst", "hst", "igst", "jct", "lease_tax", "pst", "qst", "rst", "sales_tax", "service_tax", "vat"
)
TAX_RATE_UPDATE: Fields = {
    "active": flag(),
    "country": text(2),
    "description": text(),
    "display_name": filled(text(50)),
    "jurisdiction": text(200),
    "metadata": metadata(),
    "state": text(2),
    "tax_type": _TAX_TYPE,
}
TAX_RATE: Fields = {
    **TAX_RATE_UPDATE,
    "inclusive": flag(),
    "percentage": decimal(places=4, least=0, most=100),
}
TAX_RATE_LIST: Fields = {**PAGING, "active": flag(), "created": time_range(), "inclusive": flag()}

# Those of the many that an account in France can have (Stripe docs: api/invoices/object, payment_settings).
_PAYMENT_METHODS = ("bancontact", "card", "customer_balance", "ideal", "link", "paypal", "sepa_debit")

INVOICE_UPDATE: Fields = {
    "auto_advance": flag(),
    "collection_method": choice("charge_automatically", "send_invoice"),
    "custom_fields": _CUSTOM_FIELDS,
    "days_until_due": integer(least=0),
    "default_tax_rates": listing(filled(text())),
    "description": text(1500),
    "due_date": integer(least=0),
    "effective_at": unsettable(integer(least=0)),
    "footer": text(),
    "metadata": metadata(),
    "number": text(26),
    "payment_settings": record(
        {
            "default_mandate": text(),
            "payment_method_options": anything(),
            "payment_method_types": listing(choice(*_PAYMENT_METHODS)),
        }
    ),
    "rendering": record(
        {
            "amount_tax_display": unsettable(choice("exclude_tax", "include_inclusive_tax")),
            "pdf": record({"page_size": choice("a4", "auto", "letter")}),
            "template": text(),
            "template_version": unsettable(integer()),
        }
    ),
    "statement_descriptor": text(22),
    **absent(
        "account_tax_ids",
        "application_fee_amount",
        "automatic_tax",
        "automatically_finalizes_at",
        "default_payment_method",
        "default_source",
        "discounts",
        "issuer",
        "on_behalf_of",
        "shipping_cost",
        "shipping_details",
        "transfer_data",
    ),
}
INVOICE: Fields = {
    **INVOICE_UPDATE,
    "currency": currency(),
    "customer": filled(text()),
    "pending_invoice_items_behavior": choice("exclude", "include"),
    **absent("customer_account", "from_invoice", "subscription"),
}
MOVED_DUE_DATE: Fields = {"days_ago": integer(least=0), "due_date": integer(least=0)}
INVOICE_LIST: Fields = {
    **PAGING,
    "collection_method": choice("charge_automatically", "send_invoice"),
    "created": time_range(),
    "customer": filled(text()),
    "due_date": time_range(),
    "status": choice("draft", "open", "paid", "uncollectible", "void"),
    "subscription": filled(text()),
    **absent("customer_account"),
}

# Stripe change log, 2018-10-31. The OpenAPI specification has the 5,000 of any text here.
_LINE_TEXT, _PRODUCT_NAME = 500, 250
_PRICE_DATA = record(
    {
        "currency": currency(),
        "product": filled(text()),
        "product_data": record(
            {
                "description": filled(text(40_000)),
                "images": listing(filled(text()), most=8),
                "metadata": metadata(),
                "name": filled(text(_PRODUCT_NAME)),
                "tax_code": filled(text()),
                "tax_details": anything(),
                "unit_label": filled(text()),
            },
            required=("name",),
        ),
        "tax_behavior": choice("exclusive", "inclusive", "unspecified"),
        "unit_amount": integer(least=0),
        "unit_amount_decimal": decimal(least=0),
    },
    required=("currency",),
)
_TAX_AMOUNT = record(
    {
        "amount": integer(),
        "tax_rate_data": record(
            {
                **{name: TAX_RATE[name] for name in ("country", "description", "display_name", "inclusive")},
                **{name: TAX_RATE[name] for name in ("jurisdiction", "percentage", "state", "tax_type")},
                "jurisdiction_level": text(),
            },
            required=("display_name", "inclusive", "percentage"),
        ),
        "taxability_reason": text(),
        "taxable_amount": integer(),
    },
    required=("amount", "tax_rate_data", "taxable_amount"),
)
LINE: Fields = {
    "amount": integer(),
    "description": text(_LINE_TEXT),
    "discountable": flag(),
    "metadata": metadata(),
    "period": record({"start": integer(), "end": integer()}, required=("start", "end")),
    "price_data": _PRICE_DATA,
    "quantity": integer(least=0),
    "quantity_decimal": decimal(least=0),
    "tax_amounts": listing(_TAX_AMOUNT, most=20),
    "tax_rates": listing(filled(text())),
    **absent("discounts", "pricing"),
}
ADD_LINES: Fields = {
    "invoice_metadata": metadata(),
    "lines": listing(record({**LINE, **absent("invoice_item")}), most=250),
}
UPDATE_LINES: Fields = {
    "invoice_metadata": metadata(),
    "lines": listing(record({**LINE, "id": filled(text())}, required=("id",)), most=250),
}
REMOVE_LINES: Fields = {
    "invoice_metadata": metadata(),
    "lines": listing(
        record({"behavior": choice("delete"), "id": filled(text())}, required=("behavior", "id")), most=250
    ),
}
OWN_TAX_IDS: Fields = {
    **PAGING,
    "owner": record(
        {
            "account": filled(text()),
            "customer": filled(text()),
            "type": choice("account", "application", "customer", "self"),
        },
        required=("type",),
    ),
}
EVENT_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "delivery_success": flag(),
    "type": filled(text()),
    "types": listing(filled(text()), most=20),
}
SEARCH: Fields = {
    "limit": integer(least=1, most=100),
    "page": filled(text()),
    "query": filled(text()),
}
ENDPOINT_UPDATE: Fields = {
    "description": text(5000),
    "disabled": flag(),
    "enabled_events": listing(event_type()),
    "metadata": metadata(),
    "url": filled(text()),
}
ENDPOINT: Fields = {
    **{name: check for name, check in ENDPOINT_UPDATE.items() if name != "disabled"},
    "api_version": choice(*KNOWN_VERSIONS),
    **absent("connect"),
}
