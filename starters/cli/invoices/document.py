"""A month's invoices and credit notes as a machine reads them: exact amounts as text, days as ISO 8601."""

from collections.abc import Sequence
from typing import Any

from raccord.domain.values.money import Money, exponent
from starters.cli.invoices.made import (
    Credited,
    CreditTotal,
    Made,
    Month,
    Total,
    credit_totals,
    totals_of,
)


def document(
    month: Month, made: Sequence[Made], credited: Sequence[Credited] | None, unread: Sequence[str]
) -> dict[str, Any]:
    """Return the month; `credit_notes` is null where they could not be listed.

    `unread`: the ids of what could not be read.
    """
    return {
        "month": str(month),
        "invoices": [_invoice(each) for each in made],
        "totals": [
            {**_sums(each), "voided": each.voided, "credited": _exact(each.credited)}
            for each in totals_of(made)
        ],
        "credit_notes": None if credited is None else [_credit_note(each) for each in credited],
        "credit_totals": [_sums(each) for each in credit_totals(credited or ())],
        "unreadable": list(unread),
    }


def _sums(total: Total | CreditTotal) -> dict[str, Any]:
    return {
        "currency": total.gross.currency,
        "count": total.count,
        "net": _exact(total.net),
        "vat": _exact(total.vat),
        "gross": _exact(total.gross),
    }


def _invoice(made: Made) -> dict[str, Any]:
    invoice = made.invoice
    return {
        "id": invoice.id,
        "number": invoice.number,
        "date": invoice.issued_on.isoformat() if invoice.issued_on else None,
        "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
        **_whose(made),
        "net": _exact(invoice.totals.net),
        "vat": _exact(made.vat),
        "gross": _exact(invoice.totals.gross),
        "credited": _exact(invoice.credited),
        "due": _exact(made.due),
        "currency": invoice.currency,
        "state": made.state.value,
        "url": invoice.page,
    }


def _credit_note(credited: Credited) -> dict[str, Any]:
    note = credited.note
    return {
        "id": note.id,
        "number": note.number,
        "date": note.issued_on.isoformat(),
        "invoice": {"id": note.invoice.id, "number": note.invoice.number},
        **_whose(credited.of),
        "net": _exact(note.net),
        "vat": _exact(note.vat),
        "gross": _exact(note.gross),
        "currency": note.gross.currency,
        "url": note.invoice.page,
    }


def _whose(made: Made) -> dict[str, Any]:
    return {
        "customer": {"id": made.invoice.customer_id, "name": made.customer},
        "deal": {"id": made.deal_id, "name": made.deal, "url": made.deal_url} if made.deal_id else None,
        "salesperson": made.salesperson or None,
    }


def _exact(amount: Money) -> str:
    return f"{amount.amount:.{exponent(amount.currency)}f}"
