"""The totals of an invoice: nobody sends them, Pennylane computes them (pennylane.md 1.3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.pennylane.codes import VAT
from sandbox.pennylane.errors import unprocessable

_CENT = Decimal("0.01")
DIGITS = 12
"""Before the dot: more is no amount (no page says)."""


@dataclass(frozen=True)
class Discount:
    """An amount, or percents, off what stands before tax (the OpenAPI's `DiscountType`)."""

    relative: bool = False
    value: Decimal = Decimal(0)

    def off(self, amount: Decimal) -> Decimal:
        return amount * (1 - self.value / 100) if self.relative else amount - self.value

    def as_json(self, short: bool) -> dict[str, str]:
        kind = "relative" if self.relative else "absolute"
        return {"type": kind, "value": shown(self.value, short)}


@dataclass(frozen=True)
class Priced:
    """One line's part of the sums."""

    quantity: Decimal
    price: Decimal
    vat_rate: str
    discount: Discount

    @property
    def net(self) -> Decimal:
        return cents(self.discount.off(self.quantity * self.price))

    @property
    def tax(self) -> Decimal:
        return cents(self.net * VAT[self.vat_rate] / 100)


@dataclass(frozen=True)
class Totals:
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def totals(lines: Sequence[Priced], discount: Discount, *, per_rate: bool) -> Totals:
    """The invoice's discount is spread over its lines by their nets."""
    whole = sum((line.net for line in lines), Decimal(0))
    left = discount.off(whole)
    share = left / whole if whole else Decimal(1)
    if per_rate:
        bases: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            bases[line.vat_rate] += line.net * share
        tax = sum((cents(base * VAT[code] / 100) for code, base in bases.items()), Decimal(0))
    else:
        tax = sum((cents(line.net * share * VAT[line.vat_rate] / 100) for line in lines), Decimal(0))
    return Totals(cents(left), tax)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def shown(amount: Decimal, short: bool, *, least: int = 1) -> str:
    """A string with a dot: two decimals and more where there are more, or as few as it needs."""
    plain = format(amount.normalize(), "f")
    places = len(plain.partition(".")[2])
    wanted = max(places, least if short else 2)
    return f"{amount:.{wanted}f}"


def amount_of(text: str, field: str, *, places: int) -> Decimal:
    """Money as it is sent: with a dot, with no more than so many decimals."""
    whole, _, part = text.removeprefix("-").partition(".")
    if not (whole.isascii() and whole.isdecimal()) or (part and not (part.isascii() and part.isdecimal())):
        raise unprocessable(f"{field} is not a number", field=field)
    if len(whole) > DIGITS:
        raise unprocessable(f"{field} is too large", field=field)
    if len(part) > places:
        raise unprocessable(f"{field} can have up to {places} decimals", field=field)
    return Decimal(text)


def discount_of(sent: dict[str, Any] | None) -> Discount:
    if not sent:
        return Discount()
    return Discount(sent["type"] == "relative", amount_of(sent["value"], "discount", places=6))
