"""Reading a deal with everything its invoice needs: the deal, then all the rest at once.

Six requests: the deal with the ids of its company, contacts and lines; the company, its billing
contacts, the contacts, the lines and the owner (remembered for a while). More are needed where a
deal names several companies (which one is primary), where its contacts have several addresses and its
company has none (whether one is labelled), or where its billing contact is not on it.
"""

from raccord.connectors.errors import Forbidden, Permanent, Poison, Transient
from raccord.connectors.http.together import together
from raccord.domain.values.base import fold
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal
from raccord.vendors.hubspot.billing_contacts import BillingContacts, oldest
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.records import Found, Records, unless_gone
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import COMPANY, CONTACT, DEAL, LINE_ITEM, PLACE
from raccord.vendors.hubspot.whole import Parties, Parts, Translation
from raccord.vendors.hubspot.wire import DealRecord

MOST_LINES = 1_000
"""Ten batch reads; more would neither fit into one read's time nor into one invoice."""
PRIMARY_COMPANY = 5


class DealReader:
    """Reads deals of one HubSpot account."""

    def __init__(
        self, connection: str, client: HubSpotClient, settings: HubSpotSettings, clock: BusinessClock
    ) -> None:
        self._records = Records(client)
        self._facts = Facts(client)
        self._names = settings.mapping
        self._billing = BillingContacts(self._records, settings.mapping.contacts.billing_labels)
        self._contact = (*CONTACT, *PLACE) if self._names.contacts.private_persons else CONTACT
        self._translation = Translation(connection, settings, clock)

    async def read(self, deal_id: str) -> Deal:
        """Read a deal; see the port."""
        record = await self._records.deal(
            deal_id, (*DEAL, *self._names.deals.used), ("companies", "contacts", "line_items")
        )
        verdict, stage = record.text("hs_is_closed_won"), record.text("dealstage")
        async with together() as group:
            parties = group.create_task(self._parties(record))
            lines = group.create_task(self._lines(record))
            owner = group.create_task(self._facts.owner(record.text("hubspot_owner_id")))
            won = group.create_task(self._facts.won(record.id, verdict, stage))
            currency = group.create_task(self._facts.currency(record.text("deal_currency_code")))
        return self._translation.deal(
            Parts(
                record=record,
                won=won.result(),
                owner=owner.result(),
                currency=currency.result(),
                parties=parties.result(),
                lines=lines.result(),
            )
        )

    async def _lines(self, record: DealRecord) -> Found:
        ids = await self._ids(record, "line_items")
        if len(ids) > MOST_LINES:
            raise too_many_lines(record.id, len(ids))
        return await self._records.read("line_items", ids, (*LINE_ITEM, *self._names.line_items.used))

    async def _parties(self, record: DealRecord) -> Parties:
        """Return the deal's companies and its contacts, with those who are marked for billing.

        A label between deal and contact comes before one between company and contact; a company's billing
        contact need not be on the deal itself.
        """
        company_ids = await self._companies(record)
        properties = (*COMPANY, *self._names.companies.used)
        async with together() as group:
            companies = group.create_task(self._records.read("companies", company_ids, properties))
            contacts = group.create_task(self._contacts(record))
            billing = group.create_task(self._billing_contacts(company_ids))
        there, called = contacts.result(), billing.result()
        if several_addresses(companies.result(), there, self._names.companies.billing_email):
            called = await self._labelled(record, called)
        known = {id for each in there.records for id in (each.id, *each.former)}
        more = await self._records.read("contacts", [i for i in called if i not in known], self._contact)
        everybody = Found((*there.records, *more.records), (*there.missing, *more.missing))
        return Parties(companies.result(), everybody, frozenset(called))

    async def _contacts(self, record: DealRecord) -> Found:
        return await self._records.read(
            "contacts", oldest(await self._ids(record, "contacts")), self._contact
        )

    async def _companies(self, record: DealRecord) -> tuple[str, ...]:
        """Return the primary company alone where HubSpot marks one, else all."""
        ids = await self._ids(record, "companies")
        if len(ids) < 2:
            return ids
        linked = await self._records.associated("deals", record.id, "companies")
        primary = [c.to_object_id for c in linked if c.has(PRIMARY_COMPANY)]
        return oldest(primary or [c.to_object_id for c in linked])

    async def _billing_contacts(self, company_ids: tuple[str, ...]) -> tuple[str, ...]:
        return await self._billing.of(company_ids[0]) if len(company_ids) == 1 else ()

    async def _labelled(self, record: DealRecord, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """Return the contacts that a label of the deal marks; without one, those of the company.

        An account that does not tell the labels will not tell them tomorrow. An outage may hide one that
        comes before the company's; where the company marks nobody, a person is asked without waiting.
        """
        try:
            people = await unless_gone(self._records.associated("deals", record.id, "contacts"))
        except (Forbidden, Permanent, Poison):
            return otherwise
        except Transient as error:
            if otherwise and not error.elsewhere:
                raise
            return otherwise
        return oldest([each.to_object_id for each in people or () if self._billing.marks(each)]) or otherwise

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


def several_addresses(companies: Found, contacts: Found, own: str) -> bool:
    """Whether a deal's contacts have several addresses, and its company none in the property `own`."""
    emails = {fold(each.text("email")) for each in contacts.records} - {""}
    return len(emails) > 1 and not any(each.text(own) for each in companies.records)


def too_many_lines(deal_id: str, lines: int) -> Permanent:
    return Permanent(
        f"The HubSpot deal {deal_id} has {lines} line items; at most {MOST_LINES} are read. "
        "Group lines, or split the deal into several.",
        code="too_many_lines",
    )
