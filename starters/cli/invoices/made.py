"""The invoices and credit notes of a month with their deals and salespeople, and what they come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from raccord.domain.payment.status import PaymentStatus
from raccord.domain.values.clock import DAY
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.listed import ListedCreditNote, ListedInvoice
from raccord.domain.values.money import Money


@dataclass(frozen=True)
class Month:
    """A calendar month, by its first and its last business date."""

    first: date
    last: date

    @classmethod
    def parse(cls, typed: str) -> "Month":
        """Read `2026-10`. Raises `ValueError`."""
        first = date.fromisoformat(f"{typed}-01")
        return cls.of(first)

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month that a day is in."""
        first = day.replace(day=1)
        following = (first + 31 * DAY).replace(day=1)
        return cls(first, following - DAY)

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Made:
    """An issued invoice. `deal` and `salesperson` are empty where it is of no deal, or nobody knows."""

    invoice: Invoice
    due: Money
    deal_id: str = ""
    deal: str = ""
    deal_url: str = ""
    salesperson: str = ""

    @property
    def vat(self) -> Money:
        return self.invoice.totals.gross - self.invoice.totals.net

    @property
    def customer(self) -> str:
        buyer = self.invoice.buyer
        return (buyer.name if buyer else "") or self.invoice.customer_id

    @property
    def state(self) -> PaymentStatus:
        """What became of it, as far as a list tells."""
        invoice = self.invoice
        match invoice.state:
            case InvoiceState.VOID:
                return PaymentStatus.VOID
            case InvoiceState.UNCOLLECTIBLE:
                return PaymentStatus.UNCOLLECTIBLE
            case _ if invoice.withdrawn:
                return PaymentStatus.CREDITED
            case InvoiceState.PAID:
                return PaymentStatus.PAID
            case _ if self.due.amount < invoice.outstanding.amount:
                return PaymentStatus.PARTLY_PAID
            case _:
                return PaymentStatus.OPEN


@dataclass(frozen=True)
class Total:
    """What the invoices of one currency come to; those that were voided are left out and counted."""

    count: int
    net: Money
    vat: Money
    gross: Money
    credited: Money
    voided: int


@dataclass(frozen=True)
class Credited:
    """An issued credit note, and its invoice with the deal that it is of."""

    note: ListedCreditNote
    of: Made


@dataclass(frozen=True)
class CreditTotal:
    """What the credit notes of one currency come to."""

    count: int
    net: Money
    vat: Money
    gross: Money


def made_in(month: Month, listed: Sequence[ListedInvoice]) -> tuple[Made, ...]:
    """Return the invoices that were issued in a month, by date and number."""
    found = [Made(invoice=each.invoice, due=each.due) for each in listed if month.has(each.invoice.issued_on)]
    return tuple(sorted(found, key=_place))


def credited_in(month: Month, listed: Sequence[ListedCreditNote]) -> tuple[Credited, ...]:
    """Return the credit notes that bear a date of a month, by date and number."""
    found = sorted(
        (each for each in listed if month.has(each.issued_on)), key=lambda each: (each.issued_on, each.number)
    )
    return tuple(
        Credited(note=each, of=Made(invoice=each.invoice, due=each.invoice.outstanding)) for each in found
    )


def _place(made: Made) -> tuple[date, str]:
    return made.invoice.issued_on or date.min, made.invoice.number or ""


def totals_of(made: Sequence[Made]) -> Iterator[Total]:
    """Yield the totals of each currency, by its code."""
    for currency in sorted({each.invoice.currency for each in made}):
        ours = [each for each in made if each.invoice.currency == currency]
        live = [each for each in ours if each.state is not PaymentStatus.VOID]
        yield Total(
            count=len(live),
            net=_sum((each.invoice.totals.net for each in live), currency),
            vat=_sum((each.vat for each in live), currency),
            gross=_sum((each.invoice.totals.gross for each in live), currency),
            credited=_sum((each.invoice.credited for each in live), currency),
            voided=len(ours) - len(live),
        )


def credit_totals(credited: Sequence[Credited]) -> Iterator[CreditTotal]:
    """Yield the totals of each currency, by its code."""
    for currency in sorted({each.note.gross.currency for each in credited}):
        notes = [each.note for each in credited if each.note.gross.currency == currency]
        yield CreditTotal(
            count=len(notes),
            net=_sum((each.net for each in notes), currency),
            vat=_sum((each.vat for each in notes), currency),
            gross=_sum((each.gross for each in notes), currency),
        )


def _sum(amounts: Iterator[Money], currency: str) -> Money:
    return Money(amount=sum((each.amount for each in amounts), Decimal(0)), currency=currency)
