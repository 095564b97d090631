"""Finding deals for an invoice or a customer, to be shown to a person who chooses one."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.base import fold
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import DealRef, FoundDeal
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.properties import lacks
from raccord.vendors.hubspot.records import Records, scope, unless_gone
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import PERSON, creation, deal_page
from raccord.vendors.hubspot.values import parse_business_date, parse_decimal, parse_instant
from raccord.vendors.hubspot.wire import Record, RecordPage

MOST_FOUND = 100
MOST_READ = 500
"""Deals of one company that are read, the newest: five batches."""
_LONGEST = 200
"""Characters of a name in a list."""
_SHOWN = ("dealname", "amount", "deal_currency_code", "closedate", "hs_is_closed", "hs_is_closed_won")
_NEVER = datetime.min.replace(tzinfo=UTC)


class DealFinder:
    """Finds deals of one HubSpot account."""

    def __init__(
        self, connection: str, client: HubSpotClient, settings: HubSpotSettings, clock: BusinessClock
    ) -> None:
        self._connection = connection
        self._account_id = settings.account_id
        self._number = settings.mapping.invoice.number
        self._client = client
        self._records = Records(client)
        self._facts = Facts(client)
        self._clock = clock

    async def showing(self, invoice_number: str) -> tuple[str, ...]:
        """Return the ids of deals whose property for the number holds exactly this one.

        None does in an account that lacks the property: no page says whether a search by it is refused.
        """
        if not (self._number and (number := invoice_number.strip())):
            return ()
        try:
            return await self._showing(number)
        except Permanent:
            if not await lacks(self._client, "deals", self._number):
                raise
            return ()

    async def _showing(self, number: str) -> tuple[str, ...]:
        wanted = {"propertyName": self._number, "operator": "EQ", "value": number}
        page = await self._client.post(
            Operation(f"look for the deal of the invoice {number}", scope("deals")),
            paths.search("deals"),
            {
                "filterGroups": [{"filters": [wanted]}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": [self._number],
                "limit": MOST_FOUND,
            },
            RecordPage,
        )
        # Whether EQ tells upper case from lower is not documented; two numbers may differ in nothing else.
        return tuple(deal.id for deal in page.results if deal.text(self._number) == number)

    async def of_company(self, company_id: str) -> tuple[FoundDeal, ...]:
        """Return the deals that a company is on, or a contact who is a customer; see the port."""
        person = company_id.removeprefix(PERSON)
        kind = "companies" if person == company_id else "contacts"
        links = await unless_gone(self._records.associated(kind, person, "deals")) or ()
        newest = sorted((link.to_object_id for link in links), key=creation, reverse=True)[:MOST_READ]
        names = (*_SHOWN, *([self._number] if self._number else []))
        found = await self._records.read("deals", newest, names)
        latest = sorted(found.records, key=self._age, reverse=True)[:MOST_FOUND]
        currency = await self._account_currency(latest)
        return tuple(self._listed(deal, currency) for deal in latest)

    async def _account_currency(self, deals: list[Record]) -> str | None:
        empty = [deal for deal in deals if not deal.text("deal_currency_code")]
        return await self._facts.currency("") if empty else None

    def _age(self, deal: Record) -> tuple[bool, datetime, tuple[int, str]]:
        """Order by when a deal was closed; an open one has a date too, on which somebody hopes to win it."""
        closed = _NEVER
        with suppress(ValueError):
            closed = parse_instant(deal.text("closedate"))
        return (_yes(deal, "hs_is_closed"), closed, creation(deal.id))

    def _listed(self, deal: Record, currency: str | None) -> FoundDeal:
        won = _yes(deal, "hs_is_closed_won")
        return FoundDeal(
            ref=DealRef(connection=self._connection, id=deal.id),
            name=cut(deal.text("dealname"), _LONGEST),
            url=deal_page(self._account_id, deal.id),
            won=won,
            won_on=self._day(deal.text("closedate")) if won else None,
            amount=_amount(deal.text("amount")),
            currency=deal.text("deal_currency_code").upper() or currency,
            invoice_number=cut(deal.text(self._number), _LONGEST),
        )

    def _day(self, text: str) -> date | None:
        with suppress(ValueError):
            return parse_business_date(text, self._clock)
        return None


def _amount(text: str) -> Decimal | None:
    with suppress(ValueError):
        return parse_decimal(text)
    return None


def _yes(deal: Record, name: str) -> bool:
    return fold(deal.text(name)) == "true"
