"""Listing all that moved money or receivables since a day, one list of Stripe's after the other.

Stripe lists by the instant of creation alone, and no list has all: what nobody paid yet is found by its state
however old, what was marked as paid elsewhere stands in the invoice alone, and of invoices older than a draft
may wait the events of 30 days name those that were paid, voided or given up.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from raccord.connectors.errors import Poison
from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.movement import InvoiceMovements, Movement, MovementPage
from raccord.vendors.stripe import wire_movements as wire
from raccord.vendors.stripe.api import PAGE_SIZE, StripeApi
from raccord.vendors.stripe.credit_notes import CREDIT_NOTES
from raccord.vendors.stripe.everything import last_of, listed_as, onward
from raccord.vendors.stripe.invoices import READ, Invoices
from raccord.vendors.stripe.listing import DRAFTED
from raccord.vendors.stripe.moved import credited, moved, received, went_back
from raccord.vendors.stripe.payments import CHARGES, DISPUTES, INVOICE_PAYMENTS, Payments
from raccord.vendors.stripe.wire import Identified, Page, StripeInvoice
from raccord.vendors.stripe.wire_payments import InvoicePayment, InvoiceWithPayments, StripeDispute

T = TypeVar("T", bound=Identified)
Wanted = dict[str, object]
_PAYABLE = 365 * DAY
"""How old a payment may be when it is paid: Stripe creates an invoice's own as it finalises the invoice."""
_NEVER_WENT = frozenset(("canceled", "failed"))
_BEHIND = ":"


@dataclass(frozen=True)
class _List(Generic[T]):
    """One of Stripe's lists: what it is called, where it is, what a page and what each on it looks like."""

    operation: Operation
    to: str
    page: type[Page[T | Identified]]
    kind: type[T]


_INVOICES = _List(
    Operation("list the invoices with their payments", f"{READ} and {INVOICE_PAYMENTS}"),
    "invoices",
    wire.InvoicesMoved,
    InvoiceWithPayments,
)
_PAYMENTS = _List(
    Operation("list the payments of invoices", f"{INVOICE_PAYMENTS} and {READ}"),
    "invoice_payments",
    wire.PaymentsMoved,
    wire.PaymentOfInvoice,
)
_REFUNDS = _List(Operation("list the refunds", CHARGES), "refunds", wire.RefundsMoved, wire.Refund)
_DISPUTES = _List(Operation("list the disputes", DISPUTES), "disputes", wire.DisputesMoved, StripeDispute)
_CREDIT_NOTES = _List(
    Operation("list the credit notes", CREDIT_NOTES),
    "credit_notes",
    wire.CreditNotesMoved,
    wire.CreditNoteOfInvoice,
)
_EVENTS = _List(
    Operation("list what happened to invoices", "Events: Read"),
    "events",
    wire.SettledInvoices,
    wire.SettledInvoice,
)
_SETTLED = ("invoice.marked_uncollectible", "invoice.paid", "invoice.voided")


