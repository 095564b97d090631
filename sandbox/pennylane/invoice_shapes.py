"""The bodies of invoices (company-v2.openapi.json, `POST` and `PUT /customer_invoices`)."""

from typing import Any

from sandbox.pennylane import codes, shapes
from sandbox.pennylane.errors import malformed
from sandbox.pennylane.shapes import Shape, integer, listing, nullable, record, text

_DISCOUNT = record(
    {"type": shapes.one_of(("absolute", "relative")), "value": text()}, required=("type", "value")
)
_DATES = record({"start_date": shapes.day(), "end_date": shapes.day()}, required=("start_date", "end_date"))
_REFERENCE_PARTS = ("banking_provider", "provider_field_name", "provider_field_value")
_REFERENCE = record(dict.fromkeys(_REFERENCE_PARTS, text()), required=_REFERENCE_PARTS)
_SECTION = record(
    {"title": text(), "description": text(), "rank": integer(least=1)},
    required=("rank",),
)
_LINE: dict[str, Shape] = {
    **dict.fromkeys(("label", "raw_currency_unit_price", "unit"), text()),
    **dict.fromkeys(("ledger_account_id", "section_rank", "product_id"), integer()),
    "vat_rate": shapes.one_of(codes.VAT),
    "quantity": shapes.number(),
    "discount": _DISCOUNT,
    "description": nullable(text()),
}
_FREE = ("label", "raw_currency_unit_price", "unit", "vat_rate", "quantity")
_TEXTS = ("pdf_invoice_free_text", "pdf_invoice_subject", "pdf_description", "special_mention")
_INVOICE: dict[str, Shape] = {
    "date": shapes.day(),
    "deadline": shapes.day(),
    "customer_id": integer(),
    "customer_invoice_template_id": integer(),
    **dict.fromkeys(_TEXTS, nullable(text())),
    "currency": shapes.one_of(codes.CURRENCIES),
    "language": shapes.one_of(codes.LANGUAGES),
    "discount": _DISCOUNT,
    "label": nullable(text(longest=2000)),
    "external_reference": text(),
}


def _line(*, final: bool) -> Shape:
    """With `product_id` it needs a quantity alone."""
    fields = _LINE | ({"imputation_dates": nullable(_DATES)} if final else {})
    by_product, free = record(fields, required=("quantity",)), record(fields, required=_FREE)

    def check(value: Any, at: str) -> Any:
        has_product = isinstance(value, dict) and "product_id" in value
        return (by_product if has_product else free)(value, at)

    return check


def _new(*, final: bool) -> Shape:
    own = {"transaction_reference": _REFERENCE} if final else {}
    fields = {
        **_INVOICE,
        **own,
        "draft": shapes.flag(only=not final),
        "invoice_line_sections": listing(_SECTION),
        "invoice_lines": listing(_line(final=final), least=1),
    }
    return record(fields, required=("date", "deadline", "customer_id", "invoice_lines"))


_DRAFT, _FINAL = _new(final=False), _new(final=True)


def new(value: Any, at: str) -> Any:
    """A draft has no `transaction_reference` and no imputation dates; what is final has both."""
    draft = isinstance(value, dict) and value.get("draft") is True
    return (_DRAFT if draft else _FINAL)(value, at)


ONLY_FINAL = frozenset(("transaction_reference",))
ONLY_DRAFT = frozenset(_INVOICE) - {"label", "external_reference"}
"""What only an update of a final invoice may name, and what only one of a draft may."""

_LINE_ID = record({"id": integer()}, required=("id",))
_LINE_UPDATE = record({**_LINE, "id": integer(), "imputation_dates": _DATES}, required=("id",))
_LINES = record(
    {
        "create": listing(_line(final=False)),
        "update": listing(_LINE_UPDATE),
        "delete": listing(_LINE_ID),
    }
)
_UPDATE = record({**_INVOICE, "transaction_reference": nullable(_REFERENCE), "invoice_lines": _LINES})


def update(value: Any, at: str) -> Any:
    """Either what a draft's update may name or what a final invoice's may: not both in one body."""
    found = _UPDATE(value, at)
    if ONLY_FINAL & set(found) and ONLY_DRAFT & set(found):
        raise malformed("NotAnyOf", "the body isn't any of the updates of an invoice")
    return found


RECIPIENTS = record({"recipients": listing(text())})
CREDIT_NOTE = record({"credit_note_id": integer()}, required=("credit_note_id",))
MATCH = record({"transaction_id": integer()}, required=("transaction_id",))
