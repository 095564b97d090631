"""Everything the company holds, and what changed (pennylane.md 2 and 4: the changelogs)."""

import itertools
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sandbox.core.delivery import Delivery
from sandbox.pennylane.errors import Json, not_found
from sandbox.pennylane.records import Change, Customer, Invoice, Part, Product, Record, Transaction
from sandbox.pennylane.settings import COMPANY_ZONE, TEMPLATE, VENDOR, PennylaneSettings

Row = TypeVar("Row")
R = TypeVar("R", bound=Record)


class Company:
    """State changes only between awaits, so an operation is atomic."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.changes = 0
        # They go on after a reset: a real account does not reuse one either.
        self._ids = itertools.count(4_200_001)
        self.reset()

    def reset(self) -> None:
        self.customers: dict[int, Customer] = {}
        self.invoices: dict[int, Invoice] = {}
        self.products: dict[int, Product] = {}
        self.transactions: dict[int, Transaction] = {}
        self.subscriptions: dict[int, Json] = {}
        self.changelog: list[Change] = []
        self.numbers: dict[int, int] = {}
        self.last_date: date | None = None
        self.templates = [Part(id=TEMPLATE, values={"name": "Modèle standard"}, **self.stamps(self.now()))]

    @property
    def settings(self) -> PennylaneSettings:
        return PennylaneSettings.of(self.delivery.target(VENDOR))

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.settings.clock_offset)

    def new_id(self) -> int:
        return next(self._ids)

    @staticmethod
    def stamps(now: datetime) -> dict[str, Any]:
        return {"created": now, "updated": now}

    def changed(self, record: Record, operation: str, now: datetime) -> None:
        """Note a change for the changelogs: it is told from now on, whenever it is said to have happened."""
        self.changes += 1
        if operation == "update":
            record.updated = now
        kind = _KINDS[type(record)]
        number = len(self.changelog) + 1
        change = Change(number, kind, record.id, operation, self.now(), record.created, record.updated)
        self.changelog.append(change)

    def touched(self) -> None:
        """A change that no changelog speaks of."""
        self.changes += 1

    def customer(self, id_: int) -> Customer:
        return _found(self.customers, id_)

    def invoice(self, id_: int) -> Invoice:
        return _found(self.invoices, id_)

    def product(self, id_: int) -> Product:
        return _found(self.products, id_)

    def transaction(self, id_: int) -> Transaction:
        return _found(self.transactions, id_)

    def notes_of(self, invoice: Invoice) -> Iterator[Invoice]:
        """The credit notes that are linked to an invoice."""
        return (each for each in self.invoices.values() if each.credits == invoice.id)


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(COMPANY_ZONE)).date()


def visible(rows: Iterable[R], seconds: float) -> list[R]:
    """Those that are older than so many seconds."""
    latest = time.monotonic() - seconds
    return [row for row in rows if seconds <= 0 or row.born <= latest]


def _found(rows: dict[int, Row], id_: int) -> Row:
    row = rows.get(id_)
    if row is None:
        raise not_found()
    return row


_KINDS: dict[type, str] = {
    Customer: "customers",
    Invoice: "customer_invoices",
    Product: "products",
    Transaction: "transactions",
}
