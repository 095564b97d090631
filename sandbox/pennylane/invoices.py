"""Invoices: what is read of them, and what is done to those that are final (pennylane.md 1 to 3)."""

import re
from functools import partial

from sandbox.pennylane import invoice_shapes, letters, links, matching, view, view_money, writing
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, Refused, malformed, unprocessable
from sandbox.pennylane.listing import RANGE, SAME, Filter, filtered, page
from sandbox.pennylane.records import Part
from sandbox.pennylane.standing import open_amount

_INCLUDED = 20
_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")


def retrieve(call: Call) -> Json:
    return view.invoice(call, call.company.invoice(call.id))


def listed(call: Call) -> Json:
    """pennylane.md 3: neither the status nor the deadline is a filter."""
    include = call.query.get("include")
    if include not in (None, "invoice_lines"):
        raise malformed("NotEnumInclude", f"{include!r} cannot be included", field="include")
    rows = filtered(call, call.company.invoices.values(), _FILTERS)
    answer = page(call, rows, partial(view.invoice, call), orders=_ORDERS)
    if include:
        ids = [each["id"] for each in answer["items"]]
        answer["included"] = {"invoice_lines": {str(id_): _lines_of(call, id_) for id_ in ids}}
    return answer


def lines(call: Call) -> Json:
    row = call.company.invoice(call.id)
    return page(call, row.lines, lambda line: view.line(call, line, row.currency), orders=_LINE_ORDERS)


def sections(call: Call) -> Json:
    return page(call, call.company.invoice(call.id).sections, partial(view.contact, call))


def payments(call: Call) -> Json:
    """company-v2.openapi.json: none of a draft, none of a credit note."""
    row = call.company.invoice(call.id)
    return page(call, row.payments, lambda payment: view_money.payment(call, payment, row.currency))


def matched(call: Call) -> Json:
    """company-v2.openapi.json: none of a draft, none of what is archived."""
    row = call.company.invoice(call.id)
    found = [] if row.archived else [call.company.transactions[id_] for id_ in row.matched]
    return page(call, found, partial(view_money.transaction, call, matched=True))


def nothing(call: Call) -> Json:
    """Parts of an invoice that the sandbox keeps none of."""
    call.company.invoice(call.id)
    none: list[Part] = []
    return page(call, none, partial(view.contact, call))


def mark_as_paid(call: Call) -> None:
    """pennylane.md 2: neither a payment nor a transaction tells of it."""
    row = call.company.invoice(call.id)
    if row.draft or row.credit_note:
        raise unprocessable("Only a finalized invoice can be marked as paid")
    if open_amount(call.company, row):
        row.settled_by_hand = True
        call.company.changed(row, "update", call.now)


def link_credit_note(call: Call) -> Json:
    """pennylane.md 1.3: a credit note is an invoice with negative amounts, linked to the one it credits."""
    row, note = call.company.invoice(call.id), call.company.invoice(call.given["credit_note_id"])
    if not note.credit_note or note.credits is not None:
        raise unprocessable("The credit note cannot be linked", field="credit_note_id")
    if row.draft or note.draft or row.credit_note or row.customer != note.customer:
        raise unprocessable("The credit note cannot be linked to this invoice", field="credit_note_id")
    note.credits = row.id
    call.company.changed(note, "update", call.now)
    call.company.changed(row, "update", call.now)
    return view.invoice(call, note)


def send_by_email(call: Call) -> None:
    """pennylane.md 1.1 and 1.5: 409 while there is no PDF; each call mails again and leaves no trace here."""
    row = call.company.invoice(call.id)
    if row.draft:
        raise unprocessable("A draft invoice cannot be sent")
    customer = call.company.customers[row.customer].values
    recipients = call.given.get("recipients") or customer["emails"]
    if not recipients:
        raise unprocessable("There are no recipients", field="recipients")
    if not all(map(_ADDRESS.fullmatch, recipients)):
        raise unprocessable("A recipient is not a valid e-mail address", field="recipients")
    if not links.ready(call, row):
        raise Refused(409, "The PDF of the document is being generated. Please retry in a few minutes.")
    url = links.public(call, row)
    call.letters += [letters.invoice_letter(row, customer["name"], each, url) for each in recipients]
    call.company.touched()