class Movements:
    """Lists one account; a part is one request, and some more for what a list does not tell whole."""

    def __init__(self, api: StripeApi, invoices: Invoices, payments: Payments, clock: BusinessClock) -> None:
        self._api = api
        self._invoices = invoices
        self._payments = payments
        self._clock = clock
        self._lists: dict[str, Callable[[date, Wanted], Awaitable[MovementPage]]] = {
            "issued": self._issued,
            "open": self._open,
            "payments": self._received,
            "refunds": self._refunded,
            "disputes": self._lost,
            "credit_notes": self._credited,
            "settled": self._settled,
        }

    async def part(self, since: date, after: str) -> MovementPage:
        """Return a part; `after` names a list, and behind which id it goes on."""
        names = tuple(self._lists)
        name, _, behind = (after or names[0]).partition(_BEHIND)
        found = await self._lists[name](since, {**onward(behind)})
        if found.after:
            return found.model_copy(update={"after": f"{name}{_BEHIND}{found.after}"})
        following = names[names.index(name) + 1 :]
        return found.model_copy(update={"after": following[0] if following else ""})

    async def of(self, invoice_id: str) -> InvoiceMovements:
        """Read what moved one invoice; of a draft, nothing did. Raises `NotFound`."""
        held = await self._invoices.retrieve(invoice_id)
        return self._moved(held, await self._payments.of_invoice(invoice_id))

    async def _issued(self, since: date, behind: Wanted) -> MovementPage:
        return await self._of_invoices(since, self._created(since - DRAFTED) | behind)

    async def _open(self, since: date, behind: Wanted) -> MovementPage:
        return await self._of_invoices(since, {"status": "open"} | behind)

    async def _of_invoices(self, since: date, wanted: Wanted) -> MovementPage:
        """Return those that were issued since or are open, and what moved the others since."""
        listed: list[InvoiceMovements] = []

        async def read(invoice: InvoiceWithPayments) -> Iterable[Movement]:
            found = self._moved(invoice, await self._payments.expanded(invoice))
            issued = found.listed.invoice.issued_on
            if invoice.status == "open" or (issued and issued >= since):
                listed.append(found)
                return ()
            return found.movements

        others = await self._read(_INVOICES, since, wanted | {"expand": ["data.payments"]}, read)
        return others.model_copy(update={"invoices": tuple(listed)})

    async def _received(self, since: date, behind: Wanted) -> MovementPage:
        async def read(payment: wire.PaymentOfInvoice) -> Iterable[Movement]:
            if not payment.too_much:
                return received(payment)
            # Which of its payments went beyond what was due, all of them together tell.
            every = (await self.of(payment.invoice.id)).movements
            return [each for each in every if each.id == payment.id]

        wanted: Wanted = {"status": "paid", "expand": ["data.invoice"]} | self._created(since - _PAYABLE)
        return await self._read(_PAYMENTS, since, wanted | behind, read)

    async def _refunded(self, since: date, behind: Wanted) -> MovementPage:
        async def read(refund: wire.Refund) -> Iterable[Movement]:
            return () if refund.status in _NEVER_WENT else await self._gone(refund)

        return await self._read(_REFUNDS, since, self._created(since) | behind, read)

    async def _lost(self, since: date, behind: Wanted) -> MovementPage:
        async def read(dispute: StripeDispute) -> Iterable[Movement]:
            return await self._gone(dispute) if dispute.status == "lost" else ()

        return await self._read(_DISPUTES, since, self._created(since) | behind, read)

    async def _credited(self, since: date, behind: Wanted) -> MovementPage:
        async def read(note: wire.CreditNoteOfInvoice) -> Iterable[Movement]:
            return credited(note) if note.status == "issued" else ()

        return await self._read(_CREDIT_NOTES, since, self._created(since) | behind, read)

    async def _settled(self, since: date, behind: Wanted) -> MovementPage:
        """Return what moved the older invoices, which an event names and does not tell."""
        younger, seen = self._begins(since - DRAFTED), set[str]()

        async def read(event: wire.SettledInvoice) -> Iterable[Movement]:
            about = event.data.object
            if about.created >= younger or about.id in seen:
                return ()
            seen.add(about.id)
            return (await self.of(about.id)).movements

        wanted = {"types": list(_SETTLED)} | self._created(since)
        return await self._read(_EVENTS, since, wanted | behind, read)

    async def _read(
        self,
        of: _List[T],
        since: date,
        wanted: Wanted,
        read: Callable[[T], Awaitable[Iterable[Movement]]],
    ) -> MovementPage:
        """Read each of a page by itself, and keep what moved since."""
        page = await self._api.get(of.operation, of.to, of.page, wanted | {"limit": PAGE_SIZE})
        movements: list[Movement] = []
        unreadable: list[str] = []
        for each in page.data:
            try:
                found = await read(_as(of.kind, each))
            except Poison:
                unreadable.append(each.id)
                continue
            movements += [one for one in found if self._clock.date_of(one.at) >= since]
        return MovementPage(movements=tuple(movements), unreadable=tuple(unreadable), after=last_of(page))

    async def _gone(self, back: wire.Refund | StripeDispute) -> Iterable[Movement]:
        """Return what went back to a customer, of each invoice that the payment pays."""
        return went_back(back, await self._payments.parts(back.payment_intent or ""))

    def _moved(self, held: StripeInvoice, payments: Iterable[InvoicePayment]) -> InvoiceMovements:
        listed = listed_as(self._invoices, held)
        draft = listed.invoice.state is InvoiceState.DRAFT
        return InvoiceMovements(
            listed=listed,
            customer=held.customer_name or "",
            movements=() if draft else moved(held, payments),
        )

    def _created(self, day: date) -> Wanted:
        return {"created": {"gte": self._begins(day)}}

    def _begins(self, day: date) -> int:
        return int(self._clock.end_of(day - DAY).timestamp()) + 1


def _as(kind: type[T], found: T | Identified) -> T:
    """Return what has the form that is documented. Raises `Poison`."""
    if isinstance(found, kind):
        return found
    raise Poison(f"Stripe's {found.id} has a form that Stripe does not document.")
