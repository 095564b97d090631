"""What an invoice brought: bank movements that are matched with it, payments that Pennylane collects.

Pennylane's own rest of the invoice decides. A bank movement may pay several invoices and tells nowhere how
much of each, and what a person marked as paid has none at all (pennylane page, section 2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from raccord.connectors.errors import NotFound
from raccord.connectors.http.together import together
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.payment import InvoiceMoney, Payment, PaymentMeans
from raccord.vendors.pennylane.api import INVOICES, PennylaneApi
from raccord.vendors.pennylane.invoices import PATH, Invoices
from raccord.vendors.pennylane.standing import CANCELLED, is_other, money, state_of
from raccord.vendors.pennylane.wire import (
    PaymentList,
    PennylaneInvoice,
    PennylanePayment,
    Transaction,
    TransactionList,
)

EURO = "EUR"
_ARRIVED = frozenset(("found", "confirmed", "paid_out"))
_UNDER_WAY = frozenset(
    (
        "initiated",
        "pending",
        "emitted",
        "prepared",
        "pending_customer_approval",
        "pending_submission",
        "submitted",
    )
)
_FAILED = frozenset(("aborted", "error", "failed", "charged_back", "cancelled", "not_found"))
_OWED = frozenset((InvoiceState.OPEN, InvoiceState.UNCOLLECTIBLE))


@dataclass(frozen=True)
class Brought:
    """An invoice with what is known of its money. Amounts are in major units."""

    found: PennylaneInvoice
    noted: Decimal
    """What its credit notes come to."""
    transactions: tuple[Transaction, ...]
    collected: tuple[PennylanePayment, ...]

    @property
    def credited(self) -> Decimal:
        """What was taken off it: all of what is cancelled, also without a credit note."""
        return self.found.currency_amount if self.found.status == CANCELLED else self.noted

    @property
    def due(self) -> Decimal:
        """What is left to pay; nothing of what nobody owes any more."""
        if state_of(self.found) not in _OWED:
            return Decimal(0)
        if rest_unknown(self.found):
            return max(self.found.currency_amount - self.credited - self.paid + self.refunded, Decimal(0))
        return left_of(self.found)

    @property
    def refunded(self) -> Decimal:
        return -sum((each.currency_amount for each in self.own if each.currency_amount < 0), Decimal(0))

    @property
    def own(self) -> tuple[Transaction, ...]:
        """The bank movements in the invoice's currency: only theirs are amounts of it."""
        return tuple(each for each in self.transactions if each.currency in (None, self.found.currency))

    @property
    def paid(self) -> Decimal:
        """What is told to be paid. What was credited after it had been paid was paid all the same."""
        whole = self.found.currency_amount
        if rest_unknown(self.found):
            return min(self._came, max(whole - self.credited, Decimal(0)))
        told = max(self._gone - self.credited, min(self._gone, self._came), Decimal(0))
        return min(told + self.refunded, whole)

    @property
    def explained(self) -> bool:
        """Whether payments alone account for what is not left of it."""
        known = self._came >= self._gone and not rest_unknown(self.found)
        return known and self.found.status != CANCELLED

    @property
    def _gone(self) -> Decimal:
        return self.found.currency_amount - left_of(self.found)

    @property
    def _came(self) -> Decimal:
        came = sum((each.currency_amount for each in self.own if each.currency_amount > 0), Decimal(0))
        collected = sum(
            (each.currency_amount for each in self.collected if each.status in _ARRIVED), Decimal(0)
        )
        return max(came, collected)


