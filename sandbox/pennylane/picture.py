"""The whole state, ready for JSON: amounts as texts of two decimals, days and moments as in the API."""

from decimal import Decimal

from sandbox.pennylane.errors import Json
from sandbox.pennylane.money import cents
from sandbox.pennylane.records import Invoice, Line, Transaction
from sandbox.pennylane.standing import standing
from sandbox.pennylane.store import Company, today
from sandbox.pennylane.view import stamp
from sandbox.pennylane.view_money import change


def picture(company: Company) -> Json:
    return {
        "today": today(company.now()).isoformat(),
        "customers": [
            {
                "id": row.id,
                "company": row.company,
                **row.values,
                "contacts": [each.values for each in row.contacts],
            }
            for row in company.customers.values()
        ],
        "invoices": [_invoice(company, row) for row in company.invoices.values()],
        "transactions": [_transaction(row) for row in company.transactions.values()],
        "products": [{"id": row.id, **row.values} for row in company.products.values()],
        "changes": [{"kind": row.kind, **change(row)} for row in company.changelog],
        "webhook_subscriptions": [
            {name: value for name, value in row.items() if name not in ("secret", "callback_url")}
            for row in company.subscriptions.values()
        ],
    }


def _invoice(company: Company, row: Invoice) -> Json:
    stands = standing(company, row, today(company.now()))
    return {
        "id": row.id,
        **row.values,
        "customer": row.customer,
        "number": row.number,
        "draft": row.draft,
        "credit_note": row.credit_note,
        "credits": row.credits,
        "status": stands.status,
        "paid": stands.paid,
        "settled_by_hand": row.settled_by_hand,
        "date": row.date.isoformat(),
        "deadline": row.deadline.isoformat(),
        "currency": row.currency,
        "net": _text(row.totals.net),
        "vat": _text(row.totals.tax),
        "gross": _text(row.totals.gross),
        "left": _text(stands.left or Decimal(0)),
        "lines": [_line(each) for each in row.lines],
        "payments": [
            {"id": each.id, "amount": _text(each.amount), "status": each.status, "at": stamp(each.updated)}
            for each in row.payments
        ],
        "matched": {str(id_): _text(amount) for id_, amount in row.matched.items()},
        "e_invoicing": row.e_invoicing,
        "archived": row.archived is not None,
    }


def _line(row: Line) -> Json:
    return {
        "id": row.id,
        **row.values,
        "quantity": format(row.priced.quantity, "f"),
        "price": format(row.priced.price, "f"),
        "vat_rate": row.priced.vat_rate,
        "net": _text(row.priced.net),
    }


def _transaction(row: Transaction) -> Json:
    return {
        "id": row.id,
        "date": row.date.isoformat(),
        "label": row.label,
        "amount": _text(row.amount),
        "left": _text(row.left),
        "currency": row.currency,
        "customer": row.customer,
    }


def _text(amount: Decimal) -> str:
    return f"{cents(amount)}"
