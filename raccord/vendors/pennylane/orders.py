"""The body of a draft with its lines. A pure function of the order: a retry sends the same bytes."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from raccord.connectors.capabilities import InvoiceLimits
from raccord.connectors.errors import Permanent
from raccord.connectors.lengths import cut_at_word
from raccord.connectors.wording import custom_fields, discount_of, whole
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import InvoiceLine, InvoiceOrder, InvoiceReference, Part
from raccord.domain.values.money import EXACT
from raccord.vendors.pennylane.customers import LONGEST_NAME, language_code
from raccord.vendors.pennylane.vat import VatCodes

LIMITS = InvoiceLimits(line=255, field=255, memo=2000, footer=20_000, customer_name=LONGEST_NAME, phone=50)
"""The memo stays below the 5,000 characters of a description with what is printed beside it, the footer is
a special mention (pennylane page, section 1.3); no page says how long the others may be."""
_MOST_DECIMALS = 6
_FINEST = Decimal(1).scaleb(-_MOST_DECIMALS)
_DESCRIBED = 2000
_VENDOR = "Pennylane"
_CONTENT = re.compile(r"Raccord ([0-9a-f]{16})")
_REFERENCE = re.compile(
    r"(?P<connection>[^:/]+):(?P<deal>.+)/(?P<cycle>\d{1,9})/(?P<revision>\d{1,9})(?:/(?P<part>deposit|balance))?"
)


def draft_body(order: InvoiceOrder, codes: VatCodes) -> dict[str, Any]:
    """Return the body of `POST /customer_invoices`. Raises `Permanent` for what Pennylane cannot hold.

    Without `draft` it would be a legal invoice at once (pennylane page, section 1.3).
    """
    body: dict[str, Any] = {
        "draft": True,
        "date": order.issued_on.isoformat(),
        "deadline": order.due_on.isoformat(),
        "customer_id": int(order.customer_id),
        "currency": order.currency,
        "external_reference": str(order.reference),
        "label": f"Raccord {order.content_hash}",
        "invoice_lines": [_line(line, order, codes) for line in order.lines],
    }
    if language := language_code(order.language):
        body["language"] = language
    if printed := _printed(order):
        body["pdf_description"] = printed
    if order.footer:
        body["special_mention"] = whole("footer", order.footer, order, vendor=_VENDOR, longest=LIMITS.footer)
    return body


def content_of(label: str | None) -> str | None:
    """Return the hash of the order that a draft was made from, which its accounting label holds till then."""
    found = _CONTENT.fullmatch(label or "")
    return found[1] if found else None


def reference_of(text: str | None) -> InvoiceReference | None:
    """Read our reference back; None of what is not ours, such as what Pennylane itself assigns."""
    if (found := _REFERENCE.fullmatch(text or "")) is None:
        return None
    return InvoiceReference(
        deal=DealRef(connection=found["connection"], id=found["deal"]),
        cycle=int(found["cycle"]),
        revision=int(found["revision"]),
        part=Part(found["part"] or Part.WHOLE),
    )


def _printed(order: InvoiceOrder) -> str:
    fields = custom_fields(order, vendor=_VENDOR, longest=LIMITS.field)
    colon = "\u00a0: " if order.language != "en" else ": "
    lines = [f"{name}{colon}{value}" for name, value in fields]
    memo = [cut_at_word(order.memo, LIMITS.memo)] if order.memo else []
    return "\n".join((*lines, *memo))


def _line(line: InvoiceLine, order: InvoiceOrder, codes: VatCodes) -> dict[str, Any]:
    discount = discount_of(line, order.currency, order.language)
    room = _DESCRIBED - len(discount) - 1
    described = "\n".join(text for text in (cut_at_word(line.description.strip(), room), discount) if text)
    body: dict[str, Any] = {
        "label": cut_at_word(line.name, LIMITS.line),
        "quantity": _quantity(line),
        "raw_currency_unit_price": _price(line, order.currency),
        "unit": codes.unit,
        "vat_rate": codes.of(line.vat_rate, order.tax_treatment),
    }
    return body | ({"description": described} if described else {})


def _price(line: InvoiceLine, currency: str) -> str:
    """Return the unit price; for one finer than Pennylane takes, the nearest with the same net of the line.

    Where neither of the two next to the exact one gives that, none of six decimals does.
    """
    price, net = line.unit_price, line.priced.net(currency)
    if _fits(price):
        return f"{price:f}"
    for rounding in (ROUND_HALF_UP, ROUND_FLOOR, ROUND_CEILING):
        near = price.quantize(_FINEST, rounding, EXACT)
        if line.priced.model_copy(update={"unit_price": near}).net(currency) == net:
            return f"{near.normalize():f}"
    raise Permanent(
        f"One “{line.name}” comes to {price:f}, and Pennylane takes {_MOST_DECIMALS} decimals, with which "
        f"{line.quantity:f} of them come to another amount: enter a price without VAT and a discount that "
        "need no more decimals.",
        code="too_many_decimals",
        field="price",
    )


def _fits(price: Decimal) -> bool:
    exponent = price.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= _MOST_DECIMALS


def _quantity(line: InvoiceLine) -> int | float:
    """Return the one number that is none in quotes (pennylane page, head): exact, or refused."""
    if line.quantity == line.quantity.to_integral_value():
        return int(line.quantity)
    number = float(line.quantity)
    if Decimal(repr(number)) != line.quantity:
        raise Permanent(
            f"The quantity of “{line.name}” has more digits than Pennylane keeps: round it.",
            code="too_many_decimals",
            field="quantity",
        )
    return number
