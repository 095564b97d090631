"""Reading a deal with everything its invoice needs: the deal, then all the rest at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from raccord.connectors.errors import Forbidden, NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.together import together
from raccord.connectors.lengths import cut
from raccord.connectors.memory import Memory
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal, DealRef, Unreadable
from raccord.domain.values.parties import Owner
from raccord.domain.values.payment_terms import parse_payment_terms
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PipedriveClient, batches, unless_gone
from raccord.vendors.pipedrive.errors import FEATURE_OFF
from raccord.vendors.pipedrive.fields import Fields, Held, Known
from raccord.vendors.pipedrive.lines import lines
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.translation import LONGEST, company, contact, owner, page, parsed
from raccord.vendors.pipedrive.values import (
    certain,
    parse_day,
    parse_instant,
    parse_language,
    parse_percent,
)

DEALS, CONTACTS, PRODUCTS, USERS = "see all deals", "see all contacts", "see products", "see users"
MOST_LINES = 1_000
MOST_PARTS = 12
"""Of a plan: more tell a person nothing."""
LARGEST = 1024 * 1024
"""Bytes of a deal: Temporal takes 2 MiB at once, and a plan or a question repeats parts of the deal."""
_ROOMS = ((500, 5_000), (250, 1_000), (100, 200), (40, 60))
_REMEMBERED = 300.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What was read for one deal."""

    deal: wire.Deal
    organization: wire.Organization | None
    person: wire.Person | None
    owner: Owner | None
    products: Sequence[wire.Product]
    discounts: Sequence[wire.DealDiscount]
    plan: Sequence[wire.Instalment] = ()


