"""Stripe's minor units, which are not ISO 4217's (Stripe docs: currencies).

Zero-decimal currencies count whole units. Three-decimal ones count thousandths, of which only
tens exist. ISK and UGX have no decimals but are counted in hundredths that end in `00`.
"""

from decimal import Decimal

from pydantic import ValidationError

from raccord.connectors.errors import Permanent, Poison
from raccord.domain.values.money import Money

_ZERO = frozenset(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV")) | {
    "XAF",
    "XOF",
    "XPF",
}
_THREE = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
MAX_DECIMALS = 12
"""Decimals that `unit_amount_decimal` (in minor units) and `quantity_decimal` may have."""


class Plain(Decimal):
    """A decimal written without exponent: Stripe's client sends `str(value)`, which may be `1E-7`."""

    def __str__(self) -> str:
        return f"{self:f}"


def minor_decimals(currency: str) -> int:
    """Decimals between the major unit and what Stripe counts."""
    return 0 if currency in _ZERO else 3 if currency in _THREE else 2


def to_minor(money: Money) -> int:
    """Return an amount as Stripe counts it. Raises `Permanent` when Stripe cannot hold it exactly."""
    minor = money.amount.scaleb(minor_decimals(money.currency))
    # ISK and UGX need no look: our own amounts in them are whole, so they end in `00` here.
    if minor % (10 if money.currency in _THREE else 1):
        raise Permanent(
            f"{money} is finer than Stripe's amounts in {money.currency}: "
            "change the price or quantity so that each line comes to a rounder amount.",
            code="not_representable",
            field="amount",
        )
    return int(minor)


def of_minor(minor: int, currency: str) -> Money:
    """Read an amount that Stripe counted. Raises `Poison` when the currency knows no such fraction."""
    code = currency.upper()
    try:
        return Money(amount=Decimal(minor).scaleb(-minor_decimals(code)), currency=code)
    except ValidationError as error:
        raise Poison(f"Stripe holds an amount of {minor} minor units in {code}, which cannot be.") from error


def unit_amount(price: Decimal, currency: str) -> Plain:
    """Return a unit price for `unit_amount_decimal`. Raises `Permanent` beyond its 12 decimals."""
    return _bounded(price.scaleb(minor_decimals(currency)), f"The unit price {price:f} {currency}", "price")


def quantity(value: Decimal) -> int | Plain:
    """Return a quantity: `int` for `quantity`, else for `quantity_decimal` with at most 12 decimals."""
    if value == value.to_integral_value():
        return int(value)
    return _bounded(value, f"The quantity {value:f}", "quantity")


def _bounded(value: Decimal, name: str, field: str) -> Plain:
    plain = Plain(value.normalize())
    exponent = plain.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MAX_DECIMALS:
        raise Permanent(
            f"{name} has more decimals than Stripe accepts ({MAX_DECIMALS} of its minor unit): round it.",
            code="too_many_decimals",
            field=field,
        )
    return plain
