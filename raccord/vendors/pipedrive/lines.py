"""The lines of a deal, net of VAT, and what is taken off it as a whole.

A price may be with VAT, without, or of no VAT (`tax_method`), and a tax of 0 is also one that nobody
entered; a discount of a line is a share or an amount, and whether that is off each unit or off the line, with
VAT or without, only the line's `sum` tells. Discounts of the deal are a list of their own (pipedrive page,
section 1): a share goes into each line, an amount becomes a line that takes it off, which the rules spread to
the cent.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext

from raccord.connectors.lengths import cut
from raccord.domain.values.deal import Discount, LineItem, Unreadable
from raccord.domain.values.money import EXACT, round_half_up
from raccord.vendors.pipedrive.values import certain
from raccord.vendors.pipedrive.wire import DealDiscount, Product

_HUNDRED = Decimal(100)
_FINEST = Decimal("1E-8")
_ONCE = "one-time"
_METHODS = ("exclusive", "inclusive", "none")
_CLOSE = Decimal("0.015")
"""A sum is rounded, also where it is of a price that was."""


def lines(
    products: Iterable[Product],
    discounts: Sequence[DealDiscount],
    room: tuple[int, int],
    notes: list[Unreadable],
) -> tuple[LineItem, ...]:
    """Return the lines that are sold, in their order; those that are switched off are left out.

    `room` is the longest name and description.
    """
    enabled = sorted((each for each in products if each.is_enabled), key=_place)
    if not enabled:
        return ()
    off = _share(discounts)
    sold = [_line(each, off, room, notes) for each in enabled]
    return (*sold, *_taken_off(discounts, room))


def _place(product: Product) -> tuple[bool, int, int]:
    return product.order_nr is None, product.order_nr or 0, product.id


def _line(product: Product, off: Decimal, room: tuple[int, int], notes: list[Unreadable]) -> LineItem:
    record = f"line item {product.id}"
    method, tax = product.tax_method or "exclusive", product.tax
    rate = None if method == "none" or tax is None else certain(tax).normalize()
    if method not in _METHODS:
        notes.append(Unreadable(record=record, field="tax_method", value=cut(method, 100)))
        rate = None
    net_of = _HUNDRED / (_HUNDRED + rate) if method == "inclusive" and rate else Decimal(1)
    discount = _discount(product, rate or Decimal(0), record, notes)
    price = None if product.item_price is None else certain(product.item_price)
    period = product.billing_frequency
    return LineItem(
        id=str(product.id),
        name=cut((product.name or "").strip(), room[0]),
        description=cut((product.comments or "").strip(), room[1]),
        quantity=None if product.quantity is None else certain(product.quantity),
        unit_price=None if price is None else _scaled(price, net_of),
        discount=_combined(discount, off, net_of, product),
        vat_rate=rate,
        untaxed=method == "none",
        # The vendor's own default (spec v2, POST /deals/{id}/products).
        zero_untold=rate == 0,
        currency=(product.currency or "").upper() or None,
        recurring=period if period and period != _ONCE else None,
    )


def _scaled(amount: Decimal, factor: Decimal) -> Decimal:
    if factor == 1:
        return amount
    with localcontext(EXACT):
        return (amount * factor).quantize(_FINEST)


def _discount(product: Product, rate: Decimal, record: str, notes: list[Unreadable]) -> Discount | None:
    """Return a line's own discount, amounts as they are typed; one that cannot be told apart is noted."""
    if not product.discount:
        return None
    off = certain(product.discount)
    match product.discount_type:
        case "percentage":
            return Discount(percent=off)
        case "amount":
            found = _amount_off(product, off, rate)
            if found is None:
                notes.append(Unreadable(record=record, field="discount", value=f"{off:f}"))
            return found
        case other:
            value = f"{off:f} {cut(str(other), 50)}"
            notes.append(Unreadable(record=record, field="discount_type", value=value))
            return None


def _amount_off(product: Product, off: Decimal, rate: Decimal) -> Discount | None:
    """Read an amount as what the line's sum says: off the whole line, or off each unit.

    Beside prices with VAT in them it may have VAT in it or not: no page says (section 1).
    """
    quantity, price = product.quantity or Decimal(0), product.item_price or Decimal(0)
    if product.sum is None:
        return Discount(whole=off) if quantity == 1 else None
    with localcontext(EXACT):
        with_tax, inclusive = Decimal(1) + rate / _HUNDRED, product.tax_method == "inclusive"

        def shown(total: Decimal) -> bool:
            sums = (total, total / with_tax if inclusive else total * with_tax)
            return any(abs(each - (product.sum or 0)) < _CLOSE for each in sums)

        readings: list[Discount] = []
        for each in {off, off * with_tax} if inclusive else {off}:
            if shown(quantity * price - each):
                readings.append(Discount(whole=each))
            if quantity != 1 and shown(quantity * (price - each)):
                readings.append(Discount(per_unit=each))
    return readings[0] if len(readings) == 1 else None


def _share(discounts: Sequence[DealDiscount]) -> Decimal:
    """Return what is left of each line's price after the shares that are taken off the deal."""
    with localcontext(EXACT):
        left = Decimal(1)
        for each in discounts:
            if each.type == "percentage":
                left *= (_HUNDRED - certain(each.amount)) / _HUNDRED
        return left


def _combined(own: Discount | None, left: Decimal, net_of: Decimal, product: Product) -> Discount | None:
    """Put a line's own discount and the deal's share together into one, net of VAT."""
    with localcontext(EXACT):
        if own is None:
            return None if left == 1 else Discount(percent=_percent(left))
        if own.percent is not None:
            return Discount(percent=_percent((_HUNDRED - own.percent) / _HUNDRED * left))
        price, quantity = certain(product.item_price or Decimal(0)), product.quantity or Decimal(0)
        if own.per_unit is not None:
            return Discount(per_unit=_scaled(price - (price - own.per_unit) * left, net_of))
        total = price * quantity
        off = total - (total - (own.whole or Decimal(0))) * left
        return Discount(whole=_scaled(off, net_of))


def _percent(left: Decimal) -> Decimal:
    return ((1 - left) * _HUNDRED).normalize()


def _taken_off(discounts: Sequence[DealDiscount], room: tuple[int, int]) -> Iterator[LineItem]:
    for each in discounts:
        if each.type != "percentage" and each.amount:
            said = " ".join((each.description or "").split())
            yield LineItem(
                id=each.id,
                name=cut(f"Remise {said}".strip(), room[0]),
                quantity=Decimal(1),
                unit_price=-round_half_up(certain(each.amount), 4),
            )
