"""Reading an invoice's money together with all that is invoiced to the same deal."""

import asyncio

from temporalio import activity

from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import NotFound
from raccord.domain.payment.standing import Known, Standing, standing_of
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.payment import InvoiceMoney
from raccord.records.answers import Answers
from raccord.records.links import Links
from raccord.records.payments import Payments
from raccord.records.records import Records
from raccord.records.work import together


class MoneyQuery(Value):
    """Which invoice, and of which CRM its deal is."""

    invoice_id: str
    crm: str


class LeftDeal(Value):
    """A deal that still shows an invoice which is another's, or no deal's, and what is invoiced to it."""

    deal: DealRef
    every: tuple[InvoiceMoney, ...]


class MoneyBooks(Value):
    """An invoice's money, its deal where records or the invoice itself name one, and that deal's others."""

    money: InvoiceMoney
    known: Known
    deal: DealRef | None = None
    others: tuple[InvoiceMoney, ...] = ()
    """The deal's other issued invoices."""
    left: LeftDeal | None = None
    """The deal that shows the invoice, where it is not `deal`."""
    companies: tuple[str, ...] = ()
    """The CRM's companies that are this customer, `<connection>:<id>`."""
    of_no_deals: bool = False
    """A person said that what this customer is invoiced by hand is never a deal's."""

    @property
    def every(self) -> tuple[InvoiceMoney, ...]:
        return (self.money, *self.others)

    @property
    def standing(self) -> Standing:
        return standing_of(self.money, self.known.standing)

    @property
    def seen(self) -> tuple[object, ...]:
        """The same as long as nothing of the money changed; links and pages change at each reading."""
        left = (self.left.deal, *map(_seen, self.left.every)) if self.left else ()
        return (self.deal, *map(_seen, self.every), *left)


def _seen(money: InvoiceMoney) -> tuple[object, ...]:
    invoice = money.invoice
    standing = standing_of(money).model_dump_json()
    return (invoice.id, invoice.state, invoice.number, standing, money.paid_at, invoice.due_on)


NO_DEALS = "invoices_by_hand"
"""The topic of a person's answer about a customer of the billing system."""


def customer_of(billing: str, customer_id: str) -> str:
    """Name a customer of the billing system where answers about companies are kept."""
    return f"{billing}:{customer_id}"


class MoneyReads:
    def __init__(self, billing: BillingReader, records: Records, connection: str) -> None:
        self._billing = billing
        self._links: Links = records.links
        self._payments: Payments = records.payments
        self._answers: Answers = records.answers
        self._connection = connection

    @activity.defn(name="payment.read")
    async def read(self, wanted: MoneyQuery) -> MoneyBooks:
        """Read an invoice's money and its deal's other invoices. Fails with `NotFound` when it is gone."""
        money = await self._billing.read_money(wanted.invoice_id)
        invoice, connection = money.invoice, self._connection
        known, linked, companies, said = await together(
            self._payments.known(invoice.id, connection),
            self._links.deal_of_invoice(invoice.id, connection),
            self._links.companies_of(invoice.customer_id, connection),
            self._answers.of((customer_of(connection, invoice.customer_id),)),
        )
        named = invoice.reference.deal if invoice.reference else None
        deal = next(
            (each for each in (known.deal, linked, named) if each and each.connection == wanted.crm), None
        )
        others = await self._others(deal, money) if deal and invoice.finalised else ()
        shown = known.shown
        left = shown if shown and shown != deal and shown.connection == wanted.crm else None
        return MoneyBooks(
            money=money,
            known=known,
            deal=deal,
            others=others,
            left=LeftDeal(deal=left, every=await self._others(left, money)) if left else None,
            companies=tuple(each for each in companies if each.startswith(f"{wanted.crm}:")),
            of_no_deals=NO_DEALS in said,
        )

    async def _others(self, deal: DealRef, money: InvoiceMoney) -> tuple[InvoiceMoney, ...]:
        invoice = money.invoice
        link, said = await together(
            self._links.deal(deal, self._connection), self._payments.invoices_of(deal, self._connection)
        )
        found = await self._billing.invoices_of(
            deal, customer_id=link.customer_id or invoice.customer_id or None, invoice_id=link.invoice_id
        )
        ids = {each.id for each in found if each.finalised}.union(said).difference((invoice.id,))
        # What a person said goes before what the invoice itself carries.
        theirs = await self._payments.of_other_deals(ids, deal, self._connection)
        read = await asyncio.gather(*(self._money(id) for id in sorted(ids - theirs)))
        issued = (each for each in read if each and each.invoice.finalised)
        return tuple(sorted(issued, key=lambda each: (_issued(each), each.invoice.id)))

    async def _money(self, invoice_id: str) -> InvoiceMoney | None:
        try:
            return await self._billing.read_money(invoice_id)
        except NotFound:
            return None


def _issued(money: InvoiceMoney) -> str:
    return str(money.invoice.issued_on or "")
