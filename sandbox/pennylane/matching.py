"""Bank transactions and the invoices that they pay (pennylane.md 1.3 and 2)."""

from decimal import Decimal

from sandbox.pennylane.call import Call
from sandbox.pennylane.errors import unprocessable
from sandbox.pennylane.records import Invoice, Transaction
from sandbox.pennylane.standing import open_amount


def match(call: Call) -> None:
    """By hand, or by the API."""
    row = call.company.invoice(call.id)
    _may(row)
    transaction = call.company.transaction(call.given["transaction_id"])
    if transaction.id in row.matched:
        raise unprocessable("The transaction is already matched to this invoice")
    _join(call, row, transaction)


def unmatch(call: Call) -> None:
    row = call.company.invoice(call.id)
    _may(row)
    transaction = call.company.transaction(call.ids[1])
    if transaction.id not in row.matched:
        raise unprocessable("The transaction is not matched to this invoice")
    del row.matched[transaction.id], transaction.used[row.id]
    _noted(call, row, transaction)


def match_new_invoice(call: Call, invoice: Invoice) -> None:
    """What is on the account already and is called as the invoice says."""
    for transaction in call.company.transactions.values():
        if _named(invoice, transaction):
            _join(call, invoice, transaction)


def match_new_transaction(call: Call, transaction: Transaction) -> None:
    for invoice in call.company.invoices.values():
        if _named(invoice, transaction):
            _join(call, invoice, transaction)


def _may(row: Invoice) -> None:
    """company-v2.openapi.json, `matched_transactions`: not applicable for draft invoices."""
    if row.draft:
        raise unprocessable("Transactions cannot be matched to a draft invoice")


def _named(invoice: Invoice, transaction: Transaction) -> bool:
    """Whether the invoice waits for a transaction with such a label: its own number, or a text.

    company-v2.openapi.json, `mark_as_paid`: none is matched by itself once it was marked as paid.
    """
    wanted = invoice.values["transaction_reference"]
    if wanted is None or invoice.draft or invoice.settled_by_hand or invoice.id in transaction.used:
        return False
    if (wanted["banking_provider"], wanted["provider_field_name"]) != ("bank", "label"):
        return False
    value = wanted["provider_field_value"]
    text = invoice.number if value == "invoice_number" else value
    return bool(text) and text.casefold() in transaction.label.casefold()


def _join(call: Call, invoice: Invoice, transaction: Transaction) -> None:
    """Use as much of the transaction as the invoice still needs; a credit note takes what was paid back."""
    if invoice.credit_note:
        amount = max(invoice.totals.gross - invoice.received, min(transaction.left, Decimal(0)))
    else:
        amount = min(open_amount(call.company, invoice), max(transaction.left, Decimal(0)))
    invoice.matched[transaction.id] = transaction.used[invoice.id] = amount
    _noted(call, invoice, transaction)


def _noted(call: Call, invoice: Invoice, transaction: Transaction) -> None:
    """Whether a match is a change of the invoice is not known (pennylane.md 2)."""
    call.company.changed(transaction, "update", call.now)
    if call.settings.matches_in_changelog:
        call.company.changed(invoice, "update", call.now)
