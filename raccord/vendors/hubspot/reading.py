"""Reading a deal with everything its invoice needs: three rounds of requests, each in parallel."""

import asyncio
from functools import partial

from raccord.connectors.errors import Forbidden, Permanent
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal, DealRef, LineItem, Unreadable
from raccord.domain.values.parties import Company, Contact, Owner
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.errors import Operation
from raccord.vendors.hubspot.records import ACCOUNT_SCOPE, Records, scope, unless_gone
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import (
    COMPANY,
    CONTACT,
    DEAL,
    LINE_ITEM,
    Fields,
    company,
    contact,
    creation,
    line_item,
    merged,
    position,
)
from raccord.vendors.hubspot.values import (
    parse_business_date,
    parse_date,
    parse_days,
    parse_decimal,
    parse_language,
)
from raccord.vendors.hubspot.wire import Account, DealRecord, OwnerRecord, Pipelines, Stage

MOST_LINES = 1_000
"""Ten batch reads; more would neither fit into one read's time nor into one invoice."""
PRIMARY_COMPANY = 5
BILLING_CONTACT = (930, 931)
"""Company to contact and back (HubSpot docs: associations v4, type ids)."""


class DealReader:
    """Reads deals of one HubSpot account."""

    def __init__(
        self, connection: str, client: HubSpotClient, settings: HubSpotSettings, clock: BusinessClock
    ) -> None:
        self._connection = connection
        self._client = client
        self._records = Records(client)
        self._account_id = settings.account_id
        self._names = settings.mapping
        self._clock = clock

    async def read(self, deal_id: str) -> Deal:
        """Read a deal; see the port."""
        names = (*DEAL, *self._names.deals.used)
        record = await self._records.deal(deal_id, names, ("contacts", "line_items"))
        notes: list[Unreadable] = []
        deal = Fields("deal", record.properties, notes)
        (companies, contacts), lines, owner, won, currency = await asyncio.gather(
            self._parties(record, notes),
            self._lines(record, notes),
            self._owner(deal.text("hubspot_owner_id")),
            self._won(record.id, deal),
            self._currency(deal.text("deal_currency_code")),
        )
        own = self._names.deals
        return Deal(
            ref=DealRef(connection=self._connection, id=record.id),
            name=deal.text("dealname"),
            url=self._url(record.id),
            won=won,
            won_on=deal.read("closedate", partial(parse_business_date, clock=self._clock)) if won else None,
            pipeline=deal.text("pipeline"),
            owner=owner,
            amount=deal.read("amount", parse_decimal),
            currency=currency,
            companies=companies,
            contacts=contacts,
            lines=lines,
            service_date=deal.read(own.service_date, partial(parse_date, clock=self._clock)),
            purchase_order=deal.text(own.purchase_order),
            language=parse_language(deal.text(own.language)),
            payment_terms_days=deal.read(own.payment_terms_days, parse_days),
            merged=merged(record),
            unreadable=tuple(sorted(notes, key=lambda note: (note.record, note.field))),
        )

    def _url(self, deal_id: str) -> str:
        if self._account_id is None:
            return ""
        return f"https://app.hubspot.com/contacts/{self._account_id}/record/0-3/{deal_id}"

    async def _lines(self, record: DealRecord, notes: list[Unreadable]) -> tuple[LineItem, ...]:
        ids = await self._ids(record, "line_items")
        if len(ids) > MOST_LINES:
            raise Permanent(
                f"The HubSpot deal {record.id} has {len(ids)} line items; at most {MOST_LINES} are read. "
                "Group lines, or split the deal into several.",
                code="too_many_lines",
            )
        names = self._names.line_items
        records = await self._records.read("line_items", ids, (*LINE_ITEM, *names.used), notes)
        return tuple(line_item(each, names, notes) for each in sorted(records, key=position))

    async def _parties(
        self, record: DealRecord, notes: list[Unreadable]
    ) -> tuple[tuple[Company, ...], tuple[Contact, ...]]:
        """Return the deal's companies and its contacts, with the billing contacts of its one company.

        A company's billing contact need not be on the deal itself.
        """
        linked, contact_ids = await asyncio.gather(
            self._records.associated("deals", record.id, "companies"), self._ids(record, "contacts")
        )
        primary = [c.to_object_id for c in linked if c.has(PRIMARY_COMPANY)]
        company_ids = primary or [c.to_object_id for c in linked]
        names = self._names.companies
        companies, billing_ids = await asyncio.gather(
            self._records.read("companies", company_ids, (*COMPANY, *names.used), notes),
            self._billing_contacts(company_ids),
        )
        everybody = tuple(dict.fromkeys((*contact_ids, *billing_ids)))
        contacts = await self._records.read("contacts", everybody, CONTACT, notes)
        return (
            tuple(company(each, names, notes) for each in sorted(companies, key=creation)),
            tuple(contact(each, billing=each.id in billing_ids) for each in sorted(contacts, key=creation)),
        )

    async def _billing_contacts(self, company_ids: list[str]) -> set[str]:
        if len(company_ids) != 1:
            return set()
        people = await unless_gone(self._records.associated("companies", company_ids[0], "contacts"))
        return {each.to_object_id for each in people or () if each.has(*BILLING_CONTACT)}

    async def _ids(self, record: DealRecord, kind: str) -> tuple[str, ...]:
        """Return the ids of one kind that the deal names, from all pages when it says that there are more.

        HubSpot's examples write the key of line items with a space, its paths with an underscore.
        """
        lists = [
            record.associations[key] for key in {kind, kind.replace("_", " ")} & set(record.associations)
        ]
        if any(each.after for each in lists):
            found = await self._records.associated("deals", record.id, kind)
            return tuple(each.to_object_id for each in found)
        return tuple(dict.fromkeys(each.id for linked in lists for each in linked.results))

    async def _owner(self, owner_id: str) -> Owner | None:
        """Return the salesperson; of one that HubSpot no longer shows, the id alone."""
        if not owner_id:
            return None
        for archived in (False, True) if owner_id.isdigit() else ():
            found = await unless_gone(
                self._client.call(
                    Operation(f"read the owner {owner_id}", scope("owners")),
                    self._client.owners.get_by_id,
                    owner_id,
                    archived=archived,
                    into=OwnerRecord,
                )
            )
            if found:
                name = f"{found.first_name or ''} {found.last_name or ''}"
                return Owner(id=owner_id, name=name, email=found.email or "")
        return Owner(id=owner_id)

    async def _won(self, deal_id: str, deal: Fields) -> bool:
        """Return whether the deal is won, as HubSpot calculates it, else by its stage."""
        match deal.text("hs_is_closed_won").lower():
            case "true":
                return True
            case "false":
                return False
        name = deal.text("dealstage")
        pipelines = await unless_gone(
            self._client.call(
                Operation("read the deal pipelines", scope("deals")),
                self._client.pipelines.get_all,
                "deals",
                into=Pipelines,
            )
        )
        stages = [s for p in (pipelines.results if pipelines else ()) for s in p.stages if s.id == name]
        if not stages:
            raise Permanent(
                f"HubSpot does not say whether the deal {deal_id} is won, and its stage is in no pipeline. "
                "Choose a stage of an existing pipeline.",
                code="unknown_stage",
                field="dealstage",
            )
        return all(_is_won(stage) for stage in stages)

    async def _currency(self, code: str) -> str | None:
        """Return the deal's currency, else the account's; None when HubSpot may not say."""
        if code:
            return code.upper()
        try:
            account = await unless_gone(
                self._client.call(
                    Operation("read the account's currency", ACCOUNT_SCOPE),
                    self._client.account,
                    into=Account,
                )
            )
        except Forbidden:
            return None
        return account.company_currency.upper() if account and account.company_currency else None


def _is_won(stage: Stage) -> bool:
    closed, probability = (stage.metadata.get(key) or "" for key in ("isClosed", "probability"))
    try:
        return closed.lower() == "true" and parse_decimal(probability) == 1
    except ValueError:
        return False
