"""From a deal's line items to invoice lines, or to the problems that keep them from being invoiced."""

from collections.abc import Iterator
from decimal import Decimal, localcontext

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.reductions import FINEST_PRICE, reduced
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import Invoicing, Recurring
from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.message import Number, Percent, Price, RecordName
from raccord.domain.values.money import EXACT, exponent, known_currency, round_half_up
from raccord.domain.values.names import THE_DEAL, line_name

Outcome = InvoiceLine | Problem
_LARGEST_FRACTION = Decimal("0.3")
"""No VAT rate is so low, and none above 30 %: up to here a rate was typed as a fraction, 0.2 for 20 %."""


def price_in(currency: str | None, amount: Decimal) -> Price | Number:
    """Tell an amount with its currency; without one where the deal's is unknown."""
    if currency and known_currency(currency):
        return Price(price=amount, currency=currency)
    return Number(number=amount)


def price_after_discount(line: LineItem, record: RecordName, decimals: int) -> Decimal | Problem:
    """Return the unit price after discount, exact; a discount outside 0..price is a problem.

    With an amount off the whole line it is the price at which the line comes to the right minor unit, of so
    many `decimals`: 10 off three units has no exact one.
    """
    price, discount = line.unit_price or Decimal(0), line.discount
    if discount is None:
        return price
    percent, whole = discount.percent or Decimal(0), discount.whole or Decimal(0)
    quantity = line.quantity or Decimal(0)
    with localcontext(EXACT):
        if discount.percent is not None:
            reduced = price * (1 - percent / 100)
        elif whole and quantity > 0:
            reduced = price - whole / quantity
        else:
            reduced = price - (discount.per_unit or Decimal(0))
        if not (0 <= reduced <= price and 0 <= percent <= 100):
            return problem(Cause.DISCOUNT, record, "discount", "line.discount_outside")
        if discount.percent is None and whole and quantity > 0:
            net = round_half_up(quantity * price - whole, decimals)
            return (net / quantity).quantize(FINEST_PRICE)
    return reduced


def _quantity(line: LineItem, record: RecordName) -> Problem | None:
    if line.quantity is None:
        return problem(Cause.QUANTITY, record, "quantity", "line.quantity_missing")
    if line.quantity > 0:
        return None
    return problem(Cause.QUANTITY, record, "quantity", "line.quantity_not_positive", quantity=line.quantity)


def _price(line: LineItem, record: RecordName, currency: str | None) -> Problem | None:
    if line.unit_price is None:
        return problem(Cause.PRICE, record, "price", "line.price_missing")
    if line.unit_price < 0:
        price = price_in(currency, line.unit_price)
        return problem(Cause.PRICE, record, "price", "line.price_negative", price=price)
    return None


def _name(line: LineItem, record: RecordName) -> Problem | None:
    return None if line.name else problem(Cause.LINES, record, "name", "line.name_missing")


def _vat_rate(line: LineItem, record: RecordName, policy: DealWonPolicy) -> Decimal | Problem:
    vat, rate = policy.invoice.vat, line.vat_rate
    if rate is None:
        if line.untaxed:
            return problem(Cause.VAT, record, "vat_rate", "line.untaxed")
        code = "line.vat_rate_missing" if vat.default_rate is None else "line.vat_rate_missing_abroad"
        return problem(Cause.VAT, record, "vat_rate", code)
    if rate not in vat.rates and 0 < rate <= _LARGEST_FRACTION:
        meant = EXACT.multiply(rate, Decimal(100))
        return problem(
            Cause.VAT,
            record,
            "vat_rate",
            "line.vat_rate_fraction",
            rate=Percent(percent=rate),
            meant=Percent(percent=meant),
            number=meant,
        )
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


def _recurring(line: LineItem, record: RecordName, rule: Recurring) -> Problem | None:
    if not line.recurring or rule is not Recurring.ASK:
        return None
    return problem(Cause.RECURRING, record, "recurring", "line.recurring", period=line.recurring)


def _as_in_crm(line: LineItem, record: RecordName, made: InvoiceLine, currency: str) -> Outcome:
    """Return the line at the amount that the CRM shows and the customer signed.

    A CRM that rounds the discount and subtracts it comes to another minor unit than we do: 11.90 less 15 % is
    10.11 there and 10.12 here. A difference that rounding does not explain is a problem.
    """
    ours, decimals = made.priced.net(currency), exponent(currency)
    if line.amount is None or (theirs := round_half_up(line.amount, decimals)) == ours:
        return made
    exact = EXACT.multiply(made.quantity, made.unit_price)
    price = EXACT.divide(theirs, made.quantity).quantize(FINEST_PRICE)
    shown = made.model_copy(update={"unit_price": price, "computed_net": ours})
    if abs(theirs - exact) < Decimal(1).scaleb(-decimals) and shown.priced.net(currency) == theirs:
        return shown
    told = price_in(currency, line.amount), price_in(currency, ours)
    return problem(Cause.AMOUNT, record, "amount", "line.crm_amount_differs", theirs=told[0], ours=told[1])


