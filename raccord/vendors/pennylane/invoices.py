"""Invoices: found by our reference, read with their exact totals, written one step at a time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from raccord.connectors.errors import DUE_DATE_PAST, NotFound, Permanent, Poison, RateLimited
from raccord.connectors.http.together import together
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import (
    Buyer,
    CreditNote,
    Invoice,
    InvoicedLine,
    InvoiceOrder,
    InvoiceReference,
    InvoiceState,
    Part,
)
from raccord.domain.values.money import Money, exponent, round_half_up
from raccord.domain.values.totals import Totals, VatTotal
from raccord.vendors.pennylane.api import INVOICES, Filter, PennylaneApi, number
from raccord.vendors.pennylane.customers import Customers, address_of, email_of
from raccord.vendors.pennylane.errors import CONFLICT, DUPLICATE
from raccord.vendors.pennylane.orders import content_of, draft_body, reference_of
from raccord.vendors.pennylane.vat import VatCodes, percent_of
from raccord.vendors.pennylane.wire import (
    InvoiceList,
    Line,
    LineList,
    Named,
    PennylaneCustomer,
    PennylaneInvoice,
)

PATH = "/customer_invoices"
ISSUED: tuple[Filter, ...] = (("draft", "eq", "false"),)
CREDIT_NOTES: Filter = ("credit_note", "eq", "true")
REAL: tuple[Filter, ...] = (*ISSUED, ("credit_note", "eq", "false"))
CANCELLED = "cancelled"
_STATES = {
    "draft": InvoiceState.DRAFT,
    "upcoming": InvoiceState.OPEN,
    "late": InvoiceState.OPEN,
    "incomplete": InvoiceState.OPEN,
    "partially_paid": InvoiceState.OPEN,
    "partially_cancelled": InvoiceState.OPEN,
    "paid": InvoiceState.PAID,
    CANCELLED: InvoiceState.PAID,
    "archived": InvoiceState.UNCOLLECTIBLE,
}
"""Pennylane page, section 2. What somebody archived still claims its deal, and nobody is chased for it.

An issued invoice is only cancelled by a credit note, and nothing is left to pay: both stand in the books.
"""
_REVISIONS: tuple[int, ...] = (1, 2)
"""Those that are looked for at first while nobody knows the customer, whose own list has all."""
_OTHERS = frozenset(
    (
        "credit_note",
        "proforma",
        "shipping_order",
        "purchasing_order",
        "estimate_pending",
        "estimate_accepted",
        "estimate_invoiced",
        "estimate_denied",
    )
)
"""What stands among the invoices and is none (pennylane page, section 2)."""


class Invoices:
    def __init__(
        self, api: PennylaneApi, customers: Customers, codes: VatCodes, clock: BusinessClock
    ) -> None:
        self._api = api
        self._customers = customers
        self._codes = codes
        self._clock = clock

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

    async def create_draft(self, order: InvoiceOrder) -> Invoice:
        """Create the draft with its lines; one that has our reference already is returned (section 1.5)."""
        deal = order.reference.deal
        self._prove_due(order.due_on, f"of deal {deal}")
        number(order.customer_id, "customer")
        body = draft_body(order, self._codes)
        try:
            made = await self._api.write(
                f"create the draft of deal {deal}", INVOICES, "POST", PATH, PennylaneInvoice, content=body
            )
        except Permanent as refused:
            same = await self._under(str(order.reference)) if refused.code in DUPLICATE else []
            if len(same) != 1:
                raise
            return await self.whole(same[0])
        return await self.whole(made)

    async def set_lines(self, invoice_id: str, order: InvoiceOrder) -> Invoice:
        """Leave a draft alone that was made from this order: it was made with its lines."""
        draft = await self.retrieve(invoice_id)
        if draft.draft and content_of(draft.label) == order.content_hash:
            return await self.whole(draft)
        raise Permanent(
            f"The Pennylane draft {draft.id} was made from something else than deal "
            f"{order.reference.deal} as it is now. Delete the draft in Pennylane.",
            code="draft_not_empty",
            field="lines",
        )

    async def discard_draft(self, invoice_id: str) -> None:
        """Delete a draft; one that is gone already is fine."""
        try:
            path = f"{PATH}/{number(invoice_id, 'invoice')}"
            await self._api.do(f"delete the draft {invoice_id}", INVOICES, "DELETE", path)
        except NotFound:
            return

    async def finalise(self, invoice_id: str) -> Invoice:
        """Issue the draft under today's date; one that is issued already is returned.

        Pennylane refuses a date before that of the invoice issued last (section 1.4), and a draft may have
        waited. Its label says what the draft was made from until it is issued for certain; then it goes, so
        that Pennylane writes its own into the books.
        """
        draft = await self.retrieve(invoice_id)
        if not draft.draft:
            return await self._unmarked(draft)
        today = self._clock.date_of(datetime.now(UTC))
        if draft.deadline:
            self._prove_due(draft.deadline, f"of the draft {invoice_id}")
        if draft.date != today:
            await self._change(draft, f"date the draft {invoice_id} today", {"date": today.isoformat()})
        what = f"finalise the invoice {invoice_id}"
        try:
            await self._api.do(what, INVOICES, "PUT", f"{PATH}/{draft.id}/finalize")
        except Permanent:
            # No page says what a repeat is answered with; an earlier request may have come through.
            if (again := await self.retrieve(invoice_id)).draft:
                raise
            return await self._unmarked(again)
        return await self._unmarked(await self.retrieve(invoice_id))

    async def _unmarked(self, issued: PennylaneInvoice) -> Invoice:
        """Take our label off an issued invoice; that it cannot be is no reason to doubt the invoice."""
        if content_of(issued.label):
            with suppress(Permanent):
                issued = await self._change(
                    issued, f"take the label off invoice {issued.id}", {"label": None}
                )
        return await self.whole(issued)

    async def _change(self, found: PennylaneInvoice, what: str, content: dict[str, Any]) -> PennylaneInvoice:
        path = f"{PATH}/{found.id}"
        return await self._api.write(what, INVOICES, "PUT", path, PennylaneInvoice, content=content)

    async def send(self, invoice_id: str) -> None:
        """Have it e-mailed to its customer's first address. Raises `RateLimited` while there is no PDF yet.

        Without a recipient, Pennylane would send it to all of them (section 1.1).
        """
        path = f"{PATH}/{number(invoice_id, 'invoice')}/send_by_email"
        customer = await self._customer_of(await self.retrieve(invoice_id))
        recipients = [email] if customer and (email := email_of(customer)) else []
        what = f"e-mail the invoice {invoice_id}"
        try:
            await self._api.do(what, INVOICES, "POST", path, content={"recipients": recipients})
        except Permanent as refused:
            if refused.code != CONFLICT:
                raise
            raise no_pdf_yet(invoice_id) from refused

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
                "totals": glimpsed.totals.model_copy(update={"vat": _vat(found, lines)}),
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
        customer = await self._customer_of(found) if found.draft else None
        if customer is None:
            return None
        return Buyer(
            name=customer.shown_name,
            email=email_of(customer),
            address=address_of(customer),
            identifiers=tuple(each for each in (customer.reg_no, customer.vat_number) if each),
        )

    async def _customer_of(self, found: PennylaneInvoice) -> PennylaneCustomer | None:
        return await self._customers.read(str(found.customer.id)) if found.customer else None

    def _prove_due(self, due_on: date, which: str) -> None:
        if due_on < self._clock.date_of(datetime.now(UTC)):
            raise Permanent(
                f"The due date of the invoice {which} has passed.", code=DUE_DATE_PAST, field="deadline"
            )

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
                tasks = [group.create_task(self._under(each)) for each in wanted]
            found += [each for task in tasks for each in task.result()]
            if not any(task.result() for task in tasks[-len(parts) :]):
                return found
            revisions = (revisions[-1] + 1,)

    async def _under(self, reference: str) -> list[PennylaneInvoice]:
        """Return what has exactly this reference; several, should Pennylane allow that (section 1.5)."""
        filters: list[Filter] = [("external_reference", "eq", reference)]
        listed = self.each(f"look for the invoice {reference}", filters)
        return [each async for each in listed if each.external_reference == reference]


def no_pdf_yet(invoice_id: str) -> RateLimited:
    """Return the error for what has to wait until Pennylane made the PDF: some minutes (section 1.1)."""
    return RateLimited(
        f"Pennylane is still making the PDF of the invoice {invoice_id}.", retry_after=timedelta(minutes=1)
    )


def of_customer(customer_id: int | str) -> Filter:
    return ("customer_id", "eq", str(customer_id))


def state_of(found: PennylaneInvoice) -> InvoiceState:
    state = _STATES.get(found.status)
    if state is None:
        raise Poison(f"The Pennylane invoice {found.id} has the unknown status {found.status!r}.")
    if found.draft:
        return InvoiceState.DRAFT
    return InvoiceState.PAID if state is InvoiceState.OPEN and found.paid else state


def is_invoice(found: PennylaneInvoice) -> bool:
    """Whether a list's item is an invoice that can be read: no credit note, estimate or order."""
    return found.status in _STATES and not is_other(
        found.status, found.credited_invoice, found.currency_amount
    )


