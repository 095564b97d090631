"""Listing every issued invoice and every customer, page after page."""

from datetime import date

from raccord.connectors.errors import Poison
from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.listed import CustomerPage, InvoicePage, ListedInvoice
from raccord.vendors.stripe import wire, wire_parties
from raccord.vendors.stripe.api import PAGE_SIZE, StripeApi
from raccord.vendors.stripe.customers import as_customer
from raccord.vendors.stripe.invoices import READ, Invoices
from raccord.vendors.stripe.listing import DRAFTED
from raccord.vendors.stripe.money import of_minor

_CUSTOMERS = Operation("list the customers", "Customers: Read")
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

    async def customers(self, after: str) -> CustomerPage:
        """List customers with the first page of their tax ids, which is all of nearly everybody's."""
        wanted = {"limit": PAGE_SIZE, "expand": ["data.tax_ids"], **onward(after)}
        page = await self._api.get(_CUSTOMERS, "customers", wire_parties.CustomerPage, wanted)
        found = [as_customer(each, each.tax_ids.data if each.tax_ids else ()) for each in page.data]
        return CustomerPage(customers=tuple(found), after=last_of(page))


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
