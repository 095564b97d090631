"""Money as the API answers it, and changes (company-v2.openapi.json, the responses)."""

from decimal import Decimal

from sandbox.pennylane.call import Call
from sandbox.pennylane.errors import Json
from sandbox.pennylane.money import cents, shown
from sandbox.pennylane.records import Change, Payment, Transaction
from sandbox.pennylane.settings import BANK_ACCOUNT, EXCHANGE_RATES, JOURNAL
from sandbox.pennylane.view import stamp, times


def payment(call: Call, row: Payment, currency: str) -> Json:
    """Without a day of payment (pennylane.md 2)."""
    return {
        "id": row.id,
        "label": row.label,
        "currency": currency,
        "currency_amount": shown(row.amount, call.settings.short_amounts),
        "status": row.status,
        **times(row),
    }


def transaction(call: Call, row: Transaction, *, matched: bool = False) -> Json:
    """By the transactions' own endpoint; `matched`: among what an invoice is matched with."""
    short, rate = call.settings.short_amounts, EXCHANGE_RATES.get(row.currency, Decimal(1))
    answer = {
        "id": row.id,
        "label": row.label,
        "attachment_required": not row.used,
        "date": row.date.isoformat(),
        "outstanding_balance": None,
        "archived_at": None,
        "currency": row.currency,
        "currency_amount": shown(row.amount, short),
        "amount": shown(cents(row.amount * rate), short),
        "currency_fee": None,
        "fee": None,
        "journal": {"id": JOURNAL} if matched else {"id": JOURNAL, "url": call.url(f"journals/{JOURNAL}")},
        "bank_account": {"id": BANK_ACCOUNT, "url": call.url(f"bank_accounts/{BANK_ACCOUNT}")},
        "pro_account_expense": None,
        "customer": {"id": row.customer, "url": call.url(f"customers/{row.customer}")}
        if row.customer
        else None,
        "categories": [],
        **times(row),
    }
    if not matched:
        answer |= {
            "supplier": None,
            "matched_invoices": {"url": call.url(f"transactions/{row.id}/matched_invoices")},
            "interbank_code": None,
        }
    return answer


def change(row: Change) -> Json:
    return {
        "id": row.id,
        "operation": row.operation,
        "processed_at": stamp(row.at),
        "updated_at": stamp(row.updated),
        "created_at": stamp(row.created),
    }
