"""The invoice on the deal: what is written, and whether the deal shows it already."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import InvoiceFields
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import Records
from raccord.vendors.hubspot.settings import InvoiceNames
from raccord.vendors.hubspot.values import parse_date, parse_decimal
from raccord.vendors.hubspot.wire import Identified

DEAL_WRITE = "crm.objects.deals.write"


class InvoiceOnDeal:
    """Shows invoices on deals, in the properties that the mapping names."""

    def __init__(self, client: HubSpotClient, names: InvoiceNames, clock: BusinessClock) -> None:
        self._client = client
        self._records = Records(client)
        self._names = names
        self._clock = clock

    async def write(self, deal_id: str, fields: InvoiceFields) -> None:
        """Set every mapped property to its full value in one request."""
        if not (properties := self._wanted(fields) | await self._credit(deal_id, fields)):
            return
        await self._client.patch(
            Operation(f"write the invoice to the deal {deal_id}", DEAL_WRITE, write=True),
            paths.record("deals", deal_id),
            {"properties": properties},
            Identified,
        )

    async def shown(self, deal_id: str, fields: InvoiceFields) -> bool:
        """Whether the deal's properties mean the same as what would be written."""
        wanted = self._wanted(fields) | self._credited(fields)
        if not wanted:
            return True
        record = await self._records.deal(deal_id, wanted)
        return all(self._same(name, record.text(name), value) for name, value in wanted.items())

    async def _credit(self, deal_id: str, fields: InvoiceFields) -> dict[str, str]:
        """Return what to write of a credit; to clear it, only what stands there.

        An account without these properties refuses a whole write that names one, also to leave it empty.
        """
        wanted = self._credited(fields)
        if fields.credited or not wanted:
            return wanted
        record = await self._records.deal(deal_id, wanted)
        return {name: value for name, value in wanted.items() if record.text(name)}

    def _credited(self, fields: InvoiceFields) -> dict[str, str]:
        if fields.credited is None:
            return {}
        values = {
            self._names.credit_notes: fields.credit_notes,
            self._names.amount_credited: f"{fields.credited:f}" if fields.credited else "",
        }
        return {name: value for name, value in values.items() if name}

    def _wanted(self, fields: InvoiceFields) -> dict[str, str]:
        names = self._names
        values = {
            names.id: fields.invoice_id,
            names.number: fields.number,
            names.url: fields.url,
            names.status: fields.status,
            # An empty text clears a property (HubSpot docs: using-object-apis).
            names.due_on: fields.due_on.isoformat() if fields.due_on else "",
            names.amount_net: f"{fields.net:f}",
            names.amount_gross: f"{fields.gross:f}",
        }
        if fields.deposit_number:
            values[names.deposit_number] = fields.deposit_number
        return {name: value for name, value in values.items() if name}

    def _same(self, name: str, shown: str, wanted: str) -> bool:
        """Compare as values: HubSpot gives `1200.00` back as `1200`, and a date perhaps in milliseconds.

        Any link will do, since billing systems give out another one to the same invoice at each reading.
        """
        parse: Callable[[str], str | Decimal | date] = str.strip
        if name in (self._names.amount_net, self._names.amount_gross, self._names.amount_credited):
            parse = parse_decimal
        elif name == self._names.due_on:
            parse = self._day
        if not shown or not wanted:
            return shown == wanted
        if name == self._names.url:
            return True
        try:
            return parse(shown) == parse(wanted)
        except ValueError:
            return False

    def _day(self, text: str) -> date:
        return parse_date(text, self._clock)
