"""What the law adds to a late invoice between businesses: told beside what is owed, never a part of it.

Late payment penalties and the indemnity for recovery costs, by C. com. L441-10 II and D441-5. Amounts are in
major units.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from raccord.domain.rules.dunning import Interest, half_year
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.base import Exact, Value
from raccord.domain.values.clock import DAY
from raccord.domain.values.money import EXACT, Money, exponent, round_half_up

_YEAR = 365
"""Days of a year, leap years too: the formula of the DGCCRF."""


class Penalty(Value):
    """Penalties of the days of one half-year, both named days included, on what is left to pay now."""

    first: date
    last: date
    percent: Exact
    """A year."""
    amount: Money

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Charges(Value):
    """What the law adds to one late invoice."""

    invoice_id: str
    penalties: tuple[Penalty, ...]
    """The oldest first; none where a rate is missing, as a part would say too little."""
    missing: tuple[date, ...] = ()
    """First days of the half-years of which nobody filled in the rate."""
    indemnity: Money | None = None
    """In euros, whatever the currency of the invoice; None where the company waives it."""

    @property
    def interest(self) -> Money | None:
        """All penalties; None where a rate is missing."""
        amounts = [each.amount for each in self.penalties]
        return sum(amounts[1:], start=amounts[0]) if amounts else None


def charges_of(invoice: OwedInvoice, account: Account, rules: Interest, today: date) -> Charges | None:
    """Work out what the law adds to an invoice by a business date.

    None where the company does not ask for it, where nothing is late, and for anybody of whom it is not known
    that it is a business.
    """
    if not rules.on or account.business is not True or today <= invoice.due_on:
        return None
    spans = tuple(_by_half_year(invoice.due_on + DAY, today))
    percents = {rate.valid_from: rate.percent for rate in rules.rates}
    missing = tuple(half_year(first) for first, _ in spans if half_year(first) not in percents)
    penalties = (
        () if missing else tuple(_penalty(invoice, *span, percents[half_year(span[0])]) for span in spans)
    )
    return Charges(
        invoice_id=invoice.id,
        penalties=penalties,
        missing=missing,
        indemnity=Money(amount=rules.indemnity, currency="EUR") if rules.indemnity else None,
    )


def _by_half_year(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        ends = date(first.year, 6, 30) if first.month <= 6 else date(first.year, 12, 31)
        yield first, min(ends, last)
        first = ends + DAY


def _penalty(invoice: OwedInvoice, first: date, last: date, percent: Decimal) -> Penalty:
    days, currency = (last - first).days + 1, invoice.due.currency
    yearly = EXACT.multiply(invoice.due.amount, percent)
    exact = EXACT.divide(EXACT.multiply(yearly, Decimal(days)), Decimal(100 * _YEAR))
    amount = Money(amount=round_half_up(exact, exponent(currency)), currency=currency)
    return Penalty(first=first, last=last, percent=percent, amount=amount)
