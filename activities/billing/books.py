"""Reading what the billing system and our links know of a deal: one phase, one activity."""

import asyncio
from datetime import date
from decimal import Decimal

from temporalio import activity

from activities.records.memory import confirmation_key
from raccord.connectors.billing import BillingReader
from raccord.domain.customer.matching import CustomerChoice, Evidence, choose_customer
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoicedLine, Part, last_withdrawn, live_invoices
from raccord.domain.values.parties import CustomerProfile
from raccord.records.claims import Claims
from raccord.records.links import DealLink, Links

OURS = (Evidence.LINK, Evidence.REFERENCE)
"""What proves a customer without a trace to be left on it first."""


class BooksQuery(Value):
    """What to look up for one deal. Without a profile only the deal's own invoices are read."""

    billing: str
    deal: DealRef
    merged: tuple[DealRef, ...] = ()
    """Deals that the CRM united into this one."""
    profile: CustomerProfile | None = None
    rates: tuple[str, ...] = ()
    """The distinct VAT rates (percent, as text) of the invoice to be."""
    since: date | None = None
    until: date | None = None
    """The days within which an invoice of the same sale may have been written by hand."""
    customer_id: str | None = None
    """The customer, once it is known."""
    balance: bool = False
    """Whether an issued deposit is to be followed by its balance."""


class Books(Value):
    """What was found. After the invoice that is issued last nothing more is looked for."""

    link: DealLink
    invoices: tuple[Invoice, ...] = ()
    """Every invoice that carries our reference of the deal, or that a person said is the deal's."""
    identities: tuple[str, ...] = ()
    """Our identities of the issued invoice's customer."""
    companies: tuple[str, ...] = ()
    """The CRM's companies, `<connection>:<id>`, that are that customer."""
    profile: CustomerProfile | None = None
    """The profile under the identity that its customer has: its site's, once a person said so."""
    customer: CustomerChoice = CustomerChoice()
    united: tuple[Invoice, ...] = ()
    """Invoices of the merged deals that still count."""
    of_customer: tuple[Invoice, ...] = ()
    """The customer's invoices of the days asked for, ours or not."""
    missing_rates: tuple[str, ...] = ()

    @property
    def deposit(self) -> Invoice | None:
        """The issued deposit that counts, by our reference or by our records."""
        return next((i for i in live_invoices(self.invoices) if is_deposit(i, self.link)), None)

    @property
    def standing(self) -> Invoice | None:
        """The one invoice that claims the deal, or what the deposit left of it; several are for a person to
        settle before this is asked.
        """
        deposit = self.deposit
        others = (i for i in live_invoices(self.invoices) if deposit is None or i.id != deposit.id)
        return next(others, None)

    @property
    def withdrawn(self) -> Invoice | None:
        """The last one that was issued and counts no more, of the part that is invoiced next."""
        if self.deposit is None:
            return last_withdrawn(self.invoices)
        return last_withdrawn(tuple(i for i in self.invoices if not _was_deposit(i, self.link)))

    @property
    def issued(self) -> Invoice | None:
        """The invoice that claims the deal, once it is issued."""
        return self.standing if self.standing and self.standing.finalised else None

    @property
    def proven_customer(self) -> bool:
        """Whether the customer is known for certain and nothing has to be written to use it."""
        return self.customer.customer is not None and self.customer.evidence in OURS


class InvoiceQuery(Value):
    """One invoice of the billing system."""

    invoice_id: str


