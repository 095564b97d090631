"""Listing the deals that are won or show an invoice, page after page, with what they show of it."""

import asyncio
from contextlib import suppress
from datetime import date
from decimal import Decimal

from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.connectors.memory import Memory
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.listed import DealPage, ListedDeal, Shown
from raccord.vendors.hubspot import searching
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.records import scope
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import deal_page
from raccord.vendors.hubspot.values import parse_business_date, parse_decimal, parse_instant
from raccord.vendors.hubspot.wire import Record
from raccord.vendors.hubspot.won import first_instant, unless_lacking, won_since

_DEAL = (
    "dealname",
    "amount",
    "deal_currency_code",
    "closedate",
    "hs_is_closed_won",
    "hs_lastmodifieddate",
    "hubspot_owner_id",
    "pipeline",
)
_LONGEST = 255
_REMEMBERED = 300.0
"""Seconds that the account's currency is known: a list has many parts."""
_LISTING = Operation("list the deals", scope("deals"))


class EveryDeal:
    """Lists the deals of one account; a page is one search of 200."""

    def __init__(
        self, client: HubSpotClient, facts: Facts, settings: HubSpotSettings, clock: BusinessClock
    ) -> None:
        self._client = client
        self._facts = facts
        self._settings = settings
        self._currency: Memory[str] = Memory()
        self._invoice, self._payment = settings.mapping.invoice, settings.mapping.payment
        self._clock = clock

    async def page(self, won_from: date, after: str) -> DealPage:
        invoice, payment = self._invoice, self._payment
        shown = (invoice.id, invoice.number, invoice.status, invoice.amount_net, invoice.amount_credited)
        names = [name for name in (*_DEAL, *shown, payment.status) if name]
        won, above = won_since(first_instant(won_from, self._clock)), int(after or 0)
        page, onward = await unless_lacking(
            self._client,
            invoice.id,
            lambda shows: searching.found_above(
                self._client, _LISTING, "deals", won + shows, names, above=above
            ),
        )
        if onward:
            await asyncio.sleep(searching.PAUSE)
        # A deal of an account with one currency may name none (HubSpot page, section 3).
        unsaid = any(not each.text("deal_currency_code") for each in page.results)
        currency = await self._account_currency() if unsaid else ""
        deals = tuple(self._listed(each, currency) for each in page.results)
        return DealPage(deals=deals, after=str(onward or ""))

    async def _account_currency(self) -> str:
        async def ask() -> str:
            return await self._facts.currency("") or ""

        return await self._currency.get("", ask, seconds=lambda _: _REMEMBERED)

    def _listed(self, deal: Record, account_currency: str) -> ListedDeal:
        names = self._invoice
        changed_at = closed_on = None
        with suppress(ValueError):
            changed_at = parse_instant(deal.text("hs_lastmodifieddate"))
        with suppress(ValueError):
            closed_on = parse_business_date(deal.text("closedate"), self._clock)
        return ListedDeal(
            id=deal.id,
            name=deal.text("dealname"),
            url=deal_page(self._settings.account_id, deal.id),
            owner_id=cut(deal.text("hubspot_owner_id"), _LONGEST),
            pipeline_id=cut(deal.text("pipeline"), _LONGEST),
            won=deal.text("hs_is_closed_won") == "true",
            closed_on=closed_on,
            amount=_number(deal.text("amount")),
            currency=deal.text("deal_currency_code").upper() or account_currency,
            changed_at=changed_at,
            shown=Shown(
                invoice_id=cut(deal.text(names.id), _LONGEST),
                number=cut(deal.text(names.number), _LONGEST),
                status=cut(deal.text(names.status), _LONGEST),
                net=_number(deal.text(names.amount_net)),
                credited=_number(deal.text(names.amount_credited)),
                payment=cut(deal.text(self._payment.status), _LONGEST),
            ),
        )


def _number(text: str) -> Decimal | None:
    with suppress(ValueError):
        return parse_decimal(text)
    return None
