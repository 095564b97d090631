"""Lists of deals and companies, whole and archived ones too, and look-ups of deals.

A list of deals omits the archived ones, which have a list of their own; `updated_since` takes no
milliseconds and misses nothing that was won later, as winning is a change (pipedrive page, section 5).
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.clock import DAY
from raccord.domain.values.deal import DealRef, FoundDeal, WonDeal
from raccord.domain.values.listed import DealPage, ListedDeal, Shown
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PAGE, PipedriveClient, Query, unless_gone
from raccord.vendors.pipedrive.deals import DEALS, DealReader
from raccord.vendors.pipedrive.fields import Fields, Held, Known
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.translation import page
from raccord.vendors.pipedrive.values import certain, parse_day, parse_instant, parse_number, write_instant

OPEN, ARCHIVED = "/api/v2/deals", "/api/v2/deals/archived"
_LISTING = Operation("list the deals", DEALS)
_LONGEST = 255
_MOST_FOUND = 100
SEARCH_LAG = timedelta(seconds=60)
"""Lists are no index, and nobody says that they show a change at once."""
_INDEX_LAG = timedelta(minutes=15)
"""Within which the index may miss a change: how late it is nobody says (section 2)."""


class DealLists:
    """Lists and finds deals of one account."""

    def __init__(
        self,
        connection: str,
        client: PipedriveClient,
        deals: DealReader,
        fields: Fields,
        settings: PipedriveSettings,
    ) -> None:
        self._connection = connection
        self._client = client
        self._deals = deals
        self._fields = fields
        self._invoice, self._payment = settings.mapping.invoice, settings.mapping.payment
        self._clock = deals.clock

    async def won(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:
        """Return every won deal; see the port."""
        known = await self._fields.known("deals")
        first = self._clock.end_of(won_from - DAY)
        query = {"sort_by": "update_time", "sort_direction": "asc"}
        if changed_since is None:
            query |= {"status": "won", "updated_since": write_instant(first)}
        else:
            query |= {"updated_since": write_instant(changed_since)}
        found: dict[str, WonDeal] = {}
        async for deal in self.every(query):
            shows = Held(known, deal.custom_fields).text(self._invoice.id)
            changed = _changed(deal)
            if changed_since and changed and changed < changed_since:
                continue
            if (deal.won and self._late_enough(deal, won_from)) or (changed_since and shows):
                id = str(deal.id)
                found[id] = WonDeal(id=id, invoice_id=cut(shows, _LONGEST), changed_at=changed)
        return tuple(found.values())

    async def every(self, query: Query) -> AsyncIterator[wire.Deal]:
        """Yield the deals of a filter, those in the pipelines first; none that was deleted."""
        for path in (OPEN, ARCHIVED):
            async for deal in self._client.every(_LISTING, path, wire.Deal, query):
                if not deal.is_deleted:
                    yield deal

    async def part(self, after: str, limit: int, query: Query) -> tuple[list[wire.Deal], str]:
        """Return a part of the deals in the pipelines, then of the archived ones, and where the next is."""
        place, _, cursor = after.partition(":")
        path = ARCHIVED if place == "archived" else OPEN
        onward = {"cursor": cursor} if cursor else {}
        found = await self._client.page(_LISTING, path, wire.Deal, {"limit": limit, **query, **onward})
        deals = [each for each in found.data if not each.is_deleted]
        if found.following:
            return deals, f"{place or 'open'}:{found.following}"
        return deals, "archived:" if path == OPEN else ""

    async def page(self, won_from: date, after: str) -> DealPage:
        """Return a part of the deals that are won or show an invoice.

        Of all deals: no filter finds those that show one.
        """
        known, domain = await self._fields.known("deals"), await self._deals.domain()
        deals, onward = await self.part(after, PAGE, {})
        listed = [self._listed(each, known, domain) for each in deals]
        kept = (
            each
            for each, deal in zip(listed, deals, strict=True)
            if (deal.won and self._late_enough(deal, won_from)) or each.shown.invoice_id
        )
        return DealPage(deals=tuple(kept), after=onward)

    async def showing(self, number: str) -> tuple[str, ...]:
        """Return the ids of deals that show this number: by the index, and of the latest by themselves."""
        wanted, known = number.strip(), await self._fields.known("deals")
        field = known.find(self._invoice.number) if wanted else None
        if field is None:
            return ()
        operation = Operation(f"look for the deal of the invoice {wanted}", "search")
        query = {"entity_type": "deal", "field": field.field_code, "match": "exact", "term": wanted}
        hits = await self._client.search(operation, "/api/v2/itemSearch/field", wire.Hit, query)
        found = [await unless_gone(self._deals.record(str(hit.id))) for hit in hits.data]
        since = {"updated_since": write_instant(datetime.now(UTC) - _INDEX_LAG)}
        latest = [deal async for deal in self.every(since)]
        ids = (
            str(deal.id)
            for deal in (*found, *latest)
            if deal and Held(known, deal.custom_fields).text(self._invoice.number) == wanted
        )
        return tuple(dict.fromkeys(ids))

    async def of_company(self, company_id: str) -> tuple[FoundDeal, ...]:
        """Return a company's deals, those that closed last first; see the port."""
        if not company_id.isdigit():
            return ()
        known, domain = await self._fields.known("deals"), await self._deals.domain()
        found = await unless_gone(self._all({"org_id": company_id}))
        latest = sorted(found or (), key=_closed, reverse=True)[:_MOST_FOUND]
        return tuple(self._found(each, known, domain) for each in latest)

    async def _all(self, query: Query) -> list[wire.Deal]:
        return [each async for each in self.every(query)]

    def won_on(self, deal: wire.Deal) -> date | None:
        if not deal.won:
            return None
        with suppress(ValueError):
            return self._clock.date_of(parse_instant(deal.won_time or ""))
        with suppress(ValueError):
            return parse_day(deal.local_won_date or "")
        return None

    def _late_enough(self, deal: wire.Deal, won_from: date) -> bool:
        day = self.won_on(deal)
        return day is None or day >= won_from

    def _found(self, deal: wire.Deal, known: Known, domain: str) -> FoundDeal:
        return FoundDeal(
            ref=DealRef(connection=self._connection, id=str(deal.id)),
            name=cut(deal.title or "", _LONGEST),
            url=page(domain, "deal", deal.id),
            won=deal.won,
            won_on=self.won_on(deal),
            amount=None if deal.value is None else certain(deal.value),
            currency=(deal.currency or "").upper() or None,
            invoice_number=cut(Held(known, deal.custom_fields).text(self._invoice.number), _LONGEST),
        )

    def _listed(self, deal: wire.Deal, known: Known, domain: str) -> ListedDeal:
        held, names = Held(known, deal.custom_fields), self._invoice

        def text(name: str) -> str:
            return cut(held.text(name), _LONGEST)

        return ListedDeal(
            id=str(deal.id),
            name=cut(deal.title or "", _LONGEST),
            url=page(domain, "deal", deal.id),
            owner_id=str(deal.owner_id or ""),
            pipeline_id=str(deal.pipeline_id or ""),
            won=deal.won,
            closed_on=self.won_on(deal),
            amount=None if deal.value is None else certain(deal.value),
            currency=(deal.currency or "").upper(),
            changed_at=_changed(deal),
            shown=Shown(
                invoice_id=text(names.id),
                number=text(names.number),
                status=text(names.status),
                net=_number(text(names.amount_net)),
                credited=_number(text(names.amount_credited)),
                payment=text(self._payment.status),
            ),
        )


def _changed(deal: wire.Deal) -> datetime | None:
    with suppress(ValueError):
        return parse_instant(deal.update_time or "")
    return None


def _closed(deal: wire.Deal) -> tuple[bool, str, int]:
    return deal.status != "open", deal.close_time or deal.won_time or "", deal.id


def _number(text: str) -> Decimal | None:
    with suppress(ValueError):
        return parse_number(text)
    return None
