"""Invoices as they are written: created, corrected as drafts, finalised, deleted (pennylane.md 1)."""

import copy
import time
import uuid

from sandbox.pennylane import invoice_shapes, view
from sandbox.pennylane.call import Call
from sandbox.pennylane.errors import Json, Refused, malformed, unprocessable
from sandbox.pennylane.lines import build_lines, correct_lines, date_lines
from sandbox.pennylane.matching import match_new_invoice
from sandbox.pennylane.money import discount_of
from sandbox.pennylane.records import Invoice, Part
from sandbox.pennylane.settings import TEMPLATE

_TEXTS = (
    "label",
    "language",
    "special_mention",
    "pdf_invoice_free_text",
    "pdf_invoice_subject",
    "pdf_description",
)
_LONGEST = {"pdf_description": 5000, "special_mention": 20_000}


def create(call: Call) -> Json:
    """A draft only where `draft` is sent: left out, it issues a legal invoice at once (pennylane.md 1.3)."""
    given, company = call.given, call.company
    customer = company.customers.get(given["customer_id"])
    if customer is None:
        raise unprocessable("Customer not found", field="customer_id")
    _check(call, None)
    sections = _sections(call)
    row = Invoice(
        id=company.new_id(),
        customer=customer.id,
        date=given["date"],
        deadline=given["deadline"],
        currency=given.get("currency", "EUR"),
        discount=discount_of(given.get("discount")),
        sections=sections,
        values=dict.fromkeys(_TEXTS, None)
        | {
            "pdf_invoice_free_text": "",
            "pdf_invoice_subject": "",
            "language": customer.values["billing_language"],
            "external_reference": str(uuid.uuid4()),
            "transaction_reference": None,
            "customer_invoice_template": {"id": TEMPLATE},
        },
        **company.stamps(call.now),
    )
    _set_texts(row, given)
    build_lines(call, row, given["invoice_lines"])
    row.sum_up(per_rate=call.settings.vat_per_rate)
    if not given.get("draft", False):
        _finalise(call, row)
    company.invoices[row.id] = row
    company.changed(row, "insert", call.now)
    if not row.draft:
        match_new_invoice(call, row)
    return view.invoice(call, row)


def update(call: Call) -> Json:
    """pennylane.md 1.4: of what is final, only the label, two references and its lines' imputation dates."""
    row, given = call.company.invoice(call.id), call.given
    only = invoice_shapes.ONLY_FINAL if row.draft else invoice_shapes.ONLY_DRAFT
    forbidden = sorted(only & set(given))
    if forbidden or (not row.draft and set(given.get("invoice_lines", ())) - {"update"}):
        state = "draft" if row.draft else "finalized"
        what = forbidden[0] if forbidden else "invoice_lines"
        raise unprocessable(f"{what} cannot be updated on a {state} invoice", field=what)
    _check(call, row)
    before = copy.deepcopy(vars(row))
    try:
        if row.draft:
            _correct(call, row)
        elif lines := given.get("invoice_lines"):
            date_lines(call, row, lines.get("update", ()))
    except Refused:
        vars(row).update(before)
        raise
    _set_texts(row, given)
    call.company.changed(row, "update", call.now)
    if not row.draft:
        match_new_invoice(call, row)
    return view.invoice(call, row)


def finalize(call: Call) -> Json:
    row = call.company.invoice(call.id)
    if not row.draft:
        raise Refused(call.settings.repeated_finalize, "The invoice is already finalized")
    _finalise(call, row)
    call.company.changed(row, "update", call.now)
    match_new_invoice(call, row)
    return view.invoice(call, row)


def delete(call: Call) -> None:
    row = call.company.invoice(call.id)
    if not row.draft:
        raise unprocessable("Only draft invoices can be deleted")
    del call.company.invoices[row.id]
    call.company.changed(row, "delete", call.now)


def _finalise(call: Call, row: Invoice) -> None:
    """pennylane.md 1.4: not without numbering, and not before the last one's date."""
    company = call.company
    if not call.settings.numbering:
        raise unprocessable("Invoice numbering is not configured")
    if company.last_date and row.date < company.last_date:
        raise unprocessable(
            f"The date must be on or after {company.last_date}, the date of the last finalized invoice",
            field="date",
        )
    year = row.date.year
    company.numbers[year] = company.numbers.get(year, 0) + 1
    row.number = f"F{year}{company.numbers[year]:04d}"
    row.finalised = time.monotonic()
    company.last_date = row.date


def _correct(call: Call, row: Invoice) -> None:
    given = call.given
    if "customer_id" in given:
        if given["customer_id"] not in call.company.customers:
            raise unprocessable("Customer not found", field="customer_id")
        row.customer = given["customer_id"]
    if "discount" in given:
        row.discount = discount_of(given["discount"])
    if "invoice_lines" in given:
        correct_lines(call, row, given["invoice_lines"])
    row.date = given.get("date", row.date)
    row.deadline = given.get("deadline", row.deadline)
    row.currency = given.get("currency", row.currency)
    row.sum_up(per_rate=call.settings.vat_per_rate)


def _check(call: Call, row: Invoice | None) -> None:
    """Before anything is changed."""
    given = call.given
    for name, most in _LONGEST.items():
        if len(given.get(name) or "") > most:
            raise unprocessable(f"{name} is too long (maximum is {most} characters)", field=name)
    if given.get("customer_invoice_template_id", TEMPLATE) != TEMPLATE:
        raise unprocessable("Customer invoice template not found", field="customer_invoice_template_id")
    reference, status = given.get("external_reference"), call.settings.duplicate_invoice
    others = (each for each in call.company.invoices.values() if each is not row)
    if reference and status and any(each.values["external_reference"] == reference for each in others):
        raise Refused(status, "External reference has already been taken", field="external_reference")


def _set_texts(row: Invoice, given: Json) -> None:
    row.values |= {name: given[name] for name in (*_TEXTS, "transaction_reference") if name in given}
    row.values |= {name: row.values[name] or "" for name in ("pdf_invoice_free_text", "pdf_invoice_subject")}
    if given.get("external_reference"):
        row.values["external_reference"] = given["external_reference"]


def _sections(call: Call) -> list[Part]:
    sent = call.given.get("invoice_line_sections", [])
    if sorted(each["rank"] for each in sent) != list(range(1, len(sent) + 1)):
        raise malformed("ValidateError", "sections have ranks from 1 on", field="invoice_line_sections")
    blank = {"title": None, "description": None}
    new_id, stamps = call.company.new_id, call.company.stamps(call.now)
    return [Part(id=new_id(), values=blank | each, **stamps) for each in sent]
