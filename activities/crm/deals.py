"""The CRM's role: read a deal, show its invoice on it."""

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.crm import Crm, CrmReader
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, DealRef, InvoiceFields
from raccord.domain.values.parties import Company, Contact
from raccord.records.links import Links


class WriteBack(Value):
    """Show these invoice fields on this deal."""

    deal: DealRef
    billing: str
    fields: InvoiceFields
    as_read: str | None
    """The content hash of the deal as it was when all was done: an event that leaves it so is an echo. None
    while something is left to do."""


class CrmReads:
    """Reading only: safe in every mode."""

    def __init__(self, crm: CrmReader) -> None:
        self._crm = crm

    @activity.defn(name="crm.read_deal")
    async def read_deal(self, deal: DealRef) -> Deal:
        """Read a deal with all that its invoice needs. Fails with `NotFound` when it is gone."""
        return await self._crm.read_deal(deal.id)

    @activity.defn(name="crm.read_company")
    async def read_company(self, company_id: str) -> Company | None:
        """Read a company as it lives now, of a merged one the survivor; None when it is gone."""
        return await self._crm.read_company(company_id)

    @activity.defn(name="crm.read_contact")
    async def read_contact(self, contact_id: str) -> Contact | None:
        """Read a contact as it lives now, of a merged one the survivor; None when it is gone."""
        return await self._crm.read_contact(contact_id)


class CrmWrites:
    """Writing to deals."""

    def __init__(self, crm: Crm, links: Links, effects: Effects) -> None:
        self._crm = crm
        self._links = links
        self._effects = effects

    @activity.defn(name="crm.write_invoice")
    async def write_invoice(self, wanted: WriteBack) -> None:
        """Show the invoice on its deal; nothing is written when the deal shows it already."""
        deal, fields = wanted.deal, wanted.fields

        async def look() -> bool | None:
            return await self._crm.shows_invoice(deal.id, fields) or None

        async def write(_: str) -> bool:
            await self._crm.write_invoice(deal.id, fields)
            return True

        await self._effects.once(
            Effect(
                key=f"deal/{deal}/{fields.invoice_id}/{fields.status}",
                name="crm.write_invoice",
                object=str(deal),
                cause=cause(),
                request=fields.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            remember=lambda _: self._links.update_deal(deal, wanted.billing, settled=wanted.as_read),
        )
