"""Customers, invoices, money and products, each as it is kept."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sandbox.pennylane.codes import RECEIVED
from sandbox.pennylane.errors import Json
from sandbox.pennylane.money import Discount, Priced, Totals, totals

Day = date


@dataclass(kw_only=True)
class Record:
    """`born` is by this machine's clock: what lags, lags in real seconds."""

    id: int
    created: datetime
    updated: datetime
    born: float = field(default_factory=time.monotonic)


@dataclass(kw_only=True)
class Customer(Record):
    """`values` by the API's names; a company has `vat_number` and `reg_no`, a person first and last name."""

    company: bool
    values: Json
    contacts: list["Part"] = field(default_factory=list)


@dataclass(kw_only=True)
class Part(Record):
    """A contact of a customer, a section of an invoice, a template."""

    values: Json


@dataclass(kw_only=True)
class Product(Record):
    values: Json
    price: Decimal


@dataclass(kw_only=True)
class Line(Record):
    rank: int
    values: Json
    priced: Priced


@dataclass(kw_only=True)
class Payment(Record):
    """One that Pennylane handles itself: a direct debit, a card (pennylane.md 2)."""

    amount: Decimal
    status: str
    label: str


@dataclass(kw_only=True)
class Transaction(Record):
    """Money on the bank account. `used`: how much of it each invoice has."""

    date: Day
    amount: Decimal
    currency: str
    label: str
    customer: int | None
    used: dict[int, Decimal] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        return self.amount - sum(self.used.values(), Decimal(0))


@dataclass(kw_only=True)
class Invoice(Record):
    """An invoice or, where the total is negative, a credit note (pennylane.md 1.3)."""

    customer: int
    date: Day
    deadline: Day
    currency: str
    values: Json
    discount: Discount
    lines: list[Line] = field(default_factory=list)
    sections: list[Part] = field(default_factory=list)
    number: str = ""
    finalised: float | None = None
    """When, by this machine's clock; None for a draft."""
    settled_by_hand: bool = False
    archived: datetime | None = None
    credits: int | None = None
    e_invoicing: Json | None = None
    payments: list[Payment] = field(default_factory=list)
    matched: dict[int, Decimal] = field(default_factory=dict)
    """Of each bank transaction, how much."""
    totals: Totals = field(default_factory=lambda: Totals(Decimal(0), Decimal(0)))

    @property
    def draft(self) -> bool:
        return self.finalised is None

    @property
    def credit_note(self) -> bool:
        return self.totals.gross < 0

    @property
    def received(self) -> Decimal:
        """What came by bank or through Pennylane."""
        counted = (each.amount for each in self.payments if each.status in RECEIVED)
        return sum(counted, Decimal(0)) + sum(self.matched.values(), Decimal(0))

    def sum_up(self, *, per_rate: bool) -> None:
        self.totals = totals([line.priced for line in self.lines], self.discount, per_rate=per_rate)


@dataclass(frozen=True)
class Change:
    """One row of a changelog. `number` is its place."""

    number: int
    kind: str
    id: int
    operation: str
    at: datetime
    created: datetime
    updated: datetime
    born: float = field(default_factory=time.monotonic)
