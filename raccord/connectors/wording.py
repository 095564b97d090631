"""What Raccord itself writes on an invoice, in the customer's language; French where there is no other."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from raccord.connectors.errors import Permanent
from raccord.connectors.lengths import cut_at_word
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Discount
from raccord.domain.values.invoice import InvoiceLine, InvoiceOrder


class _Language(Value):
    locale: str
    purchase_order: str
    service_date: str
    day: str
    percent_off: str
    amount_off: str
    whole_off: str


_FRENCH = _Language(
    locale="fr",
    purchase_order="Bon de commande",
    service_date="Date de prestation",
    day="dd/MM/yyyy",
    percent_off="(prix unitaire {price}, remise {discount}\u00a0%)",
    amount_off="(prix unitaire {price}, remise {discount} par unité)",
    whole_off="(prix unitaire {price}, remise {discount})",
)
_LANGUAGES = {
    "fr": _FRENCH,
    "en": _Language(
        locale="en",
        purchase_order="Purchase order",
        service_date="Service date",
        day="d MMMM yyyy",
        percent_off="(unit price {price}, {discount}% discount)",
        amount_off="(unit price {price}, discount {discount} per unit)",
        whole_off="(unit price {price}, discount {discount})",
    ),
}


def _language(code: str) -> _Language:
    return _LANGUAGES.get(code, _FRENCH)


def describe(line: InvoiceLine, currency: str, language: str, *, longest: int) -> str:
    """Return a line's text: its name, its description, and the discount its price already contains.

    Name and description are cut at a word; the discount never is.
    """
    discount = discount_of(line, currency, language)
    text = cut_at_word(text_of(line), longest - len(discount) - 1)
    return " ".join(t for t in (text, discount) if t)


def text_of(line: InvoiceLine) -> str:
    """Return all that the deal says of a line: its name and its description."""
    return " – ".join(t for t in (line.name, line.description.strip()) if t)


def discount_of(line: InvoiceLine, currency: str, language: str) -> str:
    """Say what the unit price was reduced by; empty where nothing is to be printed."""
    words = _language(language)
    price = _amount(line.list_price, currency, words)
    match line.discount:
        case Discount(percent=percent) if percent and line.list_price:
            off = format_decimal(percent.normalize(), locale=words.locale, decimal_quantization=False)
            return words.percent_off.format(price=price, discount=off)
        case Discount(per_unit=per_unit) if per_unit:
            off = _amount(per_unit, currency, words)
            return words.amount_off.format(price=price, discount=off)
        case Discount(whole=whole) if whole:
            off = _amount(whole, currency, words)
            return words.whole_off.format(price=price, discount=off)
        case _:
            return ""


def _amount(value: Decimal, currency: str, language: _Language) -> str:
    # Unit prices may be finer than the currency (0,0345 € per unit), so no digit is rounded away.
    return format_currency(value, currency, locale=language.locale, decimal_quantization=False)


def custom_fields(order: InvoiceOrder, *, vendor: str, longest: int) -> list[tuple[str, str]]:
    """Return the invoice's extra fields, name and value: SIRET, purchase order, service date.

    Raises `Permanent` when a value is longer than the vendor prints.
    """
    language = _language(order.language)
    fields = [
        ("SIRET", order.siret),
        (language.purchase_order, order.purchase_order),
        (language.service_date, _day(order.service_date, language) if order.service_date else ""),
    ]
    return [
        (name, whole(name, value, order, vendor=vendor, longest=longest)) for name, value in fields if value
    ]


def whole(name: str, text: str, order: InvoiceOrder, *, vendor: str, longest: int) -> str:
    """Return a text that must not be cut. Raises `Permanent` when the vendor prints less than all of it."""
    if len(text) > longest:
        raise Permanent(
            f"“{name}” of the invoice for deal {order.reference.deal} has {len(text)} characters; "
            f"{vendor} prints at most {longest}. Shorten it where it comes from.",
            code="too_long",
            field=name,
        )
    return text


def _day(day: date, language: _Language) -> str:
    return format_date(day, language.day, locale=language.locale)
