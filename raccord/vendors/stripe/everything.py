"""Listing every issued invoice, every credit note and every customer, page after page."""

from datetime import date

from raccord.connectors.errors import Poison
from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.listed import (
    CreditNotePage,
    CustomerPage,
    InvoicePage,
    ListedCreditNote,
    ListedInvoice,
)
from raccord.vendors.stripe import wire, wire_movements, wire_parties
from raccord.vendors.stripe.api import PAGE_SIZE, StripeApi
from raccord.vendors.stripe.credit_notes import CREDIT_NOTES
from raccord.vendors.stripe.customers import as_customer
from raccord.vendors.stripe.invoices import READ, Invoices
from raccord.vendors.stripe.listing import DRAFTED
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.payments import instant

_CUSTOMERS = Operation("list the customers", "Customers: Read")
_CREDIT_NOTES = Operation("list the credit notes", f"{CREDIT_NOTES} and {READ}")
_INVOICES = Operation("list the invoices", READ)


class Everything:
    """Lists one account; a part is one request, the newest first (Stripe docs: api/pagination)."""

    def __init__(self, api: StripeApi, invoices: Invoices, clock: BusinessClock) -> None:
        self._api = api
        self._invoices = invoices
        self._clock = clock

    async def invoices(self, since: date, after: str) -> InvoicePage:
        """Stripe lists by the instant of creation alone: a draft that waited over a quarter is not seen."""
        begun = int(self._clock.end_of(since - DRAFTED - DAY).timestamp()) + 1
        wanted = {"created": {"gte": begun}, "limit": PAGE_SIZE, **onward(after)}
        page = await self._api.get(_INVOICES, "invoices", wire.InvoicePage, wanted)
        found, unreadable = [], []
        for each in page.data:
            try:
                listed = listed_as(self._invoices, each)
            except Poison:
                unreadable.append(each.id)
                continue
            issued = listed.invoice.issued_on
            if listed.invoice.state is not InvoiceState.DRAFT and issued and issued >= since:
                found.append(listed)
        return InvoicePage(invoices=tuple(found), unreadable=tuple(unreadable), after=last_of(page))

    async def credit_notes(self, since: date, after: str) -> CreditNotePage:
        """List them with their invoices, in the same request.

        One may bear another date than that of its creation; as of a draft, a quarter between both is seen.
        """
        begun = int(self._clock.end_of(since - DRAFTED - DAY).timestamp()) + 1
        wanted = {"created": {"gte": begun}, "limit": PAGE_SIZE, "expand": ["data.invoice"], **onward(after)}
        page = await self._api.get(_CREDIT_NOTES, "credit_notes", wire_movements.CreditNotesListed, wanted)
        found, unreadable = [], []
        for each in page.data:
            try:
                note = self._credit_note(each)
            except Poison:
                unreadable.append(each.id)
                continue
            if note and note.issued_on >= since:
                found.append(note)
        return CreditNotePage(notes=tuple(found), unreadable=tuple(unreadable), after=last_of(page))

    async def customers(self, after: str) -> CustomerPage:
        """List customers with the first page of their tax ids, which is all of nearly everybody's."""
        wanted = {"limit": PAGE_SIZE, "expand": ["data.tax_ids"], **onward(after)}
        page = await self._api.get(_CUSTOMERS, "customers", wire_parties.CustomerPage, wanted)
        found = [as_customer(each, each.tax_ids.data if each.tax_ids else ()) for each in page.data]
        return CustomerPage(customers=tuple(found), after=last_of(page))

    def _credit_note(
        self, found: wire_movements.ListedCreditNote | wire.Identified
    ) -> ListedCreditNote | None:
        """Return an issued one. Raises `Poison`."""
        if not isinstance(found, wire_movements.ListedCreditNote):
            raise Poison(f"Stripe's {found.id} has a form that Stripe does not document.")
        if found.status != "issued":
            return None
        net = found.total_excluding_tax
        if net is None:
            net = found.total - sum(tax.amount for tax in found.total_taxes or ())
        return ListedCreditNote(
            id=found.id,
            number=found.number,
            issued_on=self._clock.date_of(instant(found.effective_at or found.created)),
            net=of_minor(net, found.currency),
            gross=of_minor(found.total, found.currency),
            invoice=self._invoices.glimpse(found.invoice),
        )


def listed_as(invoices: Invoices, found: wire.StripeInvoice) -> ListedInvoice:
    """Return an invoice as lists show it. Raises `Poison`."""
    glimpsed = invoices.glimpse(found)
    owed = found.amount_remaining if found.status in ("open", "uncollectible") else 0
    return ListedInvoice(invoice=glimpsed, due=of_minor(owed or 0, glimpsed.currency))


def onward(after: str) -> dict[str, str]:
    return {"starting_after": after} if after else {}


def last_of(page: wire.Page[wire.ObjectT]) -> str:
    """Return behind which id a list goes on; empty where it ends."""
    return page.data[-1].id if page.has_more and page.data else ""
