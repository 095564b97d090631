"""Currencies and their minor units, as Stripe counts them.

Stripe docs, "Supported currencies": ISK and UGX look zero-decimal but are sent as two-decimal amounts.
"""

from decimal import Decimal

ZERO_DECIMAL = frozenset(
    {
        *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"),
        *("pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"),
    }
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_TWO_DECIMAL = frozenset(
    {
        *("aed", "aud", "bgn", "brl", "cad", "chf", "cny", "czk", "dkk", "egp", "eur", "gbp", "gel", "hkd"),
        *("huf", "idr", "ils", "inr", "isk", "kes", "mad", "mur", "mxn", "myr", "nok", "nzd", "php", "pln"),
        *("qar", "ron", "rsd", "sar", "sek", "sgd", "thb", "try", "twd", "uah", "ugx", "usd", "zar"),
    }
)
SUPPORTED = ZERO_DECIMAL | THREE_DECIMAL | _TWO_DECIMAL

# Stripe docs, "Minimum charge amounts": an invoice below it is settled through the customer's balance.
MINIMUM_CHARGE = {"eur": 50, "usd": 50, "chf": 50, "cad": 50, "aud": 50, "gbp": 30, "jpy": 50}


def exponent(currency: str) -> int:
    """Decimal places between the minor unit and the currency's unit."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def major(amount: int, currency: str) -> Decimal:
    """An amount in minor units as an amount of the currency."""
    return Decimal(amount).scaleb(-exponent(currency))
