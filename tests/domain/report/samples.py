"""Deals, invoices and movements of a report, with as little said as it takes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from raccord.domain.report.facts import InvoiceStory
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceReference, InvoiceState
from raccord.domain.values.listed import ListedDeal, ListedInvoice
from raccord.domain.values.money import Money
from raccord.domain.values.movement import InvoiceMovements, Movement, MovementKind
from raccord.domain.values.totals import Totals

_SIGNS = {MovementKind.ISSUED: 1, MovementKind.REFUNDED: 0}


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def at(text: str) -> datetime:
    """Read an instant in UTC: `2026-11-29T23:30:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def deal(id: str = "1", amount: str | None = "1000", *, closed_on: date, **changes: Any) -> ListedDeal:
    known: dict[str, Any] = {
        "id": id,
        "name": f"Deal {id}",
        "won": True,
        "closed_on": closed_on,
        "amount": None if amount is None else Decimal(amount),
        "currency": "EUR",
        "owner_id": "anne",
        "pipeline_id": "default",
    }
    return ListedDeal.model_validate(known | changes)


def moved(kind: MovementKind, amount: str, when: str, *, id: str = "", **changes: Any) -> Movement:
    """Build a movement of invoice `in_1`; what it adds to what is owed follows from its kind."""
    known = {
        "id": id or f"{kind}-{when}",
        "kind": kind,
        "invoice_id": "in_1",
        "at": at(when),
        "amount": money(amount, changes.pop("currency", "EUR")),
        "owed": _SIGNS.get(kind, -1) * Decimal(amount),
    }
    return Movement.model_validate(known | changes)


def story(
    *movements: Movement,
    id: str = "in_1",
    deal: ListedDeal | None = None,
    ours: bool = True,
    due_on: date | None = None,
) -> InvoiceStory:
    gross = next((each.amount for each in movements if each.kind is MovementKind.ISSUED), money("0"))
    reference = InvoiceReference(deal=DealRef(connection="hubspot", id=deal.id)) if deal and ours else None
    invoice = Invoice(
        id=id,
        state=InvoiceState.OPEN,
        customer_id="cus_1",
        reference=reference,
        number=f"F-{id}",
        currency=gross.currency,
        totals=Totals(net=gross, vat=(), gross=gross),
        credited=Money.zero(gross.currency),
        due_on=due_on,
    )
    listed = ListedInvoice(invoice=invoice, due=gross)
    found = InvoiceMovements(listed=listed, customer="Acme", movements=movements)
    return InvoiceStory.of(found, (), deal)
