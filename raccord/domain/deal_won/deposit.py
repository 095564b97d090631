"""A deposit and its balance: one deal in two invoices that come to the whole of it together.

Net amounts do so to the minor unit at every VAT rate. So does VAT where it is rounded by line; where it is
computed once a rate, each invoice rounds its own, and the two may be one minor unit from the whole's.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from raccord.domain.values.base import Exact, Value, plain
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import Invoice, InvoiceLine
from raccord.domain.values.money import EXACT, Money, exponent, round_half_up

SMALLEST = Decimal(1)
"""In percent. Nobody asks for less ahead: below it the share was typed as a fraction, 0.3 for 30 %."""
MOST_NAMED = 10
"""Lines that a deposit names; more would not be read."""
# Printed on invoices in the invoice's own language.
_DEPOSIT = {"fr": "Acompte de {percent} % sur {what}", "en": "{percent}% deposit on {what}"}
_ORDER = {"fr": "la commande", "en": "the order"}
_DEDUCTED = {"fr": "Déduction de l'acompte, facture {number}", "en": "Less the deposit, invoice {number}"}
_DATED = {"fr": "{text} du {day:%d/%m/%Y}", "en": "{text} of {day:%Y-%m-%d}"}


class Deposit(Value):
    """What a deal is to pay ahead."""

    percent: Exact
    lines: tuple[InvoiceLine, ...]
    """Those of the deposit's own invoice, one a VAT rate."""
    net: Money
    whole: Money
    """What all of the deal comes to, net."""


def asked_share(deal: Deal) -> Decimal | None:
    """Return the share that can be invoiced ahead, in percent; None where the deal says no such one."""
    percent = deal.deposit_percent
    return percent if percent is not None and SMALLEST <= percent < 100 else None


def deposit_on(deal: Deal, lines: tuple[InvoiceLine, ...], language: str) -> Deposit | None:
    """Return the deposit on a deal with a currency; None where it, or its balance, would come to nothing."""
    share, currency = asked_share(deal), (deal.currency or "").upper()
    if share is None:
        return None
    asked = tuple(_lines(deal, lines, share, language))
    net, whole = _net(asked, currency), _net(lines, currency)
    if not 0 < net.amount < whole.amount:
        return None
    return Deposit(percent=share, lines=asked, net=net, whole=whole)


def deductions(deposit: Deposit, issued: Invoice, language: str) -> tuple[InvoiceLine, ...]:
    """Return the lines by which the balance takes the issued deposit off, rate by rate."""
    spoken = _spoken(language)
    text = _DEDUCTED[spoken].format(number=issued.number or issued.id)
    if issued.issued_on:
        text = _DATED[spoken].format(text=text, day=issued.issued_on)
    return tuple(
        InvoiceLine(
            name=text,
            quantity=Decimal(1),
            list_price=line.list_price.copy_negate(),
            unit_price=line.unit_price.copy_negate(),
            vat_rate=line.vat_rate,
        )
        for line in deposit.lines
    )


def _lines(
    deal: Deal, lines: tuple[InvoiceLine, ...], share: Decimal, language: str
) -> Iterator[InvoiceLine]:
    currency, rates = (deal.currency or "").upper(), defaultdict[Decimal, list[InvoiceLine]](list)
    for line in lines:
        rates[line.vat_rate.normalize()].append(line)
    for rate, sold in sorted(rates.items()):
        part = EXACT.multiply(_net(tuple(sold), currency).amount, share).scaleb(-2, EXACT)
        if net := round_half_up(part, exponent(currency)):
            yield InvoiceLine(
                name=_title(deal, share, language),
                description=_named(sold),
                quantity=Decimal(1),
                list_price=net,
                unit_price=net,
                vat_rate=rate,
            )


def _title(deal: Deal, share: Decimal, language: str) -> str:
    spoken, percent = _spoken(language), plain(share.normalize())
    shown = percent if spoken == "en" else percent.replace(".", ",")
    return _DEPOSIT[spoken].format(percent=shown, what=deal.reference.strip() or _ORDER[spoken])


def _named(sold: list[InvoiceLine]) -> str:
    more = ["…"] if len(sold) > MOST_NAMED else []
    return "; ".join([*(line.name for line in sold[:MOST_NAMED]), *more])


def _net(lines: tuple[InvoiceLine, ...], currency: str) -> Money:
    return Money(amount=sum((line.priced.net(currency) for line in lines), Decimal(0)), currency=currency)


def _spoken(language: str) -> str:
    return "en" if language == "en" else "fr"
