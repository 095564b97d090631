"""The `Crm` port on HubSpot."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from raccord.connectors.capabilities import CrmCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.crm import Crm
from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal, FoundDeal, InvoiceFields, PaymentFields, Task, WonDeal
from raccord.domain.values.described import CrmAccount
from raccord.domain.values.details import ChangedRecords, Changes, Field, Sight
from raccord.domain.values.listed import CompanyPage, DealPage, WholeDealPage
from raccord.domain.values.parties import Company, Contact
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.attachments import Attachments
from raccord.vendors.hubspot.changed import SEARCH_LAG, CompaniesChanged
from raccord.vendors.hubspot.checks import check
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.description import Description
from raccord.vendors.hubspot.details import CompanyDetails
from raccord.vendors.hubspot.every_company import EveryCompany
from raccord.vendors.hubspot.every_deal import EveryDeal
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.finding import DealFinder
from raccord.vendors.hubspot.ids import RECORD_ID
from raccord.vendors.hubspot.in_batches import DealsInBatches
from raccord.vendors.hubspot.invoice_fields import InvoiceOnDeal
from raccord.vendors.hubspot.payment_fields import PaymentOnDeal
from raccord.vendors.hubspot.reading import DealReader
from raccord.vendors.hubspot.records import Records, scope
from raccord.vendors.hubspot.setting_up import set_up
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.stages import PaidStages
from raccord.vendors.hubspot.tasks import LIMITS, TasksOnDeals
from raccord.vendors.hubspot.translation import (
    COMPANY,
    CONTACT,
    PERSON,
    PLACE,
    company,
    contact,
    private_person,
)
from raccord.vendors.hubspot.whole import GENEROUS
from raccord.vendors.hubspot.wire import Anything
from raccord.vendors.hubspot.won import WonDeals

_REQUESTS = 5.0
"""A deal with its lines, companies and contacts, its owner being known; a write takes two, a company one."""


def connect(name: str, settings: ConnectionSettings, clock: BusinessClock) -> Crm:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return HubSpotCrm(name, of_vendor(settings, HubSpotSettings), clock)


class HubSpotCrm:
    """One HubSpot account. Instants become business dates through the company's clock."""

    def __init__(self, name: str, settings: HubSpotSettings, clock: BusinessClock) -> None:
        self._settings = settings
        self._client = HubSpotClient(name, settings, clock)
        self._records = Records(self._client)
        self._deals = DealReader(name, self._client, settings, clock)
        self._details = CompanyDetails(self._client, self._records, settings)
        self._changed = CompaniesChanged(self._client, self._records, settings)
        self._won = WonDeals(self._client, settings.mapping.invoice, clock)
        self._facts = Facts(self._client)
        self._every = EveryDeal(self._client, self._facts, settings, clock)
        self._whole = DealsInBatches(name, self._client, settings, clock)
        self._companies = EveryCompany(self._client, self._records, settings)
        self._invoices = InvoiceOnDeal(self._client, settings.mapping.invoice, clock)
        self._payments = PaymentOnDeal(self._client, settings.mapping.payment, clock)
        self._finder = DealFinder(name, self._client, settings, clock)
        self._stages = PaidStages(self._client, settings.paid_stages)
        self._tasks = TasksOnDeals(self._client)
        self._attachments = Attachments(self._client, settings.files_folder)

    @property
    def capabilities(self) -> CrmCapabilities:
        return CrmCapabilities(
            # HubSpot knows no idempotency keys, and a task has no property that could be unique.
            uniqueness=Uniqueness.NONE,
            requests_per_second=self._settings.requests_per_second,
            requests_per_activity=_REQUESTS,
            search_lag=SEARCH_LAG,
            task=LIMITS,
            deal_id=RECORD_ID,
            paid_stages=bool(self._settings.paid_stages),
            files=bool(self._settings.files_folder),
        )

    async def read_deal(self, deal_id: str) -> Deal:
        return await self._deals.read(deal_id)

    async def shows_invoice(self, deal_id: str, fields: InvoiceFields) -> bool:
        return await self._invoices.shown(deal_id, fields)

    async def write_invoice(self, deal_id: str, fields: InvoiceFields) -> None:
        await self._invoices.write(deal_id, fields)

    async def shows_payment(self, deal_id: str, fields: PaymentFields) -> bool:
        return await self._payments.shown(deal_id, fields)

    async def write_payment(self, deal_id: str, fields: PaymentFields) -> None:
        await self._payments.write(deal_id, fields)

    async def lacks_payment_fields(self) -> tuple[str, ...]:
        return await self._payments.lacking()

    async def deals_showing(self, invoice_number: str) -> tuple[str, ...]:
        return await self._finder.showing(invoice_number)

    async def deals_of_company(self, company_id: str) -> tuple[FoundDeal, ...]:
        return await self._finder.of_company(company_id)

    async def waits_for_paid_stage(self, deal_id: str) -> bool:
        return await self._stages.waits(deal_id)

    async def move_to_paid_stage(self, deal_id: str) -> None:
        await self._stages.move(deal_id)

    async def read_company(self, company_id: str) -> Company | None:
        if (person := company_id.removeprefix(PERSON)) != company_id:
            known = await self._records.one("contacts", person, (*CONTACT, *PLACE))
            return private_person(known, GENEROUS) if known else None
        names = self._settings.mapping.companies
        found = await self._records.one("companies", company_id, (*COMPANY, *names.used))
        return company(found, names, GENEROUS, []) if found else None

    async def read_contact(self, contact_id: str) -> Contact | None:
        found = await self._records.one("contacts", contact_id, CONTACT)
        return contact(found, GENEROUS, billing=False) if found else None

    @property
    def keeps(self) -> frozenset[Field]:
        return self._details.keeps

    async def read_details(self, record_id: str) -> Sight:
        return await self._details.read(record_id)

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        return await self._changed.between(since, until)

    async def write_details(self, record_id: str, changes: Changes, *, key: str) -> None:  # noqa: ARG002
        # HubSpot knows no idempotency keys; setting a property twice is harmless.
        await self._details.write(record_id, changes)

    async def won_deals(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:
        return await self._won.read(won_from=won_from, changed_since=changed_since)

    async def list_deals(self, *, won_from: date, after: str) -> DealPage:
        return await self._every.page(won_from, after)

    async def list_whole_deals(self, *, won_from: date, after: str) -> WholeDealPage:
        return await self._whole.page(won_from, after)

    async def list_companies(self, *, after: str) -> CompanyPage:
        return await self._companies.page(after)

    async def name_owners(self, ids: Collection[str]) -> Mapping[str, str]:
        return await self._facts.name_owners(ids)

    async def name_pipelines(self) -> Mapping[str, str]:
        return await self._facts.name_pipelines()

    async def describe(self) -> CrmAccount:
        return await Description(self._client, self._records, self._facts).read()

    async def find_task(self, deal_id: str, ref: str) -> str | None:
        return await self._tasks.find(deal_id, ref)

    async def set_up(self, *, dry: bool = False) -> tuple[Check, ...]:
        return await set_up(self._client, self._settings.mapping, dry=dry)

    async def create_task(self, task: Task) -> str:
        return await self._tasks.create(task)

    async def complete_task(self, task_id: str) -> None:
        await self._tasks.complete(task_id)

    async def find_attachment(self, deal_id: str, ref: str) -> str | None:
        return await self._attachments.find(deal_id, ref)

    async def store_file(self, name: str, content: bytes) -> str:
        return await self._attachments.store(name, content)

    async def attach_file(self, deal_id: str, file_id: str, *, text: str, ref: str) -> str:
        return await self._attachments.attach(deal_id, file_id, text, ref)

    async def probe(self) -> None:
        """List one deal: no search, and a right that every flow needs."""
        await self._client.get(
            Operation("list a deal", scope("deals")),
            paths.records("deals"),
            Anything,
            ("limit", "1"),
            ("properties", "hs_object_id"),
        )

    async def check(self) -> tuple[Check, ...]:
        return await check(self._client, self._settings)

    async def close(self) -> None:
        await self._client.close()