class BillingReads:
    """Reading only: safe in every mode."""

    def __init__(self, billing: BillingReader, links: Links, claims: Claims) -> None:
        self._billing = billing
        self._links = links
        self._claims = claims

    @activity.defn(name="billing.read_books")
    async def read_books(self, wanted: BooksQuery) -> Books:
        """Read all that decides what is to be done about a deal's invoice."""
        link = await self._links.deal(wanted.deal, wanted.billing)
        profile = await self._as_known(wanted.profile)
        invoices = await self._invoices(wanted, link, wanted.customer_id)
        counting = (i for i in live_invoices(invoices) if i.finalised)
        if issued := next((i for i in counting if not (wanted.balance and is_deposit(i, link))), None):
            its = issued.customer_id, wanted.billing
            identities, companies = await self._links.identities(*its), await self._links.companies_of(*its)
            return Books(link=link, invoices=invoices, identities=identities, companies=companies)
        if profile is None:
            return Books(link=link, invoices=invoices)
        choice = CustomerChoice()
        if wanted.customer_id is None:
            choice = await find_customer(self._billing, self._links, wanted.billing, profile)
        books = Books(link=link, invoices=invoices, profile=profile, customer=choice)
        return await self._completed(books, wanted)

    async def _as_known(self, profile: CustomerProfile | None) -> CustomerProfile | None:
        site = profile.site if profile else None
        if site is None:
            return profile
        own = confirmation_key(site.identity.reference, site.crm_company)
        return site if await self._claims.holder(own) is not None else profile

    async def _invoices(
        self, wanted: BooksQuery, link: DealLink, customer_id: str | None
    ) -> tuple[Invoice, ...]:
        found = await self._billing.invoices_of(
            wanted.deal, customer_id=customer_id or link.customer_id, invoice_id=link.invoice_id
        )
        known = (link.invoice_id if link.adopted else None, link.deposit_id)
        unmarked = [id for id in known if id and id not in {i.id for i in found}]
        return (*found, *[await self._billing.read_invoice(id) for id in unmarked])

    async def _completed(self, books: Books, wanted: BooksQuery) -> Books:
        """Add what only a deal without an issued invoice needs."""
        proven = books.customer.customer if books.proven_customer else None
        customer_id = wanted.customer_id or (proven.id if proven else None)
        # The customer's own list shows at once what the search by reference may miss for a minute.
        again = customer_id is not None and customer_id not in (wanted.customer_id, books.link.customer_id)
        invoices, of_customer, united, missing = await asyncio.gather(
            self._invoices(wanted, books.link, customer_id) if again else _as_it_is(books.invoices),
            self._of_customer(customer_id, wanted),
            self._united(wanted),
            self._missing(wanted.rates),
        )
        more = {"invoices": invoices, "of_customer": of_customer, "united": united, "missing_rates": missing}
        return books.model_copy(update=more)

    async def _of_customer(self, customer_id: str | None, wanted: BooksQuery) -> tuple[Invoice, ...]:
        if customer_id is None or wanted.since is None or wanted.until is None:
            return ()
        return await self._billing.invoices_of_customer(customer_id, since=wanted.since, until=wanted.until)

    async def _united(self, wanted: BooksQuery) -> tuple[Invoice, ...]:
        found: list[Invoice] = []
        known = await self._links.united_with(wanted.deal, wanted.billing)
        remembered = tuple(DealRef(connection=wanted.deal.connection, id=id) for id in known)
        for merged in dict.fromkeys((*wanted.merged, *remembered)):
            link = await self._links.deal(merged, wanted.billing)
            found += await self._billing.invoices_of(
                merged, customer_id=link.customer_id, invoice_id=link.invoice_id
            )
        return live_invoices(tuple(found))

    async def _missing(self, rates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple([r for r in rates if await self._billing.find_vat_rate(Decimal(r)) is None])

    @activity.defn(name="billing.invoiced_lines")
    async def invoiced_lines(self, wanted: InvoiceQuery) -> tuple[InvoicedLine, ...]:
        """Return what an invoice bills, line by line."""
        return await self._billing.invoiced_lines(wanted.invoice_id)


def _was_deposit(invoice: Invoice, link: DealLink) -> bool:
    return invoice.part is Part.DEPOSIT or invoice.id == link.deposit_id


def is_deposit(invoice: Invoice, link: DealLink) -> bool:
    """Whether this is an issued deposit: its reference says so, or our records where that was taken off."""
    return invoice.finalised and _was_deposit(invoice, link)


async def _as_it_is(invoices: tuple[Invoice, ...]) -> tuple[Invoice, ...]:
    return invoices


async def find_customer(
    billing: BillingReader, links: Links, connection: str, profile: CustomerProfile
) -> CustomerChoice:
    """Find the customer of a profile: one proven, or candidates for a person, or neither."""
    linked = await links.customer(profile.identity.reference, connection)
    found = await billing.find_customers(profile, linked_id=linked)
    return choose_customer(found, profile, linked)
