"""Invoices: found by our reference, and read with their exact totals."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

from raccord.connectors.errors import NotFound
from raccord.connectors.http.together import together
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import (
    Buyer,
    CreditNote,
    Invoice,
    InvoicedLine,
    InvoiceReference,
    InvoiceState,
    Part,
)
from raccord.domain.values.money import Money
from raccord.domain.values.totals import Totals
from raccord.vendors.pennylane.api import INVOICES, Filter, PennylaneApi, number
from raccord.vendors.pennylane.customers import Customers, address_of, email_of
from raccord.vendors.pennylane.orders import content_of, reference_of
from raccord.vendors.pennylane.standing import (
    CANCELLED,
    CREDIT_NOTES,
    ISSUED,
    money,
    of_customer,
    state_of,
    vat_of,
)
from raccord.vendors.pennylane.vat import percent_of
from raccord.vendors.pennylane.wire import (
    InvoiceList,
    Line,
    LineList,
    PennylaneCustomer,
    PennylaneInvoice,
)

PATH = "/customer_invoices"
_REVISIONS: tuple[int, ...] = (1, 2)
"""Those that are looked for at first while nobody knows the customer, whose own list has all."""


class Invoices:
    def __init__(self, api: PennylaneApi, customers: Customers) -> None:
        self._api = api
        self._customers = customers

    async def of_deal(
        self, deal: DealRef, customer_id: str | None, invoice_id: str | None
    ) -> tuple[Invoice, ...]:
        """Return every invoice that carries the deal's reference, or that our records name, each once.

        References can only be asked for whole (section 3), so those are asked for that a deal begins with;
        the customer's own list has the others.
        """
        async with together() as group:
            known = group.create_task(self._known(invoice_id))
            listed = group.create_task(self._of_customer(customer_id))
            named = group.create_task(self._named(deal))
        found = {each.id: each for each in (*known.result(), *listed.result(), *named.result())}
        mine = [each for each in found.values() if _is_of(each, deal, invoice_id)]
        return tuple([await self.whole(each) for each in mine])

    async def read(self, invoice_id: str) -> Invoice:
        return await self.whole(await self.retrieve(invoice_id))

    async def retrieve(self, invoice_id: str) -> PennylaneInvoice:
        """Read one invoice as Pennylane holds it. Raises `NotFound`."""
        path = f"{PATH}/{number(invoice_id, 'invoice')}"
        return await self._api.get(f"read the invoice {invoice_id}", INVOICES, path, PennylaneInvoice)

    def each(
        self, what: str, filters: Sequence[Filter], *, sort: str = "-date"
    ) -> AsyncIterator[PennylaneInvoice]:
        return self._api.all(what, INVOICES, PATH, InvoiceList, filters=filters, sort=sort)

    async def lines(self, invoice_id: str) -> list[Line]:
        path = f"{PATH}/{number(invoice_id, 'invoice')}/invoice_lines"
        what = f"list the lines of invoice {invoice_id}"
        return [each async for each in self._api.all(what, INVOICES, path, LineList, sort="rank")]

    async def invoiced(self, invoice_id: str) -> tuple[InvoicedLine, ...]:
        found = await self.retrieve(invoice_id)
        return tuple(
            InvoicedLine(
                name=each.label,
                quantity=each.quantity,
                net=money(each.currency_amount_before_tax, found),
                vat_rate=percent_of(each),
            )
            for each in await self.lines(invoice_id)
        )

    async def whole(self, found: PennylaneInvoice) -> Invoice:
        """Add what takes requests of its own: VAT by rate, how many lines, credit notes, a draft's buyer."""
        glimpsed = self.glimpse(found)
        async with together() as group:
            listing = group.create_task(self.lines(str(found.id)))
            crediting = group.create_task(self.credit_notes(found))
            buying = group.create_task(self._buyer(found))
        lines, notes = listing.result(), crediting.result()
        credited = sum((note.gross.amount for note in notes), Decimal(0))
        return glimpsed.model_copy(
            update={
                "totals": glimpsed.totals.model_copy(update={"vat": vat_of(found, lines)}),
                "line_count": len(lines),
                "buyer": buying.result(),
                "credit_notes": notes,
                "credited": money(credited, found) if notes else glimpsed.credited,
            }
        )

    def glimpse(self, found: PennylaneInvoice) -> Invoice:
        """Return what needs no further request; of credit notes only that one took all of it."""
        state = state_of(found)
        gross = money(found.currency_amount, found)
        # Its link is public for 30 minutes from now on, and kept nowhere (section 1.6).
        return Invoice(
            id=str(found.id),
            state=state,
            customer_id=str(found.customer.id) if found.customer else "",
            reference=reference_of(found.external_reference),
            number=found.invoice_number,
            currency=found.currency,
            totals=Totals(net=money(found.currency_amount_before_tax, found), vat=(), gross=gross),
            content_hash=content_of(found.label),
            credited=gross if found.status == CANCELLED else Money.zero(found.currency),
            due_on=found.deadline,
            issued_on=found.date if state is not InvoiceState.DRAFT else None,
        )

    async def credit_notes(self, found: PennylaneInvoice) -> tuple[CreditNote, ...]:
        """Return the credit notes that are linked to an issued invoice: invoices below zero (section 1.3)."""
        if found.draft or found.customer is None:
            return ()
        filters: list[Filter] = [*ISSUED, CREDIT_NOTES, of_customer(found.customer.id)]
        listed = self.each(f"list the credit notes of customer {found.customer.id}", filters)
        return tuple(
            [
                CreditNote(
                    number=note.invoice_number or str(note.id), gross=money(abs(note.currency_amount), note)
                )
                async for note in listed
                if note.credited_invoice and note.credited_invoice.id == found.id
            ]
        )

    async def _buyer(self, found: PennylaneInvoice) -> Buyer | None:
        """Return what a draft would print: its customer, until it is issued."""
        customer = await self.customer_of(found) if found.draft else None
        if customer is None:
            return None
        return Buyer(
            name=customer.shown_name,
            email=email_of(customer),
            address=address_of(customer),
            identifiers=tuple(each for each in (customer.reg_no, customer.vat_number) if each),
        )

    async def customer_of(self, found: PennylaneInvoice) -> PennylaneCustomer | None:
        return await self._customers.read(str(found.customer.id)) if found.customer else None

    async def _known(self, invoice_id: str | None) -> list[PennylaneInvoice]:
        if not invoice_id:
            return []
        try:
            return [await self.retrieve(invoice_id)]
        except NotFound:
            return []

    async def _of_customer(self, customer_id: str | None) -> list[PennylaneInvoice]:
        if not customer_id or not customer_id.isdecimal():
            return []
        listed = self.each(f"list the invoices of customer {customer_id}", [of_customer(customer_id)])
        return [each async for each in listed]

    async def _named(self, deal: DealRef) -> list[PennylaneInvoice]:
        """Return what has one of the references that a deal begins with, cycle after cycle."""
        found: list[PennylaneInvoice] = []
        cycle = 1
        while True:
            parts = (
                Part.WHOLE,
                Part.DEPOSIT,
                *([Part.BALANCE] if any(_deposit(each) for each in found) else []),
            )
            new = await self._revised(deal, cycle, parts)
            if not new:
                return found
            found += new
            cycle += 1

    async def _revised(self, deal: DealRef, cycle: int, parts: Sequence[Part]) -> list[PennylaneInvoice]:
        """Return what has a reference of this cycle: of its first revisions, on while the last is there."""
        found: list[PennylaneInvoice] = []
        revisions = _REVISIONS
        while True:
            wanted = [
                str(InvoiceReference(deal=deal, cycle=cycle, revision=revision, part=part))
                for revision in revisions
                for part in parts
            ]
            async with together() as group:
                tasks = [group.create_task(self.under(each)) for each in wanted]
            found += [each for task in tasks for each in task.result()]
            if not any(task.result() for task in tasks[-len(parts) :]):
                return found
            revisions = (revisions[-1] + 1,)

    async def under(self, reference: str) -> list[PennylaneInvoice]:
        """Return what has exactly this reference; several, should Pennylane allow that (section 1.5)."""
        filters: list[Filter] = [("external_reference", "eq", reference)]
        listed = self.each(f"look for the invoice {reference}", filters)
        return [each async for each in listed if each.external_reference == reference]


def _is_of(found: PennylaneInvoice, deal: DealRef, invoice_id: str | None) -> bool:
    reference = reference_of(found.external_reference)
    # Without a reference of ours, our own link still counts, or the deal would be invoiced a second time.
    return reference.deal == deal if reference else str(found.id) == invoice_id


def _deposit(found: PennylaneInvoice) -> bool:
    reference = reference_of(found.external_reference)
    return reference is not None and reference.part is Part.DEPOSIT