class Paid:
    def __init__(self, api: PennylaneApi, invoices: Invoices, clock: BusinessClock) -> None:
        self._api = api
        self._invoices = invoices
        self._clock = clock

    async def of(self, invoice_id: str) -> InvoiceMoney:
        found = await self._invoices.retrieve(invoice_id)
        if is_other(found.status, found.credited_invoice, found.currency_amount):
            raise NotFound(f"Pennylane's document {invoice_id} is no invoice.", code="404")
        notes = await self._invoices.credit_notes(found)
        invoice = self._invoices.glimpse(found)
        credited = sum((note.gross.amount for note in notes), Decimal(0))
        if notes:
            invoice = invoice.model_copy(update={"credit_notes": notes, "credited": money(credited, found)})
        brought = await self.brought(found, credited)
        payments = tuple(self.payments(brought))
        owed = brought.due > 0
        return InvoiceMoney(
            invoice=invoice,
            paid=money(brought.paid, found),
            due=money(brought.due, found),
            overpaid=Money.zero(found.currency),
            payments=payments,
            paid_at=None if owed or not payments else payments[-1].paid_at,
            processing=owed and under_way(brought.collected),
            failed=owed and bool(brought.collected) and brought.collected[-1].status in _FAILED,
        )

    async def brought(self, found: PennylaneInvoice, noted: Decimal) -> Brought:
        """Read what brought an invoice its money; of a draft nothing did."""
        if found.draft:
            return Brought(found, noted, (), ())
        path, what = f"{PATH}/{found.id}", f"of invoice {found.id}"
        async with together() as group:
            matched = group.create_task(self._transactions(f"{path}/matched_transactions", what))
            collected = group.create_task(self.collected(found.id))
        return Brought(found, noted, matched.result(), collected.result())

    async def collected(self, invoice_id: int) -> tuple[PennylanePayment, ...]:
        """Return the payments that Pennylane handles itself, the oldest first."""
        what = f"list the payments of invoice {invoice_id}"
        path = f"{PATH}/{invoice_id}/payments"
        return tuple([each async for each in self._api.all(what, INVOICES, path, PaymentList, sort="id")])

    async def _transactions(self, path: str, what: str) -> tuple[Transaction, ...]:
        listed = self._api.all(f"list the bank movements {what}", INVOICES, path, TransactionList, sort="id")
        return tuple(sorted([each async for each in listed], key=lambda each: (each.date, each.id)))

    def payments(self, brought: Brought) -> Iterator[Payment]:
        """Yield what was paid, the oldest first: bank movements, then what they do not explain."""
        left, back = brought.paid, brought.refunded
        for id, amount, at, means in sorted(self._came(brought), key=lambda each: each[2]):
            took = min(amount, left)
            left -= took
            if took:
                gone = min(took, back)
                back -= gone
                yield self._payment(brought, id, took, gone=gone, at=at, means=means)
        if left:
            # Marked as paid by hand: nothing tells when, but when the invoice changed last (section 2).
            at = brought.found.updated_at
            gone = min(left, back)
            yield self._payment(
                brought,
                f"invoice/{brought.found.id}/outside",
                left,
                gone=gone,
                at=at,
                means=PaymentMeans.OUTSIDE,
            )

    def _came(self, brought: Brought) -> Iterator[tuple[str, Decimal, datetime, PaymentMeans]]:
        explained = Decimal(0)
        for each in brought.own:
            if each.currency_amount > 0:
                explained += each.currency_amount
                at = self._clock.start_of(each.date)
                yield f"transaction/{each.id}", each.currency_amount, at, PaymentMeans.BANK_TRANSFER
        for payment in brought.collected:
            # The bank movement of one that was collected may be matched too: it is one payment.
            if payment.status in _ARRIVED and explained < brought.paid:
                explained += payment.currency_amount
                yield (
                    f"payment/{payment.id}",
                    payment.currency_amount,
                    payment.updated_at,
                    PaymentMeans.SEPA_DEBIT,
                )
        for each in brought.transactions:
            # Of another currency its amount says nothing here: it brought what nothing else explains.
            if each not in brought.own and each.currency_amount > 0 and explained < brought.paid:
                rest, explained = brought.paid - explained, brought.paid
                at = self._clock.start_of(each.date)
                yield f"transaction/{each.id}", rest, at, PaymentMeans.BANK_TRANSFER

    def _payment(
        self, brought: Brought, id: str, amount: Decimal, *, gone: Decimal, at: datetime, means: PaymentMeans
    ) -> Payment:
        return Payment(
            id=id,
            amount=money(amount, brought.found),
            paid_at=at,
            means=means,
            refunded=money(gone, brought.found),
        )


def left_of(found: PennylaneInvoice) -> Decimal:
    """Return what is left to pay of an invoice, whatever became of it; never below zero.

    All of it where `rest_unknown`.
    """
    left = found.remaining_amount_with_tax
    if left is None or found.currency != EURO:
        left = Decimal(0) if found.paid or left == 0 else found.currency_amount
    return max(left, Decimal(0))


def rest_unknown(found: PennylaneInvoice) -> bool:
    """Whether only a part of an invoice in another currency than the euro is left.

    No page says whether that part is in euros: nothing and all of it are told apart either way.
    """
    left = found.remaining_amount_with_tax
    if found.currency == EURO or found.paid or not left:
        return False
    return left not in (found.currency_amount, found.amount)


def under_way(collected: Sequence[PennylanePayment]) -> bool:
    return any(each.status in _UNDER_WAY for each in collected)
