"""Reading the won deals whole, page after page: one deal takes six requests, two hundred take some twenty.

What comes of a deal is what `DealReader` reads of it; the conformance suite holds both against each other.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.together import together
from raccord.connectors.lengths import cut
from raccord.connectors.memory import Memory
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.listed import RefusedDeal, WholeDeal, WholeDealPage
from raccord.vendors.hubspot import searching
from raccord.vendors.hubspot.billing_contacts import BillingContacts, oldest
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.reading import MOST_LINES, PRIMARY_COMPANY, several_addresses, too_many_lines
from raccord.vendors.hubspot.records import Found, Records, scope
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import (
    COMPANY,
    CONTACT,
    DEAL,
    LINE_ITEM,
    PERSON,
    PLACE,
    company_page,
    deal_page,
)
from raccord.vendors.hubspot.whole import Parties, Parts, Translation
from raccord.vendors.hubspot.wire import Association, DealRecord, Record
from raccord.vendors.hubspot.won import first_instant, won_since

_LISTING = Operation("list the won deals", scope("deals"))
_REMEMBERED = 300.0
"""Seconds that the account's currency is known: a list has many parts."""
_LONGEST = 255

_Linked = Mapping[str, tuple[Association, ...]]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the deals of one page are associated with, by the deal, and the records themselves."""

    companies_of: Mapping[str, tuple[str, ...]]
    contacts_of: _Linked
    lines_of: Mapping[str, tuple[str, ...]]
    billing_of: _Linked
    """The contacts of companies, by the company."""
    companies: Found
    contacts: Found
    lines: Found


class DealsInBatches:
    """Reads the won deals of one HubSpot account."""

    def __init__(
        self, connection: str, client: HubSpotClient, settings: HubSpotSettings, clock: BusinessClock
    ) -> None:
        self._client = client
        self._records = Records(client)
        self._facts = Facts(client)
        self._settings = settings
        self._names = settings.mapping
        self._billing = BillingContacts(self._records, settings.mapping.contacts.billing_labels)
        self._contact = (*CONTACT, *PLACE) if self._names.contacts.private_persons else CONTACT
        self._translation = Translation(connection, settings, clock)
        self._currency: Memory[str | None] = Memory()
        self._clock = clock

    async def page(self, won_from: date, after: str) -> WholeDealPage:
        """Read a page; see the port."""
        names = (*DEAL, *self._names.deals.used, *filter(None, (self._names.invoice.id,)))
        found, onward = await searching.found_above(
            self._client,
            _LISTING,
            "deals",
            won_since(first_instant(won_from, self._clock)),
            names,
            above=int(after or 0),
        )
        around = await self._around([each.id for each in found.results])
        deals, refused = list[WholeDeal](), list[RefusedDeal]()
        for record in found.results:
            try:
                deals.append(await self._whole(record, around))
            except Permanent as error:
                url = deal_page(self._settings.account_id, record.id)
                refused.append(
                    RefusedDeal(id=record.id, name=record.text("dealname"), url=url, why=str(error))
                )
        if onward:
            await asyncio.sleep(searching.PAUSE)
        return WholeDealPage(
            deals=tuple(deals), refused=tuple(refused), left=found.total, after=str(onward or "")
        )

    async def _around(self, ids: Sequence[str]) -> _Around:
        if not ids:
            return _Around({}, {}, {}, {}, Found(), Found(), Found())
        async with together() as group:
            linked = {
                to: group.create_task(self._records.associated_of_many("deals", ids, to))
                for to in ("companies", "contacts", "line_items")
            }
        companies_of = {id: _primary(links) for id, links in linked["companies"].result().items()}
        contacts_of = linked["contacts"].result()
        lines_of = {id: _ids(links) for id, links in linked["line_items"].result().items()}
        alone = _each(them for them in companies_of.values() if len(them) == 1)
        billing_of = await self._records.associated_of_many("companies", alone, "contacts") if alone else {}
        called = [_ids(filter(self._billing.marks, links)) for links in billing_of.values()]
        people = _each([*map(oldest, map(_ids, contacts_of.values())), *map(oldest, called)])
        lines = _each(them for them in lines_of.values() if len(them) <= MOST_LINES)
        names, firms = self._names, _each(companies_of.values())
        async with together() as group:
            companies = group.create_task(
                self._records.read("companies", firms, (*COMPANY, *names.companies.used))
            )
            contacts = group.create_task(self._records.read("contacts", people, self._contact))
            items = group.create_task(
                self._records.read("line_items", lines, (*LINE_ITEM, *names.line_items.used))
            )
        return _Around(
            companies_of,
            contacts_of,
            lines_of,
            billing_of,
            companies.result(),
            contacts.result(),
            items.result(),
        )

    async def _whole(self, record: Record, around: _Around) -> WholeDeal:
        lines = around.lines_of.get(record.id, ())
        if len(lines) > MOST_LINES:
            raise too_many_lines(record.id, len(lines))
        owner_id = record.text("hubspot_owner_id")
        deal = self._translation.deal(
            Parts(
                record=DealRecord(id=record.id, properties=record.properties),
                won=await self._facts.won(
                    record.id, record.text("hs_is_closed_won"), record.text("dealstage")
                ),
                owner=await self._facts.owner(owner_id),
                currency=await self._account_currency(record.text("deal_currency_code")),
                parties=self._parties(record.id, around),
                lines=_among(around.lines, lines),
            )
        )
        invoice = self._names.invoice.id
        return WholeDeal(
            deal=deal,
            invoice_id=cut(record.text(invoice), _LONGEST) if invoice else "",
            urls={each.id: self._page_of(each.id) for each in deal.companies},
            owner_left=owner_id in self._facts.left,
        )

    def _parties(self, deal_id: str, around: _Around) -> Parties:
        """Return companies, contacts and who is marked for billing; see `DealReader`."""
        ids = around.companies_of.get(deal_id, ())
        on_deal = around.contacts_of.get(deal_id, ())
        companies = _among(around.companies, ids)
        contacts = _among(around.contacts, oldest(_ids(on_deal)))
        called: tuple[str, ...] = ()
        if len(ids) == 1:
            called = oldest(_ids(filter(self._billing.marks, around.billing_of.get(ids[0], ()))))
        if several_addresses(companies, contacts, self._names.companies.billing_email):
            called = oldest(_ids(filter(self._billing.marks, on_deal))) or called
        known = {id for each in contacts.records for id in (each.id, *each.former)}
        more = _among(around.contacts, [each for each in called if each not in known])
        everybody = Found((*contacts.records, *more.records), (*contacts.missing, *more.missing))
        return Parties(companies, everybody, frozenset(called))

    async def _account_currency(self, code: str) -> str | None:
        async def ask() -> str | None:
            return await self._facts.currency("")

        # A deal of an account with one currency may name none (HubSpot page, section 3).
        return code.upper() or await self._currency.get("", ask, seconds=lambda _: _REMEMBERED)

    def _page_of(self, company_id: str) -> str:
        person = company_id.removeprefix(PERSON)
        return company_page(self._settings.account_id, person, person=person != company_id)


def _primary(links: Sequence[Association]) -> tuple[str, ...]:
    """Return the primary company alone where HubSpot marks one, else all."""
    primary = [link.to_object_id for link in links if link.has(PRIMARY_COMPANY)]
    ids = _ids(links)
    return ids if len(ids) == 1 else oldest(primary or ids)


def _ids(links: Iterable[Association]) -> tuple[str, ...]:
    return tuple(link.to_object_id for link in links)


def _each(ids: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(each for some in ids for each in some))


def _among(found: Found, ids: Sequence[str]) -> Found:
    """Return what was found of these ids, of a merged record its survivor."""
    wanted = set(ids)
    records = (each for each in found.records if not wanted.isdisjoint((each.id, *each.former)))
    return Found(tuple(records), tuple(each for each in found.missing if each in wanted))
