"""From a deal's line items to invoice lines, or to the problems that keep them from being invoiced."""

from collections.abc import Iterator
from decimal import Decimal, localcontext

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.message import Percent, RecordName
from raccord.domain.values.money import EXACT, exponent, round_half_up
from raccord.domain.values.names import THE_DEAL, line_name

Outcome = InvoiceLine | Problem


def price_after_discount(line: LineItem, record: RecordName) -> Decimal | Problem:
    """Return the unit price after discount, exact; a discount outside 0..price is a problem."""
    price, discount = line.unit_price or Decimal(0), line.discount
    if discount is None:
        return price
    percent = discount.percent or Decimal(0)
    with localcontext(EXACT):
        if discount.percent is not None:
            reduced = price * (1 - percent / 100)
        else:
            reduced = price - (discount.per_unit or Decimal(0))
    if not (0 <= reduced <= price and 0 <= percent <= 100):
        return problem(Cause.DISCOUNT, record, "discount", "line.discount_outside")
    return reduced


def _quantity(line: LineItem, record: RecordName) -> Problem | None:
    if line.quantity is None:
        return problem(Cause.QUANTITY, record, "quantity", "line.quantity_missing")
    if line.quantity > 0:
        return None
    return problem(Cause.QUANTITY, record, "quantity", "line.quantity_not_positive", quantity=line.quantity)


def _price(line: LineItem, record: RecordName) -> Problem | None:
    if line.unit_price is None:
        return problem(Cause.PRICE, record, "price", "line.price_missing")
    if line.unit_price < 0:
        return problem(Cause.PRICE, record, "price", "line.price_negative", price=line.unit_price)
    return None


def _name(line: LineItem, record: RecordName) -> Problem | None:
    return None if line.name else problem(Cause.LINES, record, "name", "line.name_missing")


def _vat_rate(line: LineItem, record: RecordName, policy: DealWonPolicy) -> Decimal | Problem:
    vat = policy.invoice.vat
    rate = vat.rate_of(line.vat_rate)
    if rate is None:
        return problem(Cause.VAT, record, "vat_rate", "line.vat_rate_missing")
    if rate not in vat.rates:
        known = tuple(Percent(percent=each) for each in vat.rates)
        return problem(
            Cause.VAT, record, "vat_rate", "line.vat_rate_unknown", rate=Percent(percent=rate), known=known
        )
    return rate


def _currency(line: LineItem, record: RecordName, currency: str | None) -> Problem | None:
    if not line.currency or not currency or line.currency.strip().upper() == currency.strip().upper():
        return None
    return problem(
        Cause.CURRENCY, record, "currency", "line.other_currency", currency=line.currency, deals=currency
    )


def _recurring(line: LineItem, record: RecordName) -> Problem | None:
    if not line.recurring:
        return None
    return problem(Cause.RECURRING, record, "recurring", "line.recurring", period=line.recurring)


def _crm_amount(line: LineItem, record: RecordName, made: InvoiceLine, currency: str) -> Problem | None:
    net = made.priced.net(currency)
    if line.amount is None or round_half_up(line.amount, exponent(currency)) == net:
        return None
    return problem(Cause.AMOUNT, record, "amount", "line.crm_amount_differs", theirs=line.amount, ours=net)


def _line(line: LineItem, deal: Deal, policy: DealWonPolicy) -> Iterator[Outcome]:
    record = line_name(line, deal.lines)
    found = [
        p
        for p in (
            _name(line, record),
            _quantity(line, record),
            _price(line, record),
            _currency(line, record, deal.currency),
            _recurring(line, record),
        )
        if p
    ]
    rate, price = _vat_rate(line, record, policy), price_after_discount(line, record)
    found += [
        p for p in (rate, price) if isinstance(p, Problem) and not (p is price and _price(line, record))
    ]
    if found or isinstance(rate, Problem) or isinstance(price, Problem):
        yield from found
        return
    made = InvoiceLine(
        name=line.name,
        description=line.description,
        quantity=line.quantity or Decimal(0),
        list_price=line.unit_price or Decimal(0),
        unit_price=price,
        discount_percent=line.discount.percent if line.discount else None,
        vat_rate=rate,
    )
    if deal.currency and (differs := _crm_amount(line, record, made, deal.currency)):
        yield differs
        return
    yield made


def examine_lines(deal: Deal, policy: DealWonPolicy) -> tuple[tuple[InvoiceLine, ...], tuple[Problem, ...]]:
    """Turn every line item into an invoice line, or say everything that is wrong with the lines."""
    if not deal.lines:
        return (), (problem(Cause.LINES, THE_DEAL, "line_items", "deal.no_lines"),)
    if (lines := len(deal.lines)) > (most := policy.max_lines):
        return (), (
            problem(Cause.LINES, THE_DEAL, "line_items", "deal.too_many_lines", lines=lines, most=most),
        )
    outcomes = [outcome for line in deal.lines for outcome in _line(line, deal, policy)]
    return (
        tuple(o for o in outcomes if isinstance(o, InvoiceLine)),
        tuple(o for o in outcomes if isinstance(o, Problem)),
    )
