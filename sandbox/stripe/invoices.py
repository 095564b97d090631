"""Invoices: created, read, edited and deleted while they are drafts."""

from collections.abc import Mapping
from typing import Any

from sandbox.stripe import customers
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.errors import Refusal, missing_object, not_editable
from sandbox.stripe.invoice_blank import blank_invoice
from sandbox.stripe.invoice_view import all_lines, shown
from sandbox.stripe.lines import MOST_LINES, Line, changed_line, new_line
from sandbox.stripe.methods import check_methods
from sandbox.stripe.pages import cut, in_range, list_object, page
from sandbox.stripe.search import INVOICE_FIELDS, search
from sandbox.stripe.settings import ACCOUNT_CURRENCY
from sandbox.stripe.store import Invoice, Json
from sandbox.stripe.tax_rates import usable_rates

_PLAIN = ("auto_advance", "custom_fields", "description", "effective_at", "footer", "statement_descriptor")
_AUTOMATIC_FINALISATION = 3600
_EDITABLE_AFTER_ISSUE = frozenset({"metadata", "expand"})


def create(call: Call) -> Json:
    params = call.params
    customer = customers.existing(call.store, params["customer"], param="customer", status=400)
    data = blank_invoice(call, params.get("currency") or customer["currency"] or ACCOUNT_CURRENCY)
    invoice = Invoice(data=data)
    _apply(call, data, params)
    customer["currency"] = customer["currency"] or data["currency"]
    call.store.invoices.add(invoice.id, invoice)
    return _told(call, "invoice.created", invoice)


def retrieve(call: Call) -> Json:
    return shown(call.account, existing_invoice(call))


def update(call: Call) -> Json:
    invoice = existing_invoice(call)
    if not invoice.draft and set(call.params) - _EDITABLE_AFTER_ISSUE:
        raise not_editable("Finalized invoices can't be updated in this way")
    before = shown(call.account, invoice)
    data = dict(invoice.data)
    _apply(call, data, call.params)
    invoice.data = data
    return _changed(call, invoice, before)


def move_due_date(call: Call) -> Json:
    """Give an open invoice another due date, which may be past: an instant, or days of the account ago.

    The API moves that of drafts alone (official client: Invoice.update); whether Stripe's own pages move that
    of issued ones is undocumented, so people of the sandbox can.
    """
    invoice = existing_invoice(call)
    if invoice.status != "open" or invoice.data["collection_method"] != "send_invoice":
        raise not_editable("Only an open invoice that its customer pays has a due date to move")
    before = shown(call.account, invoice)
    ago = call.params.get("days_ago", 0) * call.settings.day_seconds
    invoice.data = {**invoice.data, "due_date": call.params.get("due_date", call.now - ago)}
    return _changed(call, invoice, before)


def delete(call: Call) -> Json:
    invoice = existing_invoice(call)
    if not invoice.draft:
        raise not_editable("You can only delete draft invoices")
    _told(call, "invoice.deleted", invoice)
    call.store.invoices.remove(invoice.id)
    return {"id": invoice.id, "object": "invoice", "deleted": True}


def list_(call: Call) -> Json:
    return page(
        call,
        "invoice",
        call.store.invoices,
        lambda each: _listed(each, call.params),
        lambda each: shown(call.account, each),
    )


def search_(call: Call) -> Json:
    return search(call, call.store.invoices, lambda each: shown(call.account, each), INVOICE_FIELDS)


def list_lines(call: Call) -> Json:
    rows = [(line["id"], line) for line in all_lines(call.account, existing_invoice(call))]
    chosen, more = cut(call.params, "line item", rows, lambda _: True)
    return list_object(call.path, chosen, has_more=more)


def add_lines(call: Call) -> Json:
    invoice = _editable(call)
    wanted = call.params["lines"] or []
    if len(invoice.lines) + len(wanted) > MOST_LINES:
        raise Refusal(f"An invoice can have at most {MOST_LINES} lines.", param="lines")
    currency = invoice.data["currency"]
    added = [
        new_line(call, line, currency=currency, path=f"lines[{number}]") for number, line in enumerate(wanted)
    ]
    return _with_lines(call, invoice, [*invoice.lines, *added])


