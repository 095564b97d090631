"""How Stripe adds up an invoice. Amounts are integers in minor units; halves are rounded away from zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Rate:
    """One tax rate, as far as arithmetic needs it."""

    id: str
    percentage: Decimal
    inclusive: bool


@dataclass(frozen=True)
class Tax:
    """Tax of one rate, on one line or on the whole invoice."""

    rate: Rate
    amount: int
    taxable: int
    reason: str


@dataclass(frozen=True)
class Taxed:
    """A line's amount with the rates that apply to it, or with taxes that the merchant computed."""

    amount: int
    rates: tuple[Rate, ...]
    given: tuple[Tax, ...] = ()


@dataclass(frozen=True)
class Totals:
    subtotal: int
    subtotal_excluding_tax: int
    total: int
    total_excluding_tax: int
    taxes: tuple[Tax, ...]


def rounded(value: Fraction) -> int:
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def line_amount(quantity: Decimal, unit: Decimal) -> int:
    return rounded(Fraction(quantity) * Fraction(unit))


def taxes_of(line: Taxed, *, exempt: str) -> tuple[Tax, ...]:
    """Taxes of one line, each rounded. `exempt` is the customer's `tax_exempt`."""
    if line.given:
        return line.given
    return tuple(_tax(rate, [line], exempt) for rate in line.rates)


def totals(lines: Sequence[Taxed], *, exempt: str, per_rate: bool) -> Totals:
    """Add up; `per_rate` rounds the tax once per rate instead of on every line."""
    taxes = _per_rate(lines, exempt) if per_rate else _per_line(lines, exempt)
    subtotal = sum(line.amount for line in lines)
    included = sum(tax.amount for tax in taxes if tax.rate.inclusive)
    added = sum(tax.amount for tax in taxes if not tax.rate.inclusive)
    return Totals(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - included,
        total=subtotal + added,
        total_excluding_tax=subtotal - included,
        taxes=taxes,
    )


def _per_line(lines: Sequence[Taxed], exempt: str) -> tuple[Tax, ...]:
    return _merged(tax for line in lines for tax in taxes_of(line, exempt=exempt))


def _per_rate(lines: Sequence[Taxed], exempt: str) -> tuple[Tax, ...]:
    given = [tax for line in lines for tax in line.given]
    rates = dict.fromkeys(rate for line in lines if not line.given for rate in line.rates)
    computed = [
        _tax(rate, [line for line in lines if not line.given and rate in line.rates], exempt)
        for rate in rates
    ]
    return _merged([*computed, *given])


def _tax(rate: Rate, lines: Sequence[Taxed], exempt: str) -> Tax:
    if exempt != "none":
        reason = "reverse_charge" if exempt == "reverse" else "customer_exempt"
        return Tax(rate=rate, amount=0, taxable=0, reason=reason)
    base = sum((_base(line) for line in lines), Fraction(0))
    amount = rounded(base * Fraction(rate.percentage) / 100)
    whole = sum(line.amount for line in lines)
    taxable = whole - amount if rate.inclusive else rounded(base)
    return Tax(rate=rate, amount=amount, taxable=taxable, reason="not_available")


def _base(line: Taxed) -> Fraction:
    included = sum((Fraction(rate.percentage) for rate in line.rates if rate.inclusive), Fraction(0))
    return Fraction(line.amount) / (1 + included / 100)


def _merged(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    by_rate: dict[Rate, Tax] = {}
    for tax in taxes:
        known = by_rate.get(tax.rate)
        by_rate[tax.rate] = (
            Tax(
                rate=tax.rate,
                amount=known.amount + tax.amount,
                taxable=known.taxable + tax.taxable,
                reason=tax.reason,
            )
            if known
            else tax
        )
    return tuple(by_rate.values())