class DealReader:
    """Reads deals of one account."""

    def __init__(
        self,
        connection: str,
        client: PipedriveClient,
        fields: Fields,
        settings: PipedriveSettings,
        clock: BusinessClock,
    ) -> None:
        self._connection = connection
        self._client = client
        self._fields = fields
        self._settings = settings
        self._names = settings.mapping
        self.clock = clock
        self._owners: Memory[Owner] = Memory()
        self._left: set[str] = set()

    async def record(self, deal_id: str) -> wire.Deal:
        """Read a deal by itself, archived or not. Raises `NotFound` also for a deleted one that is shown."""
        operation = Operation(f"read the deal {deal_id}", DEALS)
        found = await self._client.one(operation, f"/api/v2/deals/{_number(deal_id)}", wire.Deal)
        if found.is_deleted:
            raise NotFound(f"The Pipedrive deal {deal_id} was deleted.")
        return found

    async def read(self, deal_id: str) -> Deal:
        """Read a deal; see the port."""
        found = await self.record(deal_id)
        async with together() as group:
            domain = group.create_task(self.domain())
            organization = group.create_task(self.organization(found.org_id))
            person = group.create_task(self.person(found.person_id))
            sold_by = group.create_task(self.owner(found.owner_id))
            products = group.create_task(self.products(found.id))
        sold = products.result()
        parts = Parts(found, organization.result(), person.result(), sold_by.result(), sold, ())
        if sold:
            async with together() as group:
                discounts = group.create_task(self.discounts(found.id))
                plan = group.create_task(self.plans((found.id,)))
            parts = replace(parts, discounts=discounts.result(), plan=plan.result())
        return await self.whole(parts, domain.result())

    async def domain(self) -> str:
        """Return what the company's addresses begin with. Raises `OtherCompany`."""
        me = await self._client.known_me()
        return self._settings.company_domain or me.company_domain or ""

    async def organization(self, id: int | None) -> wire.Organization | None:
        if id is None:
            return None
        operation = Operation(f"read the organization {id}", CONTACTS)
        found = await unless_gone(
            self._client.one(operation, f"/api/v2/organizations/{id}", wire.Organization)
        )
        return None if found is None or found.is_deleted else found

    async def person(self, id: int | None) -> wire.Person | None:
        if id is None:
            return None
        operation = Operation(f"read the person {id}", CONTACTS)
        found = await unless_gone(self._client.one(operation, f"/api/v2/persons/{id}", wire.Person))
        return None if found is None or found.is_deleted else found

    async def owner(self, id: int | None) -> Owner | None:
        """Return the salesperson, known for minutes; of one that Pipedrive no longer shows, the id alone."""
        if id is None:
            return None

        async def ask() -> Owner:
            operation = Operation(f"read the user {id}", USERS)
            found = await unless_gone(self._client.one(operation, f"/api/v1/users/{id}", wire.User))
            gone = found is None or not found.active_flag
            (self._left.add if gone else self._left.discard)(str(id))
            return owner(found) if found else Owner(id=str(id))

        return await self._owners.get(str(id), ask, seconds=lambda _: _REMEMBERED)

    def has_left(self, owner_id: str) -> bool:
        """Whether a salesperson read before is none any more."""
        return owner_id in self._left

    async def products(self, deal_id: int) -> Sequence[wire.Product]:
        operation = Operation(f"read the products of the deal {deal_id}", PRODUCTS)
        path = f"/api/v2/deals/{deal_id}/products"
        found = [each async for each in self._client.every(operation, path, wire.Product)]
        if len(found) > MOST_LINES:
            raise Permanent(
                f"The Pipedrive deal {deal_id} has {len(found)} products; at most {MOST_LINES} are read. "
                "Group them, or split the deal into several.",
                code="too_many_lines",
            )
        return found

    async def discounts(self, deal_id: int) -> Sequence[wire.DealDiscount]:
        operation = Operation(f"read the discounts of the deal {deal_id}", PRODUCTS)
        path = f"/api/v2/deals/{deal_id}/discounts"
        return (await self._client.page(operation, path, wire.DealDiscount)).data

    async def plans(self, deal_ids: Iterable[int]) -> Sequence[wire.Instalment]:
        """Return the parts of some deals' plans, by day; none where the account's plan has no such thing.

        Deals of the smallest plan have none (spec v2, GET /deals/installments). How asking is refused there
        no page says: as what may not be seen, is not there, or is turned off. A missing right it is not: the
        deal itself and its discounts are read with the same one (spec v2, `security` of each).
        """
        operation = Operation("read the instalments of deals", DEALS)
        found: list[wire.Instalment] = []
        for some in batches(deal_ids):
            listed = self._client.every(
                operation, "/api/v2/deals/installments", wire.Instalment, {"deal_ids": some}
            )
            try:
                found += [each async for each in listed]
            except (Forbidden, NotFound):
                continue
            except Permanent as error:
                if error.code != FEATURE_OFF:
                    raise
        return sorted(found, key=lambda each: (each.billing_date or "", each.id))

    async def whole(self, parts: Parts, domain: str) -> Deal:
        """Put a deal together; the more texts it has, the shorter they are cut, so that it always fits."""
        known, companies = await self._fields.known("deals"), await self._fields.known("companies")
        for room in _ROOMS:
            deal = self._deal(parts, known, companies, domain, room)
            if len(deal.model_dump_json().encode()) <= LARGEST:
                return deal
        raise Permanent(
            f"The Pipedrive deal {parts.deal.id} holds more text than one invoice can take. "
            "Shorten its lines, or split the deal into several.",
            code="too_large",
        )

    def _deal(self, parts: Parts, known: Known, companies: Known, domain: str, room: tuple[int, int]) -> Deal:
        found, names, notes = parts.deal, self._names.deals, _missing(parts)
        held = Held(known, found.custom_fields)
        read = partial(parsed, held, record="deal", notes=notes)
        won_on = self.clock.date_of(parse_instant(found.won_time)) if found.won and found.won_time else None
        if found.won and won_on is None and found.local_won_date:
            won_on = parse_day(found.local_won_date)
        return Deal(
            ref=DealRef(connection=self._connection, id=str(found.id)),
            name=cut((found.title or "").strip(), LONGEST),
            url=page(domain, "deal", found.id),
            won=found.won,
            won_on=won_on,
            pipeline=str(found.pipeline_id or ""),
            owner=parts.owner,
            amount=None if found.value is None else certain(found.value),
            currency=(found.currency or "").upper() or None,
            companies=(company(parts.organization, self._names.companies, companies, notes),)
            if parts.organization
            else (),
            contacts=(contact(parts.person),) if parts.person else (),
            lines=lines(parts.products, parts.discounts, room, notes),
            service_date=read(names.service_date, parse=parse_day),
            purchase_order=cut(held.text(names.purchase_order), LONGEST),
            reference=cut(held.text(names.reference), LONGEST),
            language=parse_language(held.text(names.language)),
            payment_terms=read(names.payment_terms_days, parse=parse_payment_terms),
            deposit_percent=read(names.deposit_percent, parse=parse_percent),
            delivered_on=read(names.delivered_on, parse=parse_day),
            instalments=tuple(_part(each, LONGEST) for each in parts.plan[:MOST_PARTS]),
            unreadable=tuple(sorted(notes, key=lambda note: (note.record, note.field))),
        )


def _missing(parts: Parts) -> list[Unreadable]:
    """Note every record that the deal names and Pipedrive does not return."""
    named = (
        ("company", parts.deal.org_id, parts.organization),
        ("contact", parts.deal.person_id, parts.person),
    )
    return [
        Unreadable(record=f"{kind} {id}", field="id", value=str(id))
        for kind, id, found in named
        if id is not None and found is None
    ]


def _part(found: wire.Instalment, longest: int) -> str:
    """Return a part as people know it: `Acompte (2026-12-01)`."""
    name, day = (found.description or "").strip(), (found.billing_date or "")[:10]
    return cut(f"{name} ({day})" if name and day else name or day or str(found.id), longest)


def _number(deal_id: str) -> str:
    if not (deal_id.isascii() and deal_id.isdigit() and len(deal_id) < 20):
        raise NotFound("A Pipedrive deal has a number; this is none.")
    return deal_id
