"""A line that takes money off, as "Remise −100": billing systems take none, so the others become cheaper.

What is taken off stays within one VAT rate: that of the reduction, or of all lines where it has none.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.deal import Deal, Discount, LineItem
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.money import EXACT, exponent, round_half_up
from raccord.domain.values.names import line_name

FINEST_PRICE = Decimal("1E-8")
"""In major units: fine enough for a quantity of a million, and no vendor takes more than ten decimals."""


def net_of_reduction(line: LineItem, currency: str) -> Decimal:
    """Return what a reduction takes off, as a positive amount in major units."""
    exact = EXACT.multiply(line.quantity or Decimal(0), line.unit_price or Decimal(0))
    return -round_half_up(exact, exponent(currency))


def reduced(
    lines: tuple[InvoiceLine, ...], deal: Deal, reductions: Sequence[LineItem], currency: str
) -> tuple[InvoiceLine, ...] | Problem:
    """Take every reduction off the lines at its rate, in proportion to what they come to.

    The lines come to exactly what they and the reductions came to together, rate by rate. A reduction larger
    than its lines is a problem, as is one whose amount the CRM tells otherwise.
    """
    for reduction in reductions:
        off, record = net_of_reduction(reduction, currency), line_name(reduction, deal.lines)
        theirs = reduction.amount
        if theirs is not None and round_half_up(theirs, exponent(currency)) != -off:
            return problem(Cause.DISCOUNT, record, "amount", "line.reduction_differs")
        at_rate = [
            place
            for place, line in enumerate(lines)
            if reduction.vat_rate is None or line.vat_rate == reduction.vat_rate
        ]
        nets = [lines[place].priced.net(currency) for place in at_rate]
        if off > sum(nets, Decimal(0)):
            return problem(Cause.DISCOUNT, record, "price", "line.reduction_too_large")
        shares = dict(zip(at_rate, _shares(off, nets, exponent(currency)), strict=True))
        cheaper = tuple(
            _cheaper(line, shares[place], currency) if shares.get(place) else line
            for place, line in enumerate(lines)
        )
        if _net(cheaper, currency) != _net(lines, currency) - off:
            # A quantity of millions, whose price would need more decimals than anybody takes.
            return problem(Cause.DISCOUNT, record, "price", "line.reduction_too_fine")
        lines = cheaper
    return lines


def _net(lines: tuple[InvoiceLine, ...], currency: str) -> Decimal:
    return sum((line.priced.net(currency) for line in lines), Decimal(0))


def _shares(off: Decimal, nets: list[Decimal], decimals: int) -> Iterator[Decimal]:
    """Split an amount in proportion, to the minor unit; what rounding leaves goes to the largest lines."""
    unit, whole = Decimal(1).scaleb(-decimals), sum(nets, Decimal(0))
    with localcontext(EXACT):
        shares = [(off * net / whole) // unit * unit if whole else Decimal(0) for net in nets]
        left = int((off - sum(shares, Decimal(0))) / unit)
    largest = sorted(range(len(nets)), key=lambda place: nets[place] - shares[place], reverse=True)[:left]
    yield from (share + unit if place in largest else share for place, share in enumerate(shares))


def _cheaper(line: InvoiceLine, share: Decimal, currency: str) -> InvoiceLine:
    """Return the line with an amount taken off it as a whole, which its text then says."""
    with localcontext(EXACT):
        net = line.priced.net(currency) - share
        before = round_half_up(line.quantity * line.list_price, exponent(currency))
        price = (net / line.quantity).quantize(FINEST_PRICE)
    return line.model_copy(update={"unit_price": price, "discount": Discount(whole=before - net)})