def _line(line: LineItem, deal: Deal, policy: DealWonPolicy) -> Iterator[Outcome]:
    record = line_name(line, deal.lines)
    found = [
        p
        for p in (
            _name(line, record),
            _quantity(line, record),
            _price(line, record, deal.currency),
            _currency(line, record, deal.currency),
            _recurring(line, record, policy.invoice.recurring),
        )
        if p
    ]
    rate = _vat_rate(line, record, policy)
    price = price_after_discount(line, record, exponent(deal.currency or ""))
    found += [
        p
        for p in (rate, price)
        if isinstance(p, Problem) and not (p is price and _price(line, record, deal.currency))
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
        discount=line.discount,
        vat_rate=rate,
    )
    yield _as_in_crm(line, record, made, deal.currency) if deal.currency else made


def net_of_line(line: LineItem, decimals: int) -> Decimal | None:
    """Return what a line comes to, whatever else is wrong with it, else what the CRM says of it."""
    price = price_after_discount(line, THE_DEAL, decimals) if line.unit_price is not None else None
    if isinstance(price, Decimal) and line.quantity is not None:
        return round_half_up(EXACT.multiply(line.quantity, price), decimals)
    return line.amount


def examine_lines(deal: Deal, policy: DealWonPolicy) -> tuple[tuple[InvoiceLine, ...], tuple[Problem, ...]]:
    """Turn every line item into an invoice line, or say everything that is wrong with the lines."""
    if not deal.lines:
        return (), (problem(Cause.LINES, THE_DEAL, "line_items", "deal.no_lines"),)
    if (lines := len(deal.lines)) > (most := policy.max_lines):
        return (), (
            problem(Cause.LINES, THE_DEAL, "line_items", "deal.too_many_lines", lines=lines, most=most),
        )
    sold = invoiced_lines(deal, policy.invoice)
    reductions = [line for line in sold if line.reduction]
    outcomes = [each for line in sold if not line.reduction for each in _line(line, deal, policy)]
    made = tuple(o for o in outcomes if isinstance(o, InvoiceLine))
    problems = (
        *(o for o in outcomes if isinstance(o, Problem)),
        *(each for line in reductions for each in _reduction(line, deal, policy)),
    )
    if not reductions or problems or not deal.currency:
        return made, problems
    cheaper = reduced(made, deal, reductions, deal.currency.strip().upper())
    return (made, (cheaper,)) if isinstance(cheaper, Problem) else (cheaper, ())


def invoiced_lines(deal: Deal, rules: Invoicing) -> tuple[LineItem, ...]:
    """Return the lines that are ours to invoice: all, or all but subscriptions."""
    if rules.recurring is not Recurring.LEAVE:
        return deal.lines
    return tuple(line for line in deal.lines if not line.recurring)


def charged_lines(deal: Deal, rules: Invoicing) -> tuple[LineItem, ...]:
    """Return the invoiced lines that come to something, which alone say how the sale is taxed; all where none
    does.
    """
    sold, currency = invoiced_lines(deal, rules), (deal.currency or "").strip().upper()
    decimals = exponent(currency) if known_currency(currency) else 2
    return tuple(line for line in sold if net_of_line(line, decimals) != 0) or sold


def line_cautions(deal: Deal, rules: Invoicing) -> Iterator[Problem]:
    """Yield what was decided about lines without asking."""
    ours = {line.id for line in invoiced_lines(deal, rules)}
    for line in deal.lines:
        record = line_name(line, deal.lines)
        if line.id not in ours:
            yield problem(Cause.RECURRING, record, "recurring", "line.left_out")
        elif line.recurring and rules.recurring is Recurring.INVOICE_FIRST_PERIOD:
            period = line.recurring
            yield problem(Cause.RECURRING, record, "recurring", "line.first_period", period=period)
        elif line.reduction:
            yield problem(Cause.DISCOUNT, record, "price", "line.reduction_spread")


def _reduction(line: LineItem, deal: Deal, policy: DealWonPolicy) -> Iterator[Problem]:
    """Yield what is wrong with a reduction itself; without a rate of its own it is taken off all lines."""
    record = line_name(line, deal.lines)
    rate = None if line.vat_rate is None else _vat_rate(line, record, policy)
    found = (
        _currency(line, record, deal.currency),
        _recurring(line, record, policy.invoice.recurring),
        rate if isinstance(rate, Problem) else None,
    )
    yield from (each for each in found if each)
    if (off := line.discount) and (off.percent or off.per_unit or off.whole):
        yield problem(Cause.DISCOUNT, record, "discount", "line.reduction_discounted")
