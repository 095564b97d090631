"""What the sandbox's page shows of Stripe: invoices with the money that moved for them, money that names no
invoice, and customers; and what a person can do about each with one button.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.stripe.store import Json

_MEANS = {"card": "card", "customer_balance": "bank transfer", "sepa_debit": "SEPA debit"}
_TONES = {"draft": "", "open": "warn", "paid": "good"}
_DISPUTED = ("needs_response", "under_review")
_INQUIRED = ("warning_needs_response", "warning_under_review")


def panel(state: dict[str, Any], _about: Any, _links: Mapping[str, str]) -> dict[str, Any]:
    """Newest first; amounts in minor units, times in Unix seconds."""
    money = _Money(state)
    customers = {each["id"]: each for each in state["customers"]}
    invoices = sorted(state["invoices"], key=lambda each: each["created"])[::-1]
    return {
        "invoices": [_invoice(each, money, customers) for each in invoices],
        "unnamed": [*money.unnamed(customers)],
        "customers": [_customer(each) for each in reversed(state["customers"])],
    }


class _Money:
    """What moved, by what it moved for."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self._intents = {each["id"]: each for each in state["payment_intents"]}
        self._payments = _by(state["invoice_payments"], "invoice")
        self._charges = _by(state["charges"], "payment_intent")
        self._refunds = _by(state["refunds"], "charge")
        self._disputes = _by(state["disputes"], "charge")
        self._notes = _by(state["credit_notes"], "invoice")

    def of_invoice(self, invoice: Json) -> Iterator[Json]:
        """Every movement of an invoice: `text`, `amount`, `at` and `tone`."""
        used = invoice["starting_balance"] - (invoice["ending_balance"] or 0)
        if invoice["status"] not in ("draft", "void") and used:
            yield _line("credit balance", -used, invoice["status_transitions"]["finalized_at"])
        payments = self._payments[invoice["id"]]
        for payment in payments:
            yield from self._payment(payment)
        named = sum(each["amount_paid"] or 0 for each in payments)
        if invoice["status"] == "paid" and invoice["amount_paid"] > named:
            paid_at = invoice["status_transitions"]["paid_at"]
            yield _line("paid outside Stripe", invoice["amount_paid"] - named, paid_at, "good")
        if invoice["amount_overpaid"]:
            yield _line("too much, onto the credit balance", invoice["amount_overpaid"], None, "warn")
        for note in self._notes[invoice["id"]]:
            text = f"credit note {note['number']}" + (" (void)" if note["status"] == "void" else "")
            yield _line(text, -note["total"], note["created"])

    def charges(self, invoice: Json) -> list[Json]:
        intents = (each["payment"].get("payment_intent") for each in self._payments[invoice["id"]])
        return [charge for intent in intents for charge in self._charges[intent]]

    def asked(self, invoice: Json) -> Json | None:
        """The intent with which the invoice asks for its money."""
        for each in self._payments[invoice["id"]]:
            if each["status"] == "open" and each["is_default"]:
                return self._intents.get(each["payment"]["payment_intent"])
        return None

    def disputes(self, charges: Sequence[Json]) -> list[Json]:
        return [dispute for charge in charges for dispute in self._disputes[charge["id"]]]

    def unnamed(self, customers: Mapping[str, Json]) -> Iterator[Json]:
        """Money that names no invoice: charges, and what lies in a cash balance."""
        attached = {each["payment"].get("payment_intent") for each in self._state["invoice_payments"]}
        for charge in reversed(self._state["charges"]):
            if charge["payment_intent"] not in attached:
                yield {
                    "who": _name(customers.get(charge["customer"] or ""))
                    or charge["billing_details"]["email"],
                    "lines": [*self._charge(charge)],
                    "actions": _after_payment([charge], self.disputes([charge])),
                    "currency": charge["currency"],
                }
        for (customer, currency), (held, at) in self._cash().items():
            if held:
                lines = [_line("in the cash balance, of transfers", held, at, "warn")]
                who = _name(customers.get(customer))
                yield {"who": who, "lines": lines, "actions": [], "currency": currency}

    def _payment(self, payment: Json) -> Iterator[Json]:
        if "payment_record" in payment["payment"]:
            paid_at = payment["status_transitions"]["paid_at"]
            yield _line("transfer outside Stripe", payment["amount_paid"], paid_at, "good")
            return
        for charge in self._charges[payment["payment"]["payment_intent"]]:
            yield from self._charge(charge)

    def _charge(self, charge: Json) -> Iterator[Json]:
        means = _MEANS[charge["payment_method_details"]["type"]]
        tone = {"succeeded": "good", "failed": "bad"}.get(charge["status"], "warn")
        failure = (charge["failure_message"] or "").rstrip(".")
        said = {"failed": f"{means}: {failure}", "pending": f"{means}, under way"}
        yield _line(said.get(charge["status"], means), charge["amount"], charge["created"], tone)
        for refund in self._refunds[charge["id"]]:
            state = "" if refund["status"] == "succeeded" else f" ({refund['status']})"
            tone = "" if refund["status"] == "failed" else "bad"
            yield _line(f"refund{state}", -refund["amount"], refund["created"], tone)
        for dispute in self.disputes([charge]):
            text = f"dispute: {dispute['status'].replace('_', ' ')}"
            tone = "good" if dispute["status"] in ("won", "warning_closed") else "bad"
            yield _line(text, -dispute["amount"], dispute["created"], tone)

    def _cash(self) -> dict[tuple[str, str], tuple[int, int]]:
        """What each customer has left in each currency, and since when."""
        moves = self._state["cash_transactions"]
        return {
            (each["customer"], each["currency"]): (each["ending_balance"], each["created"]) for each in moves
        }


