"""What a comparison of both sides came to: counts, sums and gaps, to be kept and shown."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal

from raccord.domain.proof.gap import Gap, GapKind
from raccord.domain.values.base import Exact, Value
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.listed import ListedDeal, ListedInvoice
from raccord.domain.values.money import EXACT

MOST_GAPS = 500
"""Gaps that a proof names; the others of their kind it counts."""


class Sum(Value):
    """An amount in major units of one currency."""

    currency: str
    amount: Exact


class Explained(Value):
    """Won deals without an invoice for a reason that is known: `reason` as flow 1 names its end."""

    reason: str
    count: int


class Proof(Value):
    """Both sides, held together. Amounts are gross but for those of deals, and never add currencies."""

    day: date
    """The business date of its beginning."""
    since: date
    began_at: datetime
    ended_at: datetime
    deals: int = 0
    """Won deals."""
    invoices: int = 0
    """Issued invoices, voided ones left out."""
    customers: int = 0
    won: tuple[Sum, ...] = ()
    invoiced: tuple[Sum, ...] = ()
    """What was credited is taken off."""
    received: tuple[Sum, ...] = ()
    due: tuple[Sum, ...] = ()
    explained: tuple[Explained, ...] = ()
    counts: dict[GapKind, int] = {}
    """Of every kind that there is."""
    gaps: tuple[Gap, ...] = ()
    """The first `MOST_GAPS`."""

    @property
    def count(self) -> int:
        return sum(self.counts.values())


class Tally:
    """Adds up a proof while both sides go by; holds sums and the first gaps, however long the lists are."""

    def __init__(self) -> None:
        self.deals = self.invoices = self.customers = 0
        self.counts: Counter[GapKind] = Counter()
        self.gaps: list[Gap] = []
        self.reasons: Counter[str] = Counter()
        self._won: dict[str, Decimal] = {}
        self._invoiced: dict[str, Decimal] = {}
        self._received: dict[str, Decimal] = {}
        self._due: dict[str, Decimal] = {}

    def deal(self, deal: ListedDeal) -> None:
        if not deal.won:
            return
        self.deals += 1
        if deal.amount is not None and deal.currency:
            _add(self._won, deal.currency, deal.amount)

    def invoice(self, listed: ListedInvoice) -> None:
        invoice = listed.invoice
        if invoice.state is InvoiceState.VOID:
            return
        self.invoices += 1
        _add(self._invoiced, invoice.currency, invoice.outstanding.amount)
        _add(self._due, invoice.currency, listed.due.amount)
        _add(self._received, invoice.currency, invoice.outstanding.amount - listed.due.amount)

    def gap(self, found: Gap) -> None:
        self.counts[found.kind] += 1
        if len(self.gaps) < MOST_GAPS:
            self.gaps.append(found)

    def proof(self, *, day: date, since: date, began_at: datetime, ended_at: datetime) -> Proof:
        return Proof(
            day=day,
            since=since,
            began_at=began_at,
            ended_at=ended_at,
            deals=self.deals,
            invoices=self.invoices,
            customers=self.customers,
            won=_sums(self._won),
            invoiced=_sums(self._invoiced),
            received=_sums(self._received),
            due=_sums(self._due),
            explained=tuple(Explained(reason=each, count=n) for each, n in sorted(self.reasons.items())),
            counts=dict(self.counts),
            gaps=tuple(self.gaps),
        )


def _add(sums: dict[str, Decimal], currency: str, amount: Decimal) -> None:
    sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), amount)


def _sums(sums: dict[str, Decimal]) -> tuple[Sum, ...]:
    return tuple(Sum(currency=currency, amount=amount) for currency, amount in sorted(sums.items()))
