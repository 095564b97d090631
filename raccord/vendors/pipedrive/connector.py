"""The `Crm` port on Pipedrive."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from raccord.connectors.capabilities import CrmCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, Registration, of_vendor
from raccord.connectors.crm import Crm
from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.oauth import Grants, OAuthApp
from raccord.connectors.setting_up import Coded
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal, FoundDeal, InvoiceFields, PaymentFields, Task, WonDeal
from raccord.domain.values.described import CrmAccount
from raccord.domain.values.details import ChangedRecords, Changes, Field, Sight
from raccord.domain.values.listed import CompanyPage, DealPage, WholeDealPage
from raccord.domain.values.parties import Company, Contact
from raccord.vendors.pipedrive import client, wire
from raccord.vendors.pipedrive.changed import OrganizationsChanged
from raccord.vendors.pipedrive.checks import check
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import DEALS, USERS, DealReader
from raccord.vendors.pipedrive.description import Description
from raccord.vendors.pipedrive.details import OrganizationDetails
from raccord.vendors.pipedrive.fields import Fields
from raccord.vendors.pipedrive.hooks import Hooks
from raccord.vendors.pipedrive.ids import RECORD_ID
from raccord.vendors.pipedrive.searching import SEARCH_LAG, DealLists
from raccord.vendors.pipedrive.setting_up import named_fields, set_up
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.stages import PaidStages
from raccord.vendors.pipedrive.tasks import LIMITS, TasksOnDeals
from raccord.vendors.pipedrive.translation import company, contact
from raccord.vendors.pipedrive.wanted import wanted
from raccord.vendors.pipedrive.whole import WholeLists
from raccord.vendors.pipedrive.writing import FieldsOnDeals

_NO_FILES = "Raccord puts no files on Pipedrive's deals yet: an invoice's PDF stays in its folder."
_REQUESTS = 6.0
"""A deal with its products, discounts and instalments, organization and person; the owner being known."""


def connect(
    name: str, settings: ConnectionSettings, clock: BusinessClock, grants: Grants | None = None
) -> Crm:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return PipedriveCrm(name, of_vendor(settings, PipedriveSettings), clock, grants)


def oauth(name: str, settings: ConnectionSettings) -> OAuthApp | None:
    """Return the app that a person installs. Raises `TypeError` as `connect` does."""
    return client.oauth(name, of_vendor(settings, PipedriveSettings))


class PipedriveCrm:
    """One company's account. Instants become business dates through the company's clock."""

    def __init__(
        self, name: str, settings: PipedriveSettings, clock: BusinessClock, grants: Grants | None = None
    ) -> None:
        self._settings = settings
        self._client = PipedriveClient(name, settings, grants)
        self._wanted = wanted(settings.mapping)
        self._fields = Fields(self._client, self._wanted)
        self._deals = DealReader(name, self._client, self._fields, settings, clock)
        self._lists = DealLists(name, self._client, self._deals, self._fields, settings)
        self._whole = WholeLists(self._client, self._deals, self._lists, self._fields, settings)
        names = settings.mapping
        self._shown = FieldsOnDeals(self._client, self._deals, self._fields, names.invoice, names.payment)
        self._tasks = TasksOnDeals(self._client, settings.activity_type)
        self._stages = PaidStages(self._client, self._deals, settings.paid_stages)
        self._hooks = Hooks(self._client, settings)
        self._details = OrganizationDetails(self._client, self._deals, self._fields, settings)
        self._changed = OrganizationsChanged(self._client)

    @property
    def capabilities(self) -> CrmCapabilities:
        return CrmCapabilities(
            # No idempotency keys, and no field that could be unique (pipedrive page, sections 1 and 8).
            uniqueness=Uniqueness.NONE,
            requests_per_second=self._settings.requests_per_second,
            requests_per_activity=_REQUESTS,
            search_lag=SEARCH_LAG,
            task=LIMITS,
            deal_id=RECORD_ID,
            paid_stages=bool(self._settings.paid_stages),
        )

    async def read_deal(self, deal_id: str) -> Deal:
        return await self._deals.read(deal_id)

    async def shows_invoice(self, deal_id: str, fields: InvoiceFields) -> bool:
        return await self._shown.shows_invoice(deal_id, fields)

    async def write_invoice(self, deal_id: str, fields: InvoiceFields) -> None:
        await self._shown.write_invoice(deal_id, fields)

    async def shows_payment(self, deal_id: str, fields: PaymentFields) -> bool:
        return await self._shown.shows_payment(deal_id, fields)

    async def write_payment(self, deal_id: str, fields: PaymentFields) -> None:
        await self._shown.write_payment(deal_id, fields)

    async def lacks_payment_fields(self) -> tuple[str, ...]:
        return await self._shown.lacking()

    async def deals_showing(self, invoice_number: str) -> tuple[str, ...]:
        return await self._lists.showing(invoice_number)

    async def deals_of_company(self, company_id: str) -> tuple[FoundDeal, ...]:
        return await self._lists.of_company(company_id)

    async def waits_for_paid_stage(self, deal_id: str) -> bool:
        return await self._stages.waits(deal_id)

    async def move_to_paid_stage(self, deal_id: str) -> None:
        await self._stages.move(deal_id)

    async def read_company(self, company_id: str) -> Company | None:
        if not RECORD_ID.fits(company_id):
            return None
        found = await self._deals.organization(int(company_id))
        known = await self._fields.known("companies")
        return company(found, self._settings.mapping.companies, known, []) if found else None

    async def read_contact(self, contact_id: str) -> Contact | None:
        found = await self._deals.person(int(contact_id)) if RECORD_ID.fits(contact_id) else None
        return contact(found) if found else None

    @property
    def keeps(self) -> frozenset[Field]:
        return self._details.keeps

    async def read_details(self, record_id: str) -> Sight:
        return await self._details.read(record_id)

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        return await self._changed.between(since, until)

    async def write_details(self, record_id: str, changes: Changes, *, key: str) -> None:  # noqa: ARG002
        # There are no idempotency keys (section 8); setting a field twice is harmless.
        await self._details.write(record_id, changes)

    async def won_deals(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:
        return await self._lists.won(won_from=won_from, changed_since=changed_since)

    async def list_deals(self, *, won_from: date, after: str) -> DealPage:
        return await self._lists.page(won_from, after)

    async def list_whole_deals(self, *, won_from: date, after: str) -> WholeDealPage:
        return await self._whole.deals(won_from, after)

    async def list_companies(self, *, after: str) -> CompanyPage:
        return await self._whole.companies(after)

    async def name_owners(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return what users are called, also those who left: the list has both."""
        if not ids:
            return {}
        found = (await self._client.page(Operation("list the users", USERS), "/api/v1/users", wire.User)).data
        return {
            str(each.id): name for each in found if (name := each.name or each.email) and str(each.id) in ids
        }

    async def name_pipelines(self) -> Mapping[str, str]:
        operation = Operation("list the pipelines", DEALS)
        every = self._client.every(operation, "/api/v2/pipelines", wire.Pipeline)
        return {str(each.id): each.name async for each in every if each.name}

    async def describe(self) -> CrmAccount:
        return await Description(self._client, self._fields).read()

    async def find_task(self, deal_id: str, ref: str) -> str | None:
        return await self._tasks.find(deal_id, ref)

    async def create_task(self, task: Task) -> str:
        return await self._tasks.create(task)

    async def complete_task(self, task_id: str) -> None:
        await self._tasks.complete(task_id)

    async def find_attachment(self, deal_id: str, ref: str) -> str | None:  # noqa: ARG002
        return None

    async def store_file(self, name: str, content: bytes) -> str:  # noqa: ARG002
        raise Permanent(_NO_FILES, code="no_files")

    async def attach_file(self, deal_id: str, file_id: str, *, text: str, ref: str) -> str:  # noqa: ARG002
        raise Permanent(_NO_FILES, code="no_files")

    async def set_up(self, *, dry: bool = False) -> tuple[Check, ...]:
        return await set_up(self._client, self._fields, self._wanted, dry=dry)

    async def named_fields(self) -> tuple[Coded, ...]:
        return await named_fields(self._fields, self._wanted)

    async def register_webhooks(
        self,
        url: str,
        *,
        flows: Collection[str],  # noqa: ARG002 - all need the same
        dry: bool = False,
    ) -> Registration:
        return await self._hooks.register(url, dry=dry)

    async def check_webhooks(
        self,
        url: str,
        *,
        flows: Collection[str],  # noqa: ARG002 - as above
    ) -> tuple[Check, ...]:
        return await self._hooks.check(url)

    async def probe(self) -> None:
        await self._client.our_me()

    async def company(self) -> str:
        me = await self._client.our_me()
        return me.company_name or me.company_domain or str(me.company_id)

    async def check(self) -> tuple[Check, ...]:
        return await check(self._client, self._fields, self._settings, self._wanted)

    async def close(self) -> None:
        await self._client.close()
