"""Listing won deals with everything that an invoice needs, and all companies: a few requests a part."""

from datetime import date

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import DAY
from raccord.domain.values.listed import (
    CompanyPage,
    ListedCompany,
    RefusedDeal,
    WholeDeal,
    WholeDealPage,
)
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PipedriveClient, batches
from raccord.vendors.pipedrive.deals import CONTACTS, MOST_LINES, PRODUCTS, DealReader, Parts
from raccord.vendors.pipedrive.fields import Fields, Held
from raccord.vendors.pipedrive.searching import DealLists
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.translation import company, page
from raccord.vendors.pipedrive.values import write_instant

_PART = 25
"""Deals at once: the discounts of each are a request of their own, of 10 tokens."""
_COMPANIES, _COUNTS = 100, "open_deals_count,won_deals_count,lost_deals_count"


class WholeLists:
    """Lists of one account."""

    def __init__(
        self,
        client: PipedriveClient,
        deals: DealReader,
        lists: DealLists,
        fields: Fields,
        settings: PipedriveSettings,
    ) -> None:
        self._client = client
        self._deals = deals
        self._lists = lists
        self._fields = fields
        self._names = settings.mapping
        self._clock = deals.clock

    async def deals(self, won_from: date, after: str) -> WholeDealPage:
        first = self._clock.end_of(won_from - DAY)
        query = {"status": "won", "updated_since": write_instant(first)}
        found, onward = await self._lists.part(after, _PART, query)
        won = [each for each in found if (self._lists.won_on(each) or won_from) >= won_from]
        organizations = {each.id: each for each in await self._organizations(won)}
        persons = {each.id: each for each in await self._persons(won)}
        products = await self._products(won)
        plans: dict[int, list[wire.Instalment]] = {}
        for part in await self._deals.plans(products):
            plans.setdefault(part.deal_id, []).append(part)
        domain, known = await self._deals.domain(), await self._fields.known("deals")
        whole: list[WholeDeal] = []
        refused: list[RefusedDeal] = []
        for deal in won:
            sold = products.get(deal.id, [])
            organization = organizations.get(deal.org_id or 0)
            seller = await self._deals.owner(deal.owner_id)
            parts = Parts(
                deal,
                organization,
                persons.get(deal.person_id or 0),
                seller,
                sold,
                await self._deals.discounts(deal.id) if sold else (),
                plans.get(deal.id, ()),
            )
            try:
                if len(sold) > MOST_LINES:
                    raise Permanent(f"It has {len(sold)} products; at most {MOST_LINES} are read.")
                read = await self._deals.whole(parts, domain)
            except Permanent as error:
                url = page(domain, "deal", deal.id)
                refused.append(RefusedDeal(id=str(deal.id), name=deal.title or "", url=url, why=str(error)))
                continue
            whole.append(
                WholeDeal(
                    deal=read,
                    invoice_id=Held(known, deal.custom_fields).text(self._names.invoice.id),
                    urls={each.id: page(domain, "organization", each.id) for each in read.companies},
                    owner_left=seller is not None and self._deals.has_left(seller.id),
                )
            )
        return WholeDealPage(deals=tuple(whole), refused=tuple(refused), after=onward)

    async def companies(self, after: str) -> CompanyPage:
        known, domain = await self._fields.known("companies"), await self._deals.domain()
        operation = Operation("list the organizations", CONTACTS)
        query: dict[str, str | int] = {"limit": _COMPANIES, "include_fields": _COUNTS}
        onward = {"cursor": after} if after else {}
        found = await self._client.page(
            operation, "/api/v2/organizations", wire.CountedOrganization, query | onward
        )
        there = [each for each in found.data if not each.is_deleted]
        companies = tuple(
            ListedCompany(
                company=company(each, self._names.companies, known, []),
                url=page(domain, "organization", each.id),
                owner_id=str(each.owner_id or ""),
                deals=each.deals,
            )
            for each in there
        )
        return CompanyPage(companies=companies, after=found.following or "")

    async def _organizations(self, deals: list[wire.Deal]) -> list[wire.Organization]:
        ids = batches(each.org_id for each in deals if each.org_id is not None)
        operation = Operation("read organizations", CONTACTS)
        return [
            each
            for some in ids
            async for each in self._client.every(
                operation, "/api/v2/organizations", wire.Organization, {"ids": some}
            )
            if not each.is_deleted
        ]

    async def _persons(self, deals: list[wire.Deal]) -> list[wire.Person]:
        ids = batches(each.person_id for each in deals if each.person_id is not None)
        operation = Operation("read persons", CONTACTS)
        return [
            each
            for some in ids
            async for each in self._client.every(operation, "/api/v2/persons", wire.Person, {"ids": some})
            if not each.is_deleted
        ]

    async def _products(self, deals: list[wire.Deal]) -> dict[int, list[wire.Product]]:
        found: dict[int, list[wire.Product]] = {}
        operation = Operation("read the products of deals", PRODUCTS)
        for some in batches(each.id for each in deals):
            query = {"deal_ids": some}
            async for each in self._client.every(operation, "/api/v2/deals/products", wire.Product, query):
                found.setdefault(each.deal_id or 0, []).append(each)
        return found