def is_other(status: str, credited: Named | None, gross: Decimal) -> bool:
    """Whether it is another document: a credit note, linked or not, an estimate or an order."""
    return status in _OTHERS or credited is not None or gross < 0


def money(amount: Decimal, found: PennylaneInvoice) -> Money:
    """Read an amount. Raises `Poison` when its currency knows no such fraction."""
    try:
        return Money(amount=amount, currency=found.currency)
    except ValidationError as error:
        raise Poison(
            f"The Pennylane invoice {found.id} has an amount of a form that its currency does not know."
        ) from error


def _is_of(found: PennylaneInvoice, deal: DealRef, invoice_id: str | None) -> bool:
    reference = reference_of(found.external_reference)
    # Without a reference of ours, our own link still counts, or the deal would be invoiced a second time.
    return reference.deal == deal if reference else str(found.id) == invoice_id


def _deposit(found: PennylaneInvoice) -> bool:
    reference = reference_of(found.external_reference)
    return reference is not None and reference.part is Part.DEPOSIT


def _vat(found: PennylaneInvoice, lines: Sequence[Line]) -> tuple[VatTotal, ...]:
    """Sum up the lines' VAT by rate. Where the invoice has another sum than its lines, rates were rounded."""
    bases: dict[Decimal, Decimal] = defaultdict(Decimal)
    taxes: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        if (rate := percent_of(line)) is None:
            raise Poison(
                f"The Pennylane invoice {found.id} has the VAT code {line.vat_rate!r}, which says no rate."
            )
        bases[rate] += line.currency_amount_before_tax
        taxes[rate] += line.currency_tax
    if sum(taxes.values(), Decimal(0)) != found.currency_tax:
        decimals = exponent(found.currency)
        by_rate = {rate: round_half_up(base * rate / 100, decimals) for rate, base in bases.items()}
        if sum(by_rate.values(), Decimal(0)) == found.currency_tax:
            taxes = defaultdict(Decimal, by_rate)
    return tuple(
        VatTotal(rate=rate, base=money(bases[rate], found), vat=money(taxes[rate], found))
        for rate in sorted(bases)
    )
