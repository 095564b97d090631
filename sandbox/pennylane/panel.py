"""What the sandbox's page shows of Pennylane, and what a person can do about each invoice with one button."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sandbox.pennylane.errors import Json

_TONES = {"draft": "", "paid": "good", "late": "bad", "archived": "", "credit_note": ""}
_LATE_BY = timedelta(days=8)
_API = "/api/external/v2/customer_invoices"


def panel(state: Json, _about: Any, _links: Mapping[str, str]) -> Json:
    """Newest first; amounts as texts."""
    customers = {each["id"]: each for each in state["customers"]}
    transactions = {str(each["id"]): each for each in state["transactions"]}
    notes: dict[int, list[Json]] = defaultdict(list)
    for each in state["invoices"]:
        if each["credits"]:
            notes[each["credits"]].append(each)
    return {
        "invoices": [
            {
                "id": each["id"],
                "label": each["number"] or "draft",
                "state": {
                    "text": each["status"].replace("_", " "),
                    "tone": _TONES.get(each["status"], "warn"),
                },
                "who": customers[each["customer"]]["name"],
                "due": None if each["credit_note"] else each["deadline"],
                **{name: each[name] for name in ("gross", "net", "vat", "left", "currency")},
                "lines": [*_moved(each, transactions, notes[each["id"]])],
                "actions": [*_actions(each, state["today"])],
            }
            for each in reversed(state["invoices"])
        ],
        "unmatched": [each for each in reversed(state["transactions"]) if each["left"] != "0.00"],
        "customers": list(reversed(state["customers"])),
    }


def _moved(invoice: Json, transactions: Mapping[str, Json], notes: list[Json]) -> Iterator[Json]:
    """Every movement of an invoice: `text`, `amount`, `at` and `tone`."""
    for id_, amount in invoice["matched"].items():
        found = transactions[id_]
        yield {"text": found["label"], "amount": amount, "at": found["date"], "tone": "good"}
    for each in invoice["payments"]:
        text = f"collected by Pennylane: {each['status'].replace('_', ' ')}"
        yield {"text": text, "amount": each["amount"], "at": each["at"][:10], "tone": "warn"}
    for note in notes:
        text = f"credit note {note['number']}"
        yield {"text": text, "amount": note["gross"], "at": note["date"], "tone": ""}
    if invoice["settled_by_hand"]:
        yield {"text": "marked as paid by hand", "amount": None, "at": None, "tone": "good"}
    if invoice["e_invoicing"]:
        text = f"e-invoice: {invoice['e_invoicing']['status'].replace('_', ' ')}"
        yield {"text": text, "amount": None, "at": None, "tone": "warn"}


def _actions(invoice: Json, today: str) -> Iterator[Json]:
    api, people = f"{_API}/{invoice['id']}", f"/people/invoices/{invoice['id']}"
    if invoice["draft"]:
        yield {"label": "Finalise", "method": "PUT", "path": f"{api}/finalize"}
        yield {"label": "Delete", "method": "DELETE", "path": api}
        return
    if invoice["settled_by_hand"]:
        yield {"label": "Not paid after all", "method": "POST", "path": f"{people}/reopen"}
    if invoice["left"] == "0.00" or invoice["archived"]:
        return
    transfer = {
        "amount": invoice["left"],
        "label": f"VIR SEPA {invoice['number']}",
        "currency": invoice["currency"],
        "invoice_id": invoice["id"],
    }
    yield {"label": "Transfer lands", "method": "POST", "path": "/people/transactions", "body": transfer}
    yield {"label": "Paid by hand", "method": "PUT", "path": f"{api}/mark_as_paid"}
    late = {"deadline": (date.fromisoformat(today) - _LATE_BY).isoformat()}
    yield {"label": "Due 8 days ago", "method": "PUT", "path": f"{people}/deadline", "body": late}
    disputed = {"status": "in_dispute"}
    yield {"label": "Dispute", "method": "PUT", "path": f"{people}/e_invoicing", "body": disputed}
    yield {"label": "Credit it all", "method": "POST", "path": f"{people}/credit"}
