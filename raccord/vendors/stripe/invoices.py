"""Invoices: found by our reference, read with their exact totals, written one step at a time."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from raccord.connectors.errors import NotFound, Permanent, Poison
from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Buyer, Invoice, InvoiceOrder, InvoiceState
from raccord.domain.values.totals import Totals, VatTotal
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.credit_notes import credit_notes_of, credited
from raccord.vendors.stripe.customers import address_of, quoted
from raccord.vendors.stripe.errors import MISSING, empty_when_gone
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.orders import CONTENT, DEAL, draft_body, lines_body, reference_of
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.vat import VatRates
from raccord.vendors.stripe.wire import (
    Deleted,
    FoundInvoice,
    InvoicePage,
    Line,
    LinePage,
    StripeInvoice,
    Tax,
)

READ, WRITE = "Invoices: Read", "Invoices: Write"
OWED = {"status": "open", "collection_method": "send_invoice"}
"""What finds those that are issued, not given up, and paid by the customer's own doing (Stripe docs:
api/invoices/list)."""


class Invoices:
    """The invoices of one Stripe account."""

    def __init__(
        self, api: StripeApi, rates: VatRates, clock: BusinessClock, settings: StripeSettings
    ) -> None:
        self._api = api
        self._settings = settings
        self._rates = rates
        self._clock = clock

    async def of_deal(
        self, deal: DealRef, customer_id: str | None, invoice_id: str | None
    ) -> tuple[Invoice, ...]:
        """Return every invoice that carries the deal's reference, each once, as it is now.

        The customer's list is immediate; search lags but also sees another customer's invoices.
        """
        known, listed, searched = await asyncio.gather(
            self._found(invoice_id), self._of_customer(customer_id), self._search(deal)
        )
        fresh = {i.id: i for i in (*known, *listed)}
        for id_ in searched:
            if id_ not in fresh:
                fresh.update({i.id: i for i in await self._found(id_)})
        return tuple([await self._as_invoice(i) for i in fresh.values() if _is_of(i, deal, invoice_id)])

    async def read(self, invoice_id: str) -> Invoice:
        return await self._as_invoice(await self.retrieve(invoice_id))

    async def retrieve(self, invoice_id: str) -> StripeInvoice:
        """Read one invoice as Stripe holds it. Raises `NotFound`."""
        answer = await self._api.get(
            Operation(f"read the invoice {invoice_id}", READ), ("invoices", invoice_id), FoundInvoice
        )
        if isinstance(answer.root, Deleted):
            raise NotFound(f"The Stripe invoice {invoice_id} was deleted.", code=MISSING)
        return answer.root

    async def create_draft(self, order: InvoiceOrder, key: str) -> Invoice:
        drafted = await self._api.post(
            Operation(f"create the draft of deal {order.reference.deal}", WRITE, write=True),
            "invoices",
            StripeInvoice,
            draft_body(order, self._clock, country=self._settings.vat_country),
            key=key,
        )
        return await self._as_invoice(drafted)

    async def set_lines(self, invoice_id: str, order: InvoiceOrder, key: str) -> Invoice:
        """Add all lines and the content hash in one request; a draft that has them is left alone."""
        draft = await self.retrieve(invoice_id)
        if draft.lines.data:
            return await self._already_filled(draft, order)
        rates = {line.vat_rate for line in order.lines}
        known = await self._rates.ids(rates)
        try:
            filled = await self._add(invoice_id, order, known, key)
        except Permanent:
            # A rate may have been archived since it was found: that is looked at again, once.
            self._rates.forget()
            if (current := await self._rates.ids(rates)) == known:
                raise
            filled = await self._add(invoice_id, order, current, f"{key}/rates")
        return await self._as_invoice(filled)

    async def _add(
        self, invoice_id: str, order: InvoiceOrder, tax_rates: dict[Decimal, str], key: str
    ) -> StripeInvoice:
        return await self._api.post(
            Operation(f"put {len(order.lines)} lines on the draft {invoice_id}", WRITE, write=True),
            ("invoices", invoice_id, "add_lines"),
            StripeInvoice,
            lines_body(order, tax_rates),
            key=key,
        )

    async def discard_draft(self, invoice_id: str) -> None:
        """Delete a draft; one that is gone already is fine."""
        try:
            await self._api.delete(
                Operation(f"delete the draft {invoice_id}", WRITE, write=True),
                ("invoices", invoice_id),
                Deleted,
            )
        except NotFound:
            return

    async def finalise(self, invoice_id: str, key: str) -> Invoice:
        """Issue the draft. `auto_advance` stays off: Stripe then sends no reminder of its own."""
        issued = await self._api.post(
            Operation(f"finalise the invoice {invoice_id}", WRITE, write=True),
            ("invoices", invoice_id, "finalize"),
            StripeInvoice,
            {"auto_advance": False},
            key=key,
        )
        return await self._as_invoice(issued)

    async def _already_filled(self, draft: StripeInvoice, order: InvoiceOrder) -> Invoice:
        if (draft.metadata or {}).get(CONTENT) == order.content_hash:
            return await self._as_invoice(draft)
        raise Permanent(
            f"The Stripe draft {draft.id} already has lines that are not those of deal "
            f"{order.reference.deal} as it is now. Delete the draft, or its lines, in Stripe.",
            code="draft_not_empty",
            field="lines",
        )

    async def _found(self, invoice_id: str | None) -> list[StripeInvoice]:
        if not invoice_id:
            return []
        try:
            return [await self.retrieve(invoice_id)]
        except NotFound:
            return []

    async def _of_customer(self, customer_id: str | None) -> list[StripeInvoice]:
        if not customer_id:
            return []
        with empty_when_gone():
            return [i async for i in self._list(customer_id)]
        return []

    def _list(self, customer_id: str) -> AsyncIterator[StripeInvoice]:
        return self._api.pages(
            Operation(f"list the invoices of customer {customer_id}", READ),
            "invoices",
            InvoicePage,
            {"customer": customer_id},
        )

    async def _search(self, deal: DealRef) -> list[str]:
        query = f"metadata['{DEAL}']:{quoted(str(deal))}"
        pages = self._api.pages(
            Operation(f"search the invoices of deal {deal}", READ),
            ("invoices", "search"),
            InvoicePage,
            {"query": query},
        )
        return [invoice.id async for invoice in pages]

    async def all_lines(self, invoice: StripeInvoice) -> tuple[Line, ...]:
        """Return every line: an invoice holds only its first ten."""
        if not invoice.lines.has_more:
            return invoice.lines.data
        pages = self._api.pages(
            Operation(f"list the lines of invoice {invoice.id}", READ),
            ("invoices", invoice.id, "lines"),
            LinePage,
        )
        return tuple([line async for line in pages])

    async def _as_invoice(self, found: StripeInvoice) -> Invoice:
        lines, glimpsed = await self.all_lines(found), self.glimpse(found)
        return glimpsed.model_copy(
            update={
                "totals": glimpsed.totals.model_copy(update={"vat": await self._vat(found, lines)}),
                "line_count": len(lines),
                "content_hash": (found.metadata or {}).get(CONTENT),
                "credit_notes": await credit_notes_of(self._api, found),
            }
        )

    def glimpse(self, found: StripeInvoice) -> Invoice:
        """Return what needs no further request: without VAT by rate, lines and credit notes' numbers."""
        currency, net = found.currency.upper(), found.total_excluding_tax
        if net is None:
            net = found.total - sum(tax.amount for tax in found.total_taxes or ())
        return Invoice(
            id=found.id,
            state=state_of(found),
            customer_id=found.customer or "",
            reference=reference_of(found.metadata or {}),
            page=self._settings.page_of(found.id),
            number=found.number,
            url=found.hosted_invoice_url,
            currency=currency,
            totals=Totals(net=of_minor(net, currency), vat=(), gross=of_minor(found.total, currency)),
            credited=of_minor(credited(found), currency),
            due_on=self.date_of(found.due_date),
            issued_on=self.date_of(found.status_transitions.finalized_at),
            buyer=_buyer(found),
        )

    async def _vat(self, found: StripeInvoice, lines: tuple[Line, ...]) -> tuple[VatTotal, ...]:
        """Read the VAT that Stripe computed; nothing is computed again here but sums per rate."""
        vat: dict[Decimal, int] = defaultdict(int)
        bases: dict[Decimal, int] = defaultdict(int)
        for tax in found.total_taxes or ():
            percent = await self._percent(found, tax)
            vat[percent] += tax.amount
            bases[percent] += _base(tax, lines)
        return tuple(
            VatTotal(
                rate=rate,
                base=of_minor(bases[rate], found.currency),
                vat=of_minor(vat[rate], found.currency),
            )
            for rate in sorted(vat)
        )

    async def _percent(self, found: StripeInvoice, tax: Tax) -> Decimal:
        if tax.tax_rate_details is None:
            raise Poison(
                f"The Stripe invoice {found.id} holds a tax without a tax rate; correct it in Stripe."
            )
        return await self._rates.percent(tax.tax_rate_details.tax_rate)

    def date_of(self, unix: int | None) -> date | None:
        return None if unix is None else self._clock.date_of(datetime.fromtimestamp(unix, UTC))