def update_lines(call: Call) -> Json:
    invoice = _editable(call)
    lines = {line.id: line for line in invoice.lines}
    for number, wanted in enumerate(call.params["lines"] or []):
        path = f"lines[{number}]"
        line = _line(lines, wanted["id"], f"{path}[id]")
        lines[line.id] = changed_line(call, line, wanted, path=path)
    return _with_lines(call, invoice, list(lines.values()))


def remove_lines(call: Call) -> Json:
    invoice = _editable(call)
    lines = {line.id: line for line in invoice.lines}
    for number, wanted in enumerate(call.params["lines"] or []):
        del lines[_line(lines, wanted["id"], f"lines[{number}][id]").id]
    return _with_lines(call, invoice, list(lines.values()))


def existing_invoice(call: Call) -> Invoice:
    """The invoice the path names."""
    invoice = call.store.invoices.find(call.id)
    if invoice is None:
        raise missing_object("invoice", call.id)
    return invoice


def _editable(call: Call) -> Invoice:
    invoice = existing_invoice(call)
    if not invoice.draft:
        raise not_editable("This invoice is no longer editable")
    return invoice


def _with_lines(call: Call, invoice: Invoice, lines: list[Line]) -> Json:
    metadata = invoice.data["metadata"]
    if "invoice_metadata" in call.params:
        metadata = merged_metadata(metadata, call.params["invoice_metadata"])
    before = shown(call.account, invoice)
    invoice.lines = lines
    invoice.data = {**invoice.data, "metadata": metadata}
    return _changed(call, invoice, before)


def _told(call: Call, kind: str, invoice: Invoice) -> Json:
    now_shown = shown(call.account, invoice)
    call.event(kind, now_shown)
    return now_shown


def _changed(call: Call, invoice: Invoice, before: Json) -> Json:
    now_shown = shown(call.account, invoice)
    call.updated("invoice.updated", now_shown, before)
    return now_shown


def _line(lines: Mapping[str, Line], id_: str, param: str) -> Line:
    if id_ not in lines:
        raise missing_object("line item", id_, param=param, status=400)
    return lines[id_]


def _listed(invoice: Invoice, params: Mapping[str, Any]) -> bool:
    data = invoice.data
    return (
        all(
            data[name] == params[name]
            for name in ("collection_method", "customer", "status")
            if name in params
        )
        # No invoice of the sandbox belongs to a subscription.
        and "subscription" not in params
        and in_range(data["created"], params.get("created"))
        and in_range(data["due_date"], params.get("due_date"))
    )


def _apply(call: Call, data: Json, params: Mapping[str, Any]) -> None:
    data.update({name: params[name] for name in (*_PLAIN, "collection_method") if name in params})
    data["auto_advance"] = bool(data["auto_advance"])
    data["automatically_finalizes_at"] = (
        data["created"] + _AUTOMATIC_FINALISATION if data["auto_advance"] else None
    )
    if "default_tax_rates" in params:
        names = usable_rates(call.store, params["default_tax_rates"] or [], "default_tax_rates")
        data["default_tax_rates"] = [call.store.tax_rates.find(name) for name in names]
    if "metadata" in params:
        data["metadata"] = merged_metadata(data["metadata"], params["metadata"])
    for name in ("payment_settings", "rendering"):
        if name in params:
            data[name] = {**(data[name] or {}), **params[name]}
    check_methods(call, data)
    if "number" in params:
        data["number"] = _own_number(call, data["id"], params["number"])
    if due := _due_date(call, data, params):
        data["due_date"] = due


def _due_date(call: Call, data: Json, params: Mapping[str, Any]) -> int | None:
    if "due_date" in params:
        due: int = params["due_date"]
        return due
    if "days_until_due" in params:
        # Stripe docs: counted from the creation of the invoice, not from its finalisation.
        days: int = data["created"] + params["days_until_due"] * call.settings.day_seconds
        return days
    return None


def _own_number(call: Call, id_: str, number: str | None) -> str | None:
    taken = any(each.data["number"] == number and each.id != id_ for each in call.store.invoices)
    if number and taken:
        raise Refusal(f"The number {number} is already used by another invoice.", param="number")
    return number
