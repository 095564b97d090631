"""What figures are made of: each fact with its business date, counted by one week and never by two."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from raccord.domain.report.week import Week
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.listed import ListedDeal
from raccord.domain.values.money import EXACT, Money, exponent, round_half_up
from raccord.domain.values.movement import InvoiceMovements, Movement, MovementKind


class FactKind(StrEnum):
    """What a figure counts."""

    WON = "won"
    ISSUED = "issued"
    CREDITED = "credited"
    RECEIVED = "received"
    REFUNDED = "refunded"


class Fact(Value):
    """One thing that a figure counts. Nothing but `kind` and `id` says which one it is."""

    kind: FactKind
    id: str
    day: date
    amount: Money | None = None
    """None of a deal without one."""
    invoice_id: str = ""
    """Empty of a deal."""
    name: OneLine = ""
    """The deal, else the invoice, as people call it."""
    url: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"

    @property
    def week(self) -> Week:
        return Week.of(self.day)


class Told(Value):
    """A fact as a report told it."""

    by: Week
    """Whose report told it first."""
    fact: Fact


_FACTS = {
    MovementKind.ISSUED: FactKind.ISSUED,
    MovementKind.CREDITED: FactKind.CREDITED,
    MovementKind.RECEIVED: FactKind.RECEIVED,
    MovementKind.REFUNDED: FactKind.REFUNDED,
}
"""What is set off brought no money and is no figure."""


class InvoiceStory(Value):
    """An invoice with all its movements, each once, and the deal that it is of."""

    invoice: InvoiceMovements
    movements: tuple[Movement, ...]
    deal: ListedDeal | None = None

    @classmethod
    def of(
        cls, invoice: InvoiceMovements, others: Iterable[Movement], deal: ListedDeal | None
    ) -> "InvoiceStory":
        """Unite what stands with the invoice and what was listed apart from it."""
        every = {(each.kind, each.id): each for each in (*invoice.movements, *others)}
        return cls(invoice=invoice, movements=tuple(every.values()), deal=deal)

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote it: its deal shows it, and it does not carry our reference."""
        return self.deal is not None and self.invoice.listed.invoice.reference is None

    def owed_at(self, day: date, clock: BusinessClock) -> Decimal:
        """Return what its customer owed of it at the end of a business date, in major units."""
        owed = (each.owed for each in self.movements if clock.date_of(each.at) <= day)
        return max(sum(owed, Decimal(0)), Decimal(0))

    def facts(self, clock: BusinessClock) -> list[Fact]:
        invoice = self.invoice.listed.invoice
        name = self.deal.name if self.deal else (invoice.number or invoice.id)
        return [
            Fact(
                kind=_FACTS[each.kind],
                id=each.id,
                day=clock.date_of(each.at),
                amount=each.amount,
                invoice_id=invoice.id,
                name=name,
                url=(self.deal.url if self.deal else "") or invoice.page,
            )
            for each in self.movements
            if each.kind in _FACTS
        ]


def fact_of(deal: ListedDeal) -> Fact | None:
    """Return that a deal was won; None of one that is not, or whose day nobody can tell."""
    if not deal.won or deal.closed_on is None:
        return None
    return Fact(
        kind=FactKind.WON,
        id=deal.id,
        day=deal.closed_on,
        amount=amount_of(deal),
        name=deal.name or deal.id,
        url=deal.url,
    )


def amount_of(deal: ListedDeal) -> Money | None:
    """Return a deal's amount, rounded to its currency; None where it has none, or says no currency."""
    if deal.amount is None or not deal.currency or not EXACT.abs(deal.amount).is_finite():
        return None
    try:
        return Money(amount=round_half_up(deal.amount, exponent(deal.currency)), currency=deal.currency)
    except ValueError:
        # No ISO 4217 code.
        return None
