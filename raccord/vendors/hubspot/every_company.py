"""Listing all companies, page after page."""

import asyncio

from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.listed import CompanyPage, ListedCompany
from raccord.vendors.hubspot import searching
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import Records, scope
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import COMPANY, company, company_page
from raccord.vendors.hubspot.whole import GENEROUS

_OWNER = "hubspot_owner_id"
_LONGEST = 255
_LISTING = Operation("list the companies", scope("companies"))


class EveryCompany:
    """Lists the companies of one account: a search of 200, and a request for how many deals they have."""

    def __init__(self, client: HubSpotClient, records: Records, settings: HubSpotSettings) -> None:
        self._client = client
        self._records = records
        self._settings = settings

    async def page(self, after: str) -> CompanyPage:
        names = self._settings.mapping.companies
        found, onward = await searching.found_above(
            self._client,
            _LISTING,
            "companies",
            [[]],
            (*COMPANY, *names.used, _OWNER),
            above=int(after or 0),
        )
        ids = [each.id for each in found.results]
        deals = await self._records.associated_of_many("companies", ids, "deals") if ids else {}
        if onward:
            await asyncio.sleep(searching.PAUSE)
        companies = tuple(
            ListedCompany(
                company=company(each, names, GENEROUS, []),
                url=company_page(self._settings.account_id, each.id),
                owner_id=cut(each.text(_OWNER), _LONGEST),
                deals=len(deals.get(each.id, ())),
            )
            for each in found.results
        )
        return CompanyPage(companies=companies, left=found.total, after=str(onward or ""))
