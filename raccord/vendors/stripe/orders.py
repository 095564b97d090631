"""The bodies of a draft and its lines. A pure function of the order: a retry sends the same bytes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from raccord.connectors.errors import Permanent
from raccord.connectors.lengths import cut_at_word
from raccord.connectors.wording import custom_fields, describe, text_of, whole
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import InvoiceLine, InvoiceOrder, InvoiceReference, Part
from raccord.domain.values.money import Money
from raccord.vendors.stripe.limits import LIMITS, LONGEST_PRODUCT, kept_whole
from raccord.vendors.stripe.methods import payment_settings
from raccord.vendors.stripe.money import quantity, to_minor, unit_amount

if TYPE_CHECKING:
    from stripe.params import InvoiceAddLinesParams, InvoiceAddLinesParamsLine, InvoiceCreateParams

DEAL, CYCLE, REVISION = "raccord_deal", "raccord_cycle", "raccord_revision"
PART = "raccord_part"
"""`deposit` or `balance`; an invoice of the whole has none."""
CONTENT = "raccord_content"
"""Hash of the order whose lines the draft holds; written in the same request as the lines."""
TEXT = "raccord_text"
"""Begins the keys under which a line keeps the text that its description had to cut."""
ORDER = "raccord_order"
"""Hash of the order the draft was created for."""
_STRIPE = "Stripe"


def draft_body(order: InvoiceOrder, clock: BusinessClock, *, country: str) -> "InvoiceCreateParams":
    """Return the body of `POST /v1/invoices`.

    It never advances by itself (no Stripe reminders) and takes no pending items. Due at the end of
    the due day. `country` is where Stripe opens accounts that customers transfer to.
    """
    fields = custom_fields(order, vendor=_STRIPE, longest=LIMITS.field)
    body: InvoiceCreateParams = {
        "customer": order.customer_id,
        "collection_method": "send_invoice",
        "auto_advance": False,
        "pending_invoice_items_behavior": "exclude",
        "currency": order.currency.lower(),
        "due_date": int(clock.end_of(order.due_on).timestamp()),
        "metadata": reference_metadata(order),
        "custom_fields": [{"name": name, "value": value} for name, value in fields],
    }
    if settings := payment_settings(order, country):
        body["payment_settings"] = settings
    # Left out when empty, so that the account's own default footer and memo apply.
    if order.footer:
        body["footer"] = whole("footer", order.footer, order, vendor=_STRIPE, longest=LIMITS.footer)
    if order.memo:
        body["description"] = cut_at_word(order.memo, LIMITS.memo)
    return body


def reference_metadata(order: InvoiceOrder) -> dict[str, str]:
    deal, part = str(order.reference.deal), order.reference.part
    return {
        DEAL: deal,
        "crm_deal_id": deal,
        CYCLE: str(order.reference.cycle),
        REVISION: str(order.reference.revision),
        ORDER: order.content_hash,
        **({} if part is Part.WHOLE else {PART: part.value}),
    }


def lines_body(order: InvoiceOrder, tax_rates: Mapping[Decimal, str]) -> "InvoiceAddLinesParams":
    """Return the body of `add_lines`: all lines and the content hash, in one atomic request.

    `tax_rates` maps a VAT rate in percent to Stripe's id. The reference is repeated, so that it
    survives whether Stripe merges the metadata or replaces it. Raises `Permanent` for prices and
    quantities that Stripe cannot hold exactly.
    """
    return {
        "lines": [_line(line, order, tax_rates[line.vat_rate]) for line in order.lines],
        "invoice_metadata": reference_metadata(order) | {CONTENT: order.content_hash},
    }


def _line(line: InvoiceLine, order: InvoiceOrder, tax_rate: str) -> "InvoiceAddLinesParamsLine":
    deducted = bool(order.deducts) and line.unit_price < 0 < line.quantity
    if not deducted and (line.quantity < 0 or line.unit_price < 0):
        raise Permanent(
            f"Line “{line.name}” has a negative price or quantity, which Stripe does not take. "
            "Put the reduction into a line's discount.",
            code="negative_line",
            field="price",
        )
    amount = to_minor(Money(amount=line.priced.net(order.currency), currency=order.currency))
    text, described = text_of(line), describe(line, order.currency, order.language, longest=LIMITS.line)
    body: InvoiceAddLinesParamsLine = {
        "description": described,
        "tax_rates": [tax_rate],
        # An invoice inherits a coupon of its customer; the deal's own discounts are in its prices.
        "discountable": False,
    }
    if deducted:
        # A price is never negative, the amount of a line may be.
        return {**body, "amount": amount}
    body["price_data"] = {
        "currency": order.currency.lower(),
        "product_data": {"name": cut_at_word(line.name, LONGEST_PRODUCT)},
        "unit_amount_decimal": unit_amount(line.unit_price, order.currency),
        "tax_behavior": "exclusive",
    }
    if not described.startswith(text):
        body["metadata"] = dict(kept_whole(TEXT, text))
    match quantity(line.quantity):
        case int(whole):
            body["quantity"] = whole
        case fraction:
            body["quantity_decimal"] = fraction
    return body


def reference_of(metadata: Mapping[str, str]) -> InvoiceReference | None:
    """Read our reference back from an invoice's metadata; None when it carries none that is whole."""
    connection, colon, deal = metadata.get(DEAL, "").partition(":")
    cycle, revision = metadata.get(CYCLE, ""), metadata.get(REVISION, "")
    part = metadata.get(PART, Part.WHOLE)
    numbered = cycle.isdecimal() and revision.isdecimal()
    if not (connection and colon and deal and numbered and part in set(Part)):
        return None
    return InvoiceReference(
        deal=DealRef(connection=connection, id=deal),
        cycle=int(cycle),
        revision=int(revision),
        part=Part(part),
    )
