"""An invoice that people made, held against what shadow had computed, line by line."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from raccord.domain.shadow.computed import Computed
from raccord.domain.values.base import Value, letters
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceLine
from raccord.domain.values.message import Message, Percent, Price, RecordKind, RecordName, message
from raccord.domain.values.money import EXACT, Money, round_half_up
from raccord.domain.values.totals import PricedLine

FINEST = 6
"""Decimals of a unit price that follows from what a line comes to."""


class Aspect(StrEnum):
    """What is compared."""

    CUSTOMER = "customer"
    CURRENCY = "currency"
    LINES = "lines"
    """A line that only one side has."""
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    VAT = "vat"
    TOTALS = "totals"
    DUE_ON = "due_on"


class Difference(Value):
    """What people did otherwise. `line` is its place among the lines that shadow computed, from 1."""

    aspect: Aspect
    line: int | None = None
    said: Message


class Comparison(Value):
    """They agree where there is no difference; `untold` is what the billing system does not tell."""

    differences: tuple[Difference, ...] = ()
    untold: tuple[Aspect, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.differences


class Made(Value):
    """An invoice that people made. `customer_id`: the customer that shadow means; None where that is not
    certain. `due_on`: the due date that the deal's terms give this invoice.
    """

    invoice: Invoice
    lines: tuple[InvoicedLine, ...]
    customer_id: str | None = None
    due_on: date | None = None


Pair = tuple[int, InvoiceLine, InvoicedLine]


def compare(computed: Computed, made: Made) -> Comparison:
    """Say everything in which an invoice differs from what would have been made.

    Lines are paired by what they say, wherever they stand; how they are worded is nobody's mistake.
    """
    invoice = made.invoice
    currency = computed.totals.net.currency
    found = list(_customer(computed, made))
    if invoice.currency != currency:
        said = message("score.currency", mine=currency, theirs=invoice.currency)
        return Comparison(differences=(*found, Difference(aspect=Aspect.CURRENCY, said=said)))
    pairs, only_ours, only_theirs = paired(computed.lines, made.lines, currency)
    of_lines = [
        *(each for pair in pairs for each in _of_pair(pair, currency)),
        *(_only_ours(number, line, currency) for number, line in only_ours),
        *map(_only_theirs, only_theirs),
    ]
    found += of_lines or _totals(computed, invoice)
    found += _due_on(made)
    return Comparison(differences=tuple(found), untold=tuple(_untold(made)))


def paired(
    ours: Sequence[InvoiceLine], theirs: Sequence[InvoicedLine], currency: str
) -> tuple[list[Pair], list[tuple[int, InvoiceLine]], list[InvoicedLine]]:
    """Pair lines: first those that say the same, then those that share what tells them from all others.

    Returns the pairs in the order of our lines, with what only one side has.
    """
    left, rest, pairs = list(enumerate(ours, start=1)), list(theirs), list[Pair]()
    alike: tuple[tuple[Callable[[InvoiceLine], object], Callable[[InvoicedLine], object], bool], ...] = (
        (
            lambda o: (_net(o, currency), o.quantity, o.vat_rate),
            lambda t: (t.net.amount, t.quantity, t.vat_rate),
            False,
        ),
        (lambda o: letters(o.name), lambda t: letters(t.name), True),
        (lambda o: (_net(o, currency), o.vat_rate), lambda t: (t.net.amount, t.vat_rate), True),
        (lambda o: _net(o, currency), lambda t: t.net.amount, True),
    )
    for of_ours, of_theirs, unique in alike:
        for number, line in tuple(left):
            key = of_ours(line)
            same = [each for each in rest if of_theirs(each) == key]
            rivals = [each for _, each in left if of_ours(each) == key]
            if not same or (unique and (len(same) > 1 or len(rivals) > 1)):
                continue
            pairs.append((number, line, same[0]))
            left.remove((number, line))
            rest.remove(same[0])
    if len(left) == len(rest) == 1:
        pairs.append((*left.pop(), rest.pop()))
    return sorted(pairs, key=lambda pair: pair[0]), left, rest


def _of_pair(pair: Pair, currency: str) -> Iterator[Difference]:
    number, ours, theirs = pair
    record = RecordName(kind=RecordKind.LINE, name=ours.name, number=number)

    def differs(aspect: Aspect, said: Message) -> Difference:
        return Difference(aspect=aspect, line=number, said=said)

    if ours.quantity != theirs.quantity:
        said = message("score.quantity", line=record, mine=ours.quantity, theirs=theirs.quantity)
        yield differs(Aspect.QUANTITY, said)
    # What a line comes to is rounded: it speaks against our unit price only where that cannot give it.
    would = PricedLine(quantity=theirs.quantity, unit_price=ours.unit_price, vat_rate=ours.vat_rate)
    if would.net(currency) != theirs.net.amount:
        mine, price = Price(price=ours.unit_price, currency=currency), _unit_price(theirs)
        said = message("score.unit_price", line=record, mine=mine, theirs=price)
        yield differs(Aspect.UNIT_PRICE, said)
    if theirs.vat_rate is not None and theirs.vat_rate != ours.vat_rate:
        rates = Percent(percent=ours.vat_rate), Percent(percent=theirs.vat_rate)
        yield differs(Aspect.VAT, message("score.vat", line=record, mine=rates[0], theirs=rates[1]))


def _unit_price(line: InvoicedLine) -> Price | Money:
    """Return the unit price that a line's amount tells; of no quantity there is none, but its amount."""
    if not line.quantity:
        return line.net
    price = round_half_up(EXACT.divide(line.net.amount, line.quantity), FINEST)
    return Price(price=price.normalize(EXACT), currency=line.net.currency)


def _only_ours(number: int, line: InvoiceLine, currency: str) -> Difference:
    record = RecordName(kind=RecordKind.LINE, name=line.name, number=number)
    net, rate = Money(amount=_net(line, currency), currency=currency), Percent(percent=line.vat_rate)
    said = message("score.only_ours", line=record, net=net, rate=rate)
    return Difference(aspect=Aspect.LINES, line=number, said=said)


def _only_theirs(line: InvoicedLine) -> Difference:
    return Difference(aspect=Aspect.LINES, said=message("score.only_theirs", name=line.name, net=line.net))


def _totals(computed: Computed, invoice: Invoice) -> Iterator[Difference]:
    if found := computed.totals.differences(invoice.totals):
        yield Difference(aspect=Aspect.TOTALS, said=message("score.totals", differences=found))


def _customer(computed: Computed, made: Made) -> Iterator[Difference]:
    buyer, known = made.invoice.buyer, made.customer_id
    if known is None or made.invoice.customer_id == known:
        return
    theirs = buyer.name if buyer and buyer.name else made.invoice.customer_id
    said = message("score.customer", mine=computed.profile.name, theirs=theirs)
    yield Difference(aspect=Aspect.CUSTOMER, said=said)


def _due_on(made: Made) -> Iterator[Difference]:
    mine, theirs = made.due_on, made.invoice.due_on
    if mine and theirs and mine != theirs:
        yield Difference(aspect=Aspect.DUE_ON, said=message("score.due_on", mine=mine, theirs=theirs))


def _untold(made: Made) -> Iterator[Aspect]:
    if made.customer_id is None:
        yield Aspect.CUSTOMER
    if any(line.vat_rate is None for line in made.lines):
        yield Aspect.VAT
    if made.due_on is None or made.invoice.due_on is None:
        yield Aspect.DUE_ON


def _net(line: InvoiceLine, currency: str) -> Decimal:
    return line.priced.net(currency)
