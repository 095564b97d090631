"""Parameters of the calls about money (Stripe docs: the OpenAPI annotations of the official client)."""

from sandbox.stripe.checks import (
    anything,
    choice,
    currency,
    email,
    filled,
    flag,
    integer,
    listing,
    metadata,
    record,
    text,
    time_range,
    unsettable,
)
from sandbox.stripe.disputes import EVIDENCE
from sandbox.stripe.fields import Fields, absent
from sandbox.stripe.pages import PAGING

PAY: Fields = {
    "paid_out_of_band": flag(),
    "payment_method": filled(text()),
    **absent("forgive", "mandate", "off_session", "source"),
}
ATTACH: Fields = {"payment_intent": filled(text()), "payment_record": filled(text())}

_MONEY = record({"currency": currency(), "value": integer(least=1)}, required=("currency", "value"))
PAYMENT_RECORD: Fields = {
    "amount_requested": _MONEY,
    "customer_details": record({name: text() for name in ("customer", "email", "name", "phone")}),
    "customer_presence": choice("off_session", "on_session"),
    "description": text(),
    "guaranteed": record({"guaranteed_at": integer()}, required=("guaranteed_at",)),
    "initiated_at": integer(),
    "metadata": metadata(),
    "outcome": choice("guaranteed"),
    "payment_method_details": anything(),
    "processor_details": anything(),
    "shipping_details": anything(),
    **absent("canceled", "failed"),
}
PAYMENT_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "invoice": filled(text()),
    "payment": record(
        {
            "payment_intent": filled(text()),
            "payment_record": filled(text()),
            "type": choice("payment_intent", "payment_record"),
        },
        required=("type",),
    ),
    "status": choice("canceled", "open", "paid"),
}

CREDIT_NOTE: Fields = {
    "amount": integer(least=1),
    "credit_amount": integer(least=0),
    "effective_at": integer(),
    "email_type": choice("none", "credit_note"),
    "invoice": filled(text()),
    "lines": listing(
        record(
            {
                "amount": integer(least=1),
                "invoice_line_item": filled(text()),
                "quantity": integer(least=1),
                "type": choice("invoice_line_item"),
                **absent("description", "metadata", "tax_amounts", "tax_rates", "unit_amount"),
                **absent("unit_amount_decimal"),
            },
            required=("type", "invoice_line_item"),
        )
    ),
    "memo": text(),
    "metadata": metadata(),
    "out_of_band_amount": integer(least=0),
    "reason": choice("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
    "refund_amount": integer(least=0),
    "refunds": listing(
        record(
            {"amount_refunded": integer(least=1), "refund": filled(text()), "type": choice("refund")},
            required=("refund",),
        )
    ),
    **absent("shipping_cost"),
}
CREDIT_NOTE_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "customer": filled(text()),
    "invoice": filled(text()),
    **absent("customer_account"),
}

_BILLING = record(
    {
        "address": anything(),
        "email": unsettable(email()),
        "name": text(),
        "phone": text(),
    }
)
_PAYS_WITH: Fields = {
    "payment_method": filled(text()),
    "payment_method_data": record(
        {
            "billing_details": _BILLING,
            "sepa_debit": record({"iban": filled(text())}, required=("iban",)),
            "type": choice("card", "customer_balance", "sepa_debit"),
        },
        required=("type",),
    ),
    **absent("confirmation_token", "mandate", "mandate_data", "off_session", "payment_method_options"),
    **absent("return_url", "setup_future_usage", "shipping", "use_stripe_sdk"),
}
INTENT_UPDATE: Fields = {
    "description": text(1000),
    "metadata": metadata(),
    "receipt_email": email(),
    **absent("amount", "currency", "customer", "payment_method", "setup_future_usage", "shipping"),
}
INTENT: Fields = {
    **_PAYS_WITH,
    **INTENT_UPDATE,
    "amount": integer(least=1),
    "confirm": flag(),
    "currency": currency(),
    "customer": filled(text()),
    "payment_method": filled(text()),
    "statement_descriptor": text(22),
    "automatic_payment_methods": record(
        {"allow_redirects": choice("always", "never"), "enabled": flag()}, required=("enabled",)
    ),
    **absent("capture_method", "confirmation_method", "on_behalf_of", "transfer_data", "transfer_group"),
}
INTENT_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "customer": filled(text()),
    **absent("customer_account"),
}
CONFIRM: Fields = _PAYS_WITH
CANCEL: Fields = {
    "cancellation_reason": choice("abandoned", "duplicate", "fraudulent", "requested_by_customer")
}
APPLY_BALANCE: Fields = {"amount": integer(least=1), "currency": currency()}
CHARGE_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "customer": filled(text()),
    "payment_intent": filled(text()),
    **absent("transfer_group"),
}
REFUND_UPDATE: Fields = {"metadata": metadata()}
REFUND: Fields = {
    **REFUND_UPDATE,
    "amount": integer(least=1),
    "charge": filled(text()),
    "currency": currency(),
    "payment_intent": filled(text()),
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
    **absent("customer", "instructions_email", "origin", "refund_application_fee", "reverse_transfer"),
}
OF_CHARGE_LIST: Fields = {
    **PAGING,
    "charge": filled(text()),
    "created": time_range(),
    "payment_intent": filled(text()),
}
DISPUTE_UPDATE: Fields = {
    "evidence": record(
        {**{name: text(20_000) for name in EVIDENCE}, **absent("appeal", "enhanced_evidence")}
    ),
    "metadata": metadata(),
    "submit": flag(),
    **absent("intended_submission_method"),
}
BALANCE_LIST: Fields = {
    **PAGING,
    "created": time_range(),
    "currency": currency(),
    "source": filled(text()),
    "type": filled(text()),
    **absent("payout"),
}
CREDIT: Fields = {
    "amount": integer(),
    "currency": currency(),
    "description": text(350),
    "metadata": metadata(),
}
CREDIT_LIST: Fields = {**PAGING, "created": time_range(), "invoice": filled(text())}
TRANSFER: Fields = {"amount": integer(least=1), "currency": currency(), "reference": text(140)}
RECORD_REFUND: Fields = {
    "amount": _MONEY,
    "initiated_at": integer(),
    "metadata": metadata(),
    "outcome": choice("refunded"),
    "processor_details": anything(),
    "refunded": record({"refunded_at": integer()}, required=("refunded_at",)),
}
# What banks do is not Stripe's to define: these are the sandbox's own (`bank.py`).
DEBIT: Fields = {"failure_code": choice("insufficient_funds", "payment_method_customer_decline")}
DISPUTE: Fields = {
    "amount": integer(least=1),
    "inquiry": flag(),
    "reason": choice(
        "credit_not_processed",
        "debit_not_authorized",
        "duplicate",
        "fraudulent",
        "general",
        "product_not_received",
        "product_unacceptable",
        "unrecognized",
    ),
}
DECISION: Fields = {"outcome": choice("closed", "escalated", "lost", "won")}
REFUND_FATE: Fields = {
    "failure_reason": choice(
        "declined", "expired_or_canceled_card", "insufficient_funds", "lost_or_stolen_card", "unknown"
    )
}
