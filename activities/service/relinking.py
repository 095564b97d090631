"""Linking deals again with the invoices that they show, where our records know nothing of them."""

from contextlib import suppress

from temporalio import activity

from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import ConnectorError, NotFound, Permanent, Poison, RateLimited
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef, WonDeal
from raccord.domain.values.invoice import Invoice, Part
from raccord.records.links import LinkConflict, Links


class Shown(Value):
    """Deals of a CRM as its search lists them."""

    crm: str
    deals: tuple[WonDeal, ...]
    dry: bool = False
    """Whether it is to be counted only."""


class Relinked(Value):
    """What came of it; `refused` says why it is not complete: whoever repeats it goes on from there."""

    linked: int = 0
    """Deals whose invoice is linked now, or would be."""
    known: int = 0
    """Deals whose invoice the records knew."""
    missing: int = 0
    """Deals that show an invoice which is not there, was never issued, or cannot be read."""
    refused: str = ""

    @property
    def remark(self) -> str:
        """What was left out, and why, in English; nothing when all was seen."""
        return f"Invoices that deals show were not linked again: {self.refused}" if self.refused else ""


class Relinking:
    """`connection`: the billing system's."""

    def __init__(self, billing: BillingReader, links: Links, connection: str) -> None:
        self._billing = billing
        self._links = links
        self._connection = connection

    @activity.defn(name="sweep.relink")
    async def relink(self, shown: Shown) -> Relinked:
        """Link what the records lost, each deal by itself: an attempt goes on where the last one stopped.

        A deal shows its invoice after that was sent, so none is sent again. A refusal is a remark.
        """
        known = await self._links.invoiced_deals(shown.crm)
        found = [each for each in shown.deals if each.invoice_id]
        lost = [each for each in found if each.id not in known]
        linked = missing = 0
        for place, each in enumerate(lost, start=1):
            try:
                invoice = await self._billing.read_invoice(each.invoice_id)
            except RateLimited:
                raise
            except (NotFound, Permanent, Poison):
                invoice = None
            except ConnectorError as error:
                return Relinked(
                    linked=linked, known=len(found) - len(lost), missing=missing, refused=str(error)
                )
            if invoice is None or not invoice.finalised:
                missing += 1
            else:
                linked += 1
                if not shown.dry:
                    await self._link(DealRef(connection=shown.crm, id=each.id), invoice)
            activity.heartbeat(place)
        return Relinked(linked=linked, known=len(found) - len(lost), missing=missing)

    @activity.defn(name="sweep.relink_customers")
    async def relink_customers(self, _: None) -> int:
        """Link the customers that carry our reference and their company; return how many do.

        Of two that carry the same one, the first stays: which is right, a person is asked once it matters.
        """
        after, count = "", 0
        while True:
            page = await self._billing.list_customers(after=after)
            for each in page.customers:
                if each.reference and each.crm_company:
                    with suppress(LinkConflict):
                        await self._links.link_customer(
                            each.reference, self._connection, each.id, each.crm_company
                        )
                        count += 1
            activity.heartbeat(count)
            if not (after := page.after):
                return count

    async def _link(self, deal: DealRef, invoice: Invoice) -> None:
        deposit = invoice.part is Part.DEPOSIT
        await self._links.update_deal(
            deal,
            self._connection,
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            number=invoice.number,
            deposit_id=invoice.id if deposit else None,
            deposit_number=invoice.number if deposit else None,
            delivered=True,
            adopted=not invoice.is_of(deal),
        )