def send_to_pa(call: Call) -> None:
    """pennylane.md 11: through the approved platform, once."""
    row = call.company.invoice(call.id)
    customer = call.company.customers[row.customer]
    if row.draft or not customer.company or not customer.values["reg_no"]:
        raise unprocessable("The invoice is not eligible to e-invoicing")
    if row.e_invoicing:
        raise unprocessable("The invoice was already sent")
    row.e_invoicing = {"status": "submitted", "reason": None}
    call.company.changed(row, "update", call.now)


def _lines_of(call: Call, id_: int) -> Json:
    row = call.company.invoice(id_)
    shown = [view.line(call, line, row.currency) for line in row.lines[:_INCLUDED]]
    more = len(row.lines) > _INCLUDED
    next_url = call.url(f"customer_invoices/{id_}/invoice_lines") if more else None
    return {"items": shown, "has_more": more, "next_url": next_url}


_FILTERS = {
    "id": Filter(RANGE, lambda row: row.id),
    "date": Filter(RANGE, lambda row: row.date),
    "customer_id": Filter(RANGE, lambda row: row.customer),
    "billing_subscription_id": Filter(RANGE, lambda _: None),
    "quote_id": Filter(RANGE, lambda _: None),
    "invoice_number": Filter(SAME, lambda row: row.number),
    "draft": Filter(("eq",), lambda row: row.draft),
    "credit_note": Filter(("eq",), lambda row: row.credit_note),
    "external_reference": Filter(("eq",), lambda row: row.values["external_reference"]),
    "category_id": Filter(("in",), lambda _: []),
}
_ORDERS = {"id": lambda row: row.id, "date": lambda row: row.date}
_LINE_ORDERS = {"id": lambda row: row.id, "rank": lambda row: row.rank}

_PATH, _SCOPE = "/customer_invoices", "customer_invoices"
_ONE = _PATH + "/{id}"
OPERATIONS = (
    Operation("POST", _PATH, writing.create, _SCOPE, 201, invoice_shapes.new),
    Operation("GET", _PATH, listed, _SCOPE),
    Operation("GET", _ONE, retrieve, _SCOPE),
    Operation("PUT", _ONE, writing.update, _SCOPE, 200, invoice_shapes.update),
    Operation("DELETE", _ONE, writing.delete, _SCOPE, 204),
    Operation("PUT", _ONE + "/finalize", writing.finalize, _SCOPE),
    Operation("PUT", _ONE + "/mark_as_paid", mark_as_paid, _SCOPE, 204),
    Operation(
        "POST", _ONE + "/send_by_email", send_by_email, _SCOPE, 204, invoice_shapes.RECIPIENTS, optional=True
    ),
    Operation("POST", _ONE + "/send_to_pa", send_to_pa, _SCOPE, 204),
    Operation("POST", _ONE + "/link_credit_note", link_credit_note, _SCOPE, 200, invoice_shapes.CREDIT_NOTE),
    Operation("GET", _ONE + "/invoice_lines", lines, _SCOPE),
    Operation("GET", _ONE + "/invoice_line_sections", sections, _SCOPE),
    Operation("GET", _ONE + "/payments", payments, _SCOPE),
    Operation("GET", _ONE + "/matched_transactions", matched, _SCOPE),
    Operation("POST", _ONE + "/matched_transactions", matching.match, _SCOPE, 204, invoice_shapes.MATCH),
    Operation("DELETE", _ONE + "/matched_transactions/{id}", matching.unmatch, _SCOPE, 204),
    Operation("GET", _ONE + "/appendices", nothing, _SCOPE),
    Operation("GET", _ONE + "/categories", nothing, _SCOPE),
    Operation("GET", _ONE + "/custom_header_fields", nothing, _SCOPE),
)
