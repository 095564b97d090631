"""The money that a deal's invoices brought, on the deal: what is written, and whether it stands there."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import PaymentFields
from raccord.domain.values.money import Money, exponent
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.invoice_fields import DEAL_WRITE
from raccord.vendors.hubspot.records import Records
from raccord.vendors.hubspot.settings import PaymentNames
from raccord.vendors.hubspot.usable import UsableProperties
from raccord.vendors.hubspot.values import parse_date, parse_decimal
from raccord.vendors.hubspot.wanted import payment
from raccord.vendors.hubspot.wire import Identified

LONGEST_DETAILS = 65_536
"""What a text may hold (HubSpot docs: properties), counted in bytes, as nobody says in which unit it is."""


class PaymentOnDeal:
    """Shows payments on deals, in those of the mapped properties that the account has."""

    def __init__(self, client: HubSpotClient, names: PaymentNames, clock: BusinessClock) -> None:
        self._client = client
        self._records = Records(client)
        self._names = names
        self._clock = clock
        self._usable = UsableProperties(client, payment(names))

    async def write(self, deal_id: str, fields: PaymentFields) -> None:
        """Set every property that there is to its full value, in one request.

        A property that HubSpot refuses by its name is left out, and the others are written: it may have been
        archived since they were listed, or the token may not list them.
        """
        wanted = self._wanted(fields)
        properties = await self._usable.holding(wanted)
        while properties:
            try:
                return await self._patch(deal_id, properties)
            except Permanent as error:
                if error.field not in properties:
                    raise
                self._usable.refused(error.field, properties[error.field], error.code)
                still_there = await self._usable.holding(wanted)
                properties = {name: value for name, value in properties.items() if name in still_there}

    async def shown(self, deal_id: str, fields: PaymentFields) -> bool:
        """Whether the deal's properties mean the same as what would be written."""
        wanted = await self._usable.holding(self._wanted(fields))
        if not wanted:
            return True
        record = await self._records.deal(deal_id, wanted)
        return all(self._same(name, record.text(name), value) for name, value in wanted.items())

    async def lacking(self) -> tuple[str, ...]:
        """Name the mapped properties that the account has not, or without all their options."""
        return await self._usable.lacking()

    async def _patch(self, deal_id: str, properties: dict[str, str]) -> None:
        await self._client.patch(
            Operation(f"write the payments to the deal {deal_id}", DEAL_WRITE, write=True),
            paths.record("deals", deal_id),
            {"properties": properties},
            Identified,
        )

    def _wanted(self, fields: PaymentFields) -> dict[str, str]:
        names = self._names
        currencies = {money.currency for money in (*fields.paid, *fields.due)}
        one = len(currencies) == 1
        # An empty text clears a property (HubSpot docs: using-object-apis).
        values = {
            names.status: fields.status,
            names.paid: _number(fields.paid) if one else "",
            names.due: _number(fields.due) if one else "",
            names.paid_on: fields.paid_on.isoformat() if fields.paid_on else "",
            names.means: fields.means,
            names.details: cut(fields.details, LONGEST_DETAILS, size=_bytes),
        }
        return {name: value for name, value in values.items() if name}

    def _same(self, name: str, shown: str, wanted: str) -> bool:
        """Compare as values: HubSpot gives `1200.00` back as `1200`, and a date perhaps in milliseconds."""
        if not shown or not wanted:
            return shown == wanted.strip()
        parse: Callable[[str], str | Decimal | date] = _words
        if name in (self._names.paid, self._names.due):
            parse = parse_decimal
        elif name == self._names.paid_on:
            parse = self._day
        try:
            return parse(shown) == parse(wanted)
        except ValueError:
            return False

    def _day(self, text: str) -> date:
        return parse_date(text, self._clock)


def _number(amounts: tuple[Money, ...]) -> str:
    """Write the amount in its one currency, with that currency's decimals; `""` where there is none."""
    if not amounts:
        return ""
    total = sum(amounts[1:], start=amounts[0])
    return f"{total.amount:.{exponent(total.currency)}f}"


def _words(text: str) -> str:
    """Return the text with its lines, without what HubSpot may do to line ends and outer white space."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _bytes(character: str) -> int:
    return len(character.encode())
