"""The `Crm` port on HubSpot."""

from datetime import timedelta

from raccord.connectors.capabilities import CrmCapabilities
from raccord.connectors.connection import Check, ConnectionSettings
from raccord.connectors.crm.hubspot.checks import check
from raccord.connectors.crm.hubspot.client import HubSpotClient
from raccord.connectors.crm.hubspot.invoice_fields import InvoiceOnDeal
from raccord.connectors.crm.hubspot.reading import DealReader
from raccord.connectors.crm.hubspot.settings import HubSpotSettings
from raccord.connectors.crm.port import Crm
from raccord.domain.clock import BusinessClock
from raccord.domain.deal import Deal, InvoiceFields

_RATE = 9.0
"""Below the 100 requests in 10 s of the smallest subscription (HubSpot docs: usage-guidelines)."""
_SEARCH_LAG = timedelta(minutes=1)
"""HubSpot says "a few moments" (HubSpot docs: search-the-crm)."""


def connect(name: str, settings: ConnectionSettings, clock: BusinessClock) -> Crm:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    if not isinstance(settings, HubSpotSettings):
        raise TypeError(f"{type(settings).__name__} are not the settings of HubSpot")
    return HubSpotCrm(name, settings, clock)


class HubSpotCrm:
    """One HubSpot account. Instants become business dates through the company's clock."""

    def __init__(self, name: str, settings: HubSpotSettings, clock: BusinessClock) -> None:
        self._settings = settings
        self._client = HubSpotClient(settings, clock)
        self._deals = DealReader(name, self._client, settings, clock)
        self._invoices = InvoiceOnDeal(self._client, settings.mapping.invoice, clock)

    @property
    def capabilities(self) -> CrmCapabilities:
        return CrmCapabilities(
            webhooks=self._settings.webhook_secret is not None,
            requests_per_second=_RATE,
            search_lag=_SEARCH_LAG,
        )

    async def read_deal(self, deal_id: str) -> Deal:
        return await self._deals.read(deal_id)

    async def shows_invoice(self, deal_id: str, fields: InvoiceFields) -> bool:
        return await self._invoices.shown(deal_id, fields)

    async def write_invoice(self, deal_id: str, fields: InvoiceFields) -> None:
        await self._invoices.write(deal_id, fields)

    async def check(self) -> tuple[Check, ...]:
        return await check(self._client, self._settings)

    async def close(self) -> None:
        await self._client.close()