def _invoice(invoice: Json, money: _Money, customers: Mapping[str, Json]) -> Json:
    charges = money.charges(invoice)
    disputes = money.disputes(charges)
    actions = _before_payment(invoice, money.asked(invoice)) or _after_payment(charges, disputes)
    return {
        "id": invoice["id"],
        "label": invoice["number"] or invoice["id"],
        "href": invoice["hosted_invoice_url"],
        "state": {"text": invoice["status"], "tone": _TONES.get(invoice["status"], "bad")},
        "who": invoice["customer_name"] or _name(customers.get(invoice["customer"])) or invoice["customer"],
        "due": invoice["due_date"],
        "total": invoice["total"],
        "net": invoice["total_excluding_tax"],
        "vat": sum(tax["amount"] for tax in invoice["total_taxes"]) if invoice["total_taxes"] else None,
        "left": invoice["amount_remaining"] if invoice["amount_paid"] else None,
        "currency": invoice["currency"],
        "lines": [*money.of_invoice(invoice)],
        "actions": actions,
    }


def _customer(customer: Json) -> Json:
    address = customer["address"] or {}
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    return {
        "id": customer["id"],
        "name": customer["name"] or customer["id"],
        "place": ", ".join(filter(None, (address.get("line1"), town, address.get("country")))),
        "email": customer["email"],
        "balance": customer["balance"],
        "currency": customer["currency"] or "eur",
    }


def _before_payment(invoice: Json, asked: Json | None) -> list[Json]:
    if asked is None:
        return []
    if asked["status"] == "processing":
        path = f"/bank/debits/{asked['id']}"
        return [
            _action("Debit works", path),
            _action("Debit fails", path, failure_code="insufficient_funds"),
        ]
    path, itself = f"/v1/payment_intents/{asked['id']}/confirm", f"/v1/invoices/{invoice['id']}"
    return [
        _action("Pay by card", path, payment_method="pm_card_visa"),
        _action("Card fails", path, payment_method="pm_card_chargeDeclined"),
        _action("Paid elsewhere", f"{itself}/pay", paid_out_of_band="true"),
        *_while_unpaid(invoice, itself),
    ]


def _while_unpaid(invoice: Json, path: str) -> list[Json]:
    if invoice["status"] != "open" or invoice["due_date"] is None:
        return []
    left = invoice["amount_remaining"]
    return [
        _action("Due 8 days ago", f"/dashboard/invoices/{invoice['id']}/due_date", days_ago="8"),
        _action("Give up", f"{path}/mark_uncollectible"),
        _action("Credit it all", "/v1/credit_notes", invoice=invoice["id"], amount=str(left)),
    ]


def _after_payment(charges: Sequence[Json], disputes: Sequence[Json]) -> list[Json]:
    for dispute in disputes:
        path = f"/bank/disputes/{dispute['id']}"
        if dispute["status"] in _DISPUTED:
            return [
                _action("Win dispute", path, outcome="won"),
                _action("Lose dispute", path, outcome="lost"),
            ]
        if dispute["status"] in _INQUIRED:
            return [_action("Close inquiry", path, outcome="closed")]
    lost = {each["charge"] for each in disputes if each["status"] == "lost"}
    for charge in charges:
        if charge["status"] == "succeeded" and not charge["refunded"] and charge["id"] not in lost:
            return [
                _action("Refund", "/v1/refunds", charge=charge["id"]),
                _action("Dispute", f"/bank/charges/{charge['id']}/dispute"),
            ]
    return []


def _action(label: str, path: str, **form: str) -> Json:
    return {"label": label, "path": path, "form": form}


def _by(rows: Sequence[Json], name: str) -> Mapping[str, list[Json]]:
    """The rows by one of their values; none where nothing has the value."""
    found: dict[str, list[Json]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _line(text: str, amount: int, at: int | None, tone: str = "") -> Json:
    return {"text": text, "amount": amount, "at": at, "tone": tone}


def _name(customer: Json | None) -> str:
    return (customer["name"] or customer["email"] or customer["id"]) if customer else ""
