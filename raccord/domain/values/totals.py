"""The totals proof: what an invoice must come to, by each of the two rounding rules vendors use.

Line net = quantity x unit price less discount, rounded half-up to the minor unit. VAT is then
rounded per line and summed (`per_line`), or computed once on the summed base of a rate
(`per_rate`). Both are lawful; which one a vendor applies is data (`Capabilities.vat_rounding`).
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, localcontext
from enum import StrEnum

from raccord.domain.values.base import Exact, Value
from raccord.domain.values.message import Message, Percent, message
from raccord.domain.values.money import EXACT, Money, exponent, round_half_up


class VatRounding(StrEnum):
    PER_LINE = "per_line"
    PER_RATE = "per_rate"


class PricedLine(Value):
    """Quantity and net unit price (after discount) in major units, VAT rate in percent."""

    quantity: Exact
    unit_price: Exact
    vat_rate: Exact

    def net(self, currency: str) -> Decimal:
        return round_half_up(EXACT.multiply(self.quantity, self.unit_price), exponent(currency))


class VatTotal(Value):
    rate: Exact
    """In percent."""
    base: Money
    vat: Money


class Totals(Value):
    """Net, VAT per rate (ascending rate) and gross of one invoice."""

    net: Money
    vat: tuple[VatTotal, ...]
    gross: Money

    def differences(self, other: "Totals") -> tuple[Message, ...]:
        """Name each figure in which two totals differ, ours before theirs.

        A rate that one side leaves out counts as zero VAT: vendors print no line for 0 %.
        """
        found = []
        if self.net != other.net:
            found.append(message("totals.net", mine=self.net, theirs=other.net))
        mine, theirs = ({t.rate.normalize(): t.vat for t in totals.vat} for totals in (self, other))
        none = Money.zero(self.gross.currency)
        for rate in sorted(mine.keys() | theirs.keys()):
            left, right = mine.get(rate, none), theirs.get(rate, none)
            if left != right:
                found.append(message("totals.vat", rate=Percent(percent=rate), mine=left, theirs=right))
        if self.gross != other.gross:
            found.append(message("totals.gross", mine=self.gross, theirs=other.gross))
        return tuple(found)


def compute_totals(lines: Iterable[PricedLine], currency: str, rounding: VatRounding) -> Totals:
    """Compute the exact totals of an invoice by one rounding rule."""
    decimals = exponent(currency)
    bases: dict[Decimal, Decimal] = defaultdict(Decimal)
    taxes: dict[Decimal, Decimal] = defaultdict(Decimal)

    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=currency)

    with localcontext(EXACT):
        for line in lines:
            net, rate = line.net(currency), line.vat_rate.normalize()
            bases[rate] += net
            taxes[rate] += round_half_up(net * rate / 100, decimals)
        if rounding is VatRounding.PER_RATE:
            taxes = defaultdict(Decimal, {r: round_half_up(b * r / 100, decimals) for r, b in bases.items()})
        return Totals(
            net=money(sum(bases.values(), Decimal(0))),
            vat=tuple(VatTotal(rate=r, base=money(bases[r]), vat=money(taxes[r])) for r in sorted(bases)),
            gross=money(sum(bases.values(), Decimal(0)) + sum(taxes.values(), Decimal(0))),
        )
