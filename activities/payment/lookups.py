"""Looking in the CRM for the deal of an invoice that names none."""

import asyncio

from temporalio import activity

from raccord.connectors.crm import CrmReader
from raccord.domain.values.base import Value
from raccord.domain.values.deal import FoundDeal


class CompaniesQuery(Value):
    """Companies of the CRM, by their ids there."""

    ids: tuple[str, ...]


class DealLookUps:
    def __init__(self, crm: CrmReader) -> None:
        self._crm = crm

    @activity.defn(name="payment.deals_showing")
    async def deals_showing(self, invoice_number: str) -> tuple[str, ...]:
        """Return the ids of the deals that show an invoice number."""
        return await self._crm.deals_showing(invoice_number)

    @activity.defn(name="payment.deals_of")
    async def deals_of(self, wanted: CompaniesQuery) -> tuple[FoundDeal, ...]:
        """Return the deals of these companies, each once."""
        found = await asyncio.gather(*(self._crm.deals_of_company(id) for id in wanted.ids))
        return tuple({deal.ref.id: deal for deals in found for deal in deals}.values())
