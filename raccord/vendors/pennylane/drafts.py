"""What a draft is made of, and what becomes of it: issued, or gone."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from raccord.connectors.errors import DUE_DATE_PAST, NotFound, Permanent
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import Invoice, InvoiceOrder
from raccord.vendors.pennylane.api import INVOICES, PennylaneApi, number
from raccord.vendors.pennylane.errors import DUPLICATE
from raccord.vendors.pennylane.invoices import PATH, Invoices
from raccord.vendors.pennylane.orders import content_of, draft_body
from raccord.vendors.pennylane.vat import VatCodes
from raccord.vendors.pennylane.wire import PennylaneInvoice


class Drafts:
    def __init__(self, api: PennylaneApi, invoices: Invoices, codes: VatCodes, clock: BusinessClock) -> None:
        self._api = api
        self._invoices = invoices
        self._codes = codes
        self._clock = clock

    async def create(self, order: InvoiceOrder) -> Invoice:
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
            same = await self._invoices.under(str(order.reference)) if refused.code in DUPLICATE else []
            if len(same) != 1:
                raise
            return await self._invoices.whole(same[0])
        return await self._invoices.whole(made)

    async def set_lines(self, invoice_id: str, order: InvoiceOrder) -> Invoice:
        """Leave a draft alone that was made from this order: it was made with its lines."""
        draft = await self._invoices.retrieve(invoice_id)
        if draft.draft and content_of(draft.label) == order.content_hash:
            return await self._invoices.whole(draft)
        raise Permanent(
            f"The Pennylane draft {draft.id} was made from something else than deal "
            f"{order.reference.deal} as it is now. Delete the draft in Pennylane.",
            code="draft_not_empty",
            field="lines",
        )

    async def discard(self, invoice_id: str) -> None:
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
        draft = await self._invoices.retrieve(invoice_id)
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
            if (again := await self._invoices.retrieve(invoice_id)).draft:
                raise
            return await self._unmarked(again)
        return await self._unmarked(await self._invoices.retrieve(invoice_id))

    async def _unmarked(self, issued: PennylaneInvoice) -> Invoice:
        """Take our label off an issued invoice; that it cannot be is no reason to doubt the invoice."""
        if content_of(issued.label):
            with suppress(Permanent):
                issued = await self._change(
                    issued, f"take the label off invoice {issued.id}", {"label": None}
                )
        return await self._invoices.whole(issued)

    async def _change(self, found: PennylaneInvoice, what: str, content: dict[str, Any]) -> PennylaneInvoice:
        path = f"{PATH}/{found.id}"
        return await self._api.write(what, INVOICES, "PUT", path, PennylaneInvoice, content=content)

    def _prove_due(self, due_on: date, which: str) -> None:
        if due_on < self._clock.date_of(datetime.now(UTC)):
            raise Permanent(
                f"The due date of the invoice {which} has passed.", code=DUE_DATE_PAST, field="deadline"
            )