def _is_of(found: StripeInvoice, deal: DealRef, invoice_id: str | None) -> bool:
    # Metadata can be edited in the Dashboard: without a reference, our own link still counts, or
    # the deal would be invoiced a second time.
    unmarked = str(deal) if found.id == invoice_id else None
    return ((found.metadata or {}).get(DEAL) or unmarked) == str(deal)


def _base(tax: Tax, lines: Iterable[Line]) -> int:
    if tax.taxable_amount is not None:
        return tax.taxable_amount
    return sum(
        line.amount if part.taxable_amount is None else part.taxable_amount
        for line in lines
        for part in line.taxes or ()
        if part.tax_rate_details == tax.tax_rate_details
    )


def state_of(found: StripeInvoice) -> InvoiceState:
    try:
        return InvoiceState(found.status)
    except ValueError as error:
        raise Poison(f"The Stripe invoice {found.id} has the unknown status {found.status!r}.") from error


def _buyer(found: StripeInvoice) -> Buyer:
    """Stripe docs: until the invoice is finalised, these fields equal those of the customer."""
    return Buyer(
        name=found.customer_name or "",
        email=found.customer_email or "",
        address=address_of(found.customer_address),
        identifiers=tuple(each.value for each in found.customer_tax_ids or () if each.value),
    )
