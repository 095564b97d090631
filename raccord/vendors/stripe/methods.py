"""How a customer may pay on an invoice's page (Stripe docs: api/invoices/create, payments/bank-transfers)."""

from typing import TYPE_CHECKING

from raccord.domain.values.invoice import InvoiceOrder, PaymentMethod

if TYPE_CHECKING:
    from stripe.params import InvoiceCreateParamsPaymentSettings

_TYPES = {
    PaymentMethod.CARD: "card",
    PaymentMethod.SEPA_DEBIT: "sepa_debit",
    PaymentMethod.BANK_TRANSFER: "customer_balance",
}
METHODS = frozenset(_TYPES)
_EURO_ONLY = {PaymentMethod.SEPA_DEBIT, PaymentMethod.BANK_TRANSFER}
_ACCOUNTS_IN = frozenset(("BE", "DE", "ES", "FR", "IE", "NL"))
_ELSEWHERE = "FR"


def payment_settings(order: InvoiceOrder, country: str) -> "InvoiceCreateParamsPaymentSettings | None":
    """Return what an order asks for, in a currency that has it; None leaves it to the account's settings."""
    euros = order.currency == "EUR"
    methods = [each for each in order.payment_methods if euros or each not in _EURO_ONLY]
    if not methods:
        return None
    settings: InvoiceCreateParamsPaymentSettings = {
        "payment_method_types": [_TYPES[each] for each in methods]
    }
    if PaymentMethod.BANK_TRANSFER in methods:
        settings["payment_method_options"] = {
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {
                    "type": "eu_bank_transfer",
                    "eu_bank_transfer": {"country": country if country in _ACCOUNTS_IN else _ELSEWHERE},
                },
            }
        }
    return settings
