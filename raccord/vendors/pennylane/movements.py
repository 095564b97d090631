"""What moved money or receivables, out of the one list of invoices that there is.

Whatever moves an invoice changes it, so of an old one only those are read further that changed since.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from raccord.connectors.errors import Poison
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.listed import ListedInvoice
from raccord.domain.values.movement import InvoiceMovements, Movement, MovementKind, MovementPage
from raccord.vendors.pennylane.api import INVOICES, Filter, PennylaneApi
from raccord.vendors.pennylane.invoices import PATH, Invoices
from raccord.vendors.pennylane.listing import HORIZON, Listing, Names
from raccord.vendors.pennylane.paid import Brought, Paid, left_of, rest_unknown
from raccord.vendors.pennylane.standing import CANCELLED, ISSUED, is_invoice, money, state_of
from raccord.vendors.pennylane.wire import InvoiceList, PennylaneInvoice


class Movements:
    def __init__(
        self,
        api: PennylaneApi,
        invoices: Invoices,
        listing: Listing,
        paid: Paid,
        clock: BusinessClock,
    ) -> None:
        self._api = api
        self._invoices = invoices
        self._listing = listing
        self._paid = paid
        self._clock = clock

    async def of(self, invoice_id: str) -> InvoiceMovements:
        found = await self._invoices.retrieve(invoice_id)
        return (await self._moved(found, await self._listing.names([found])))[0]

    async def part(self, since: date, after: str) -> MovementPage:
        """Return what a page of invoices and credit notes tells, the oldest first."""
        oldest = min(since, self._clock.date_of(datetime.now(UTC))) - HORIZON
        filters: list[Filter] = [*ISSUED, ("date", "gteq", oldest.isoformat())]
        what = "list the invoices and credit notes"
        page = await self._api.page(
            what, INVOICES, PATH, InvoiceList, filters=filters, sort="date", cursor=after or None
        )
        invoices: list[InvoiceMovements] = []
        movements: list[Movement] = []
        unreadable: list[str] = []
        names = await self._listing.names(page.items)
        for each in page.items:
            try:
                if each.credited_invoice is not None:
                    movements += [] if each.date is None or each.date < since else await self._credited(each)
                elif is_invoice(each):
                    listed, more = await self._told(each, since, names)
                    invoices += listed
                    movements += more
            except Poison:
                unreadable.append(str(each.id))
        return MovementPage(
            invoices=tuple(invoices),
            movements=tuple(each for each in movements if self._clock.date_of(each.at) >= since),
            unreadable=tuple(unreadable),
            after=page.following or "",
        )

    async def _told(
        self, found: PennylaneInvoice, since: date, names: Names
    ) -> tuple[list[InvoiceMovements], list[Movement]]:
        """Return an invoice with its movements if it counts, of others what moved them lately."""
        counts = (found.date and found.date >= since) or (
            state_of(found) is InvoiceState.OPEN and left_of(found) > 0
        )
        if not counts and self._clock.date_of(found.updated_at) < since:
            return [], []
        moved, back = await self._moved(found, names)
        return ([moved], back) if counts else ([], [*moved.movements, *back])

    async def _moved(self, found: PennylaneInvoice, names: Names) -> tuple[InvoiceMovements, list[Movement]]:
        """Return what moved an invoice, and apart what went back of it. Raises `Poison`."""
        customer = names.get(found.customer.id, "") if found.customer else ""
        invoice, due = self._invoices.glimpse(found), Decimal(0)
        movements, back = list[Movement](), list[Movement]()
        if not found.draft:
            brought = Brought(found, Decimal(0), (), ())
            if left_of(found) < found.currency_amount or rest_unknown(found):
                brought = await self._paid.brought(found, Decimal(0))
            if not brought.explained:
                brought = replace(brought, noted=await self._noted(found))
            due = brought.due
            movements = sorted(self._all(brought), key=lambda each: each.at)
            back = list(self._back(brought))
        listed = ListedInvoice(invoice=invoice, due=money(due, found))
        return InvoiceMovements(listed=listed, customer=customer, movements=tuple(movements)), back

    def _all(self, brought: Brought) -> Iterator[Movement]:
        found, whole = brought.found, brought.found.currency_amount
        issued = self._clock.start_of(found.date) if found.date else found.updated_at
        yield _movement(
            f"invoice/{found.id}/issued", MovementKind.ISSUED, found, issued, amount=whole, owed=whole
        )
        for paid in self._paid.payments(brought):
            amount = paid.amount.amount
            # A bank movement may pay several invoices, of each another part.
            id = f"{paid.id}/{found.id}"
            yield _movement(id, MovementKind.RECEIVED, found, paid.paid_at, amount=amount, owed=-amount)
        left = whole - brought.paid - brought.noted
        if found.status == CANCELLED and left > 0:
            name = f"invoice/{found.id}/cancelled"
            yield _movement(name, MovementKind.CREDITED, found, found.updated_at, amount=left, owed=-left)

    def _back(self, brought: Brought) -> Iterator[Movement]:
        for each in brought.transactions:
            if each.currency_amount < 0:
                name, at = f"transaction/{each.id}/{brought.found.id}", self._clock.start_of(each.date)
                amount = -each.currency_amount
                yield _movement(
                    name, MovementKind.REFUNDED, brought.found, at, amount=amount, owed=Decimal(0)
                )

    async def _credited(self, note: PennylaneInvoice) -> list[Movement]:
        """Return what a credit note took off its invoice: of one that was paid, nothing."""
        assert note.credited_invoice is not None  # noqa: S101 - only those that have one are asked for
        found = await self._invoices.retrieve(str(note.credited_invoice.id))
        brought = await self._paid.brought(found, await self._noted(found))
        amount = abs(note.currency_amount)
        took = max(min(found.currency_amount - brought.paid - brought.due, amount), Decimal(0))
        at = self._clock.start_of(note.date) if note.date else note.updated_at
        return [
            _movement(
                f"invoice/{note.id}/credit", MovementKind.CREDITED, found, at, amount=amount, owed=-took
            )
        ]

    async def _noted(self, found: PennylaneInvoice) -> Decimal:
        notes = await self._invoices.credit_notes(found)
        return sum((each.gross.amount for each in notes), Decimal(0))


def _movement(
    id: str, kind: MovementKind, found: PennylaneInvoice, at: datetime, *, amount: Decimal, owed: Decimal
) -> Movement:
    return Movement(
        id=id,
        kind=kind,
        invoice_id=str(found.id),
        at=at,
        amount=money(amount, found),
        owed=money(owed, found).amount,
    )
