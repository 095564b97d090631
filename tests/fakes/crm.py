"""A CRM in memory, as `raccord.connectors.crm` describes one."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from raccord.connectors.capabilities import CrmCapabilities, IdShape, TaskLimits, Uniqueness
from raccord.connectors.connection import Check
from raccord.connectors.errors import NotFound
from raccord.domain.values.deal import Deal, FoundDeal, InvoiceFields, PaymentFields, Task, WonDeal
from raccord.domain.values.described import CrmAccount
from raccord.domain.values.listed import (
    CompanyPage,
    DealPage,
    ListedCompany,
    ListedDeal,
    WholeDeal,
    WholeDealPage,
)
from raccord.domain.values.message import RecordKind
from raccord.domain.values.parties import Company, Contact
from tests.fakes.details import KeptInStep


class FakeCrm(KeptInStep):
    """Deals by id, with what was written on them. A person edits `deals` directly."""

    kind = RecordKind.COMPANY
    capabilities = CrmCapabilities(
        uniqueness=Uniqueness.IDEMPOTENCY_KEY,
        requests_per_second=1000,
        requests_per_activity=1,
        task=TaskLimits(subject=200, body=2000),
        paid_stages=True,
        files=True,
        deal_id=IdShape(pattern=r"\S+", said="a word"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.deals: dict[str, Deal] = {}
        self.listed: list[ListedDeal] = []
        """What a list of all deals shows, a deal a part."""
        self.contacts: list[Contact] = []
        """Those who are on no deal."""
        self.shown: dict[str, InvoiceFields] = {}
        self.search_lags = False
        """Whether no search finds what deals show yet."""
        self.payments: dict[str, PaymentFields] = {}
        self.lacks: tuple[str, ...] = ()
        """Fields for payments that the account has not."""
        self.unpaid_stage: set[str] = set()
        """Deals that have yet to reach the stage for paid ones."""
        self.tasks: dict[str, Task] = {}
        """By id; one that is done is in `done` too."""
        self.files: dict[str, bytes] = {}
        """By name, which is the id too."""
        self.attached: dict[str, list[str]] = {}
        """The marks of the files that hang on each deal."""
        self.done: set[str] = set()

    async def read_deal(self, deal_id: str) -> Deal:
        await self._call("read_deal")
        self._there(deal_id)
        return self.deals[deal_id]

    async def shows_invoice(self, deal_id: str, fields: InvoiceFields) -> bool:
        await self._call("shows_invoice")
        shown = self.shown.get(deal_id)
        return shown is not None and _of_credit(shown) == _of_credit(fields)

    async def list_deals(self, *, won_from: date, after: str) -> DealPage:
        await self._call("list_deals")
        listed = tuple(each for each in self.listed if each.closed_on and each.closed_on >= won_from)
        here = int(after or 0)
        onward = str(here + 1) if here + 1 < len(listed) else ""
        return DealPage(deals=listed[here : here + 1], after=onward)

    async def list_whole_deals(self, *, won_from: date, after: str) -> WholeDealPage:
        await self._call("list_whole_deals")
        won = [d for d in self.deals.values() if d.won and (d.won_on is None or d.won_on >= won_from)]
        here = int(after or 0)
        part = tuple(
            WholeDeal(
                deal=deal,
                invoice_id=self.shown[deal.ref.id].invoice_id if deal.ref.id in self.shown else "",
                urls={each.id: f"https://crm.example/companies/{each.id}" for each in deal.companies},
            )
            for deal in won[here : here + 1]
        )
        onward = str(here + 1) if here + 1 < len(won) else ""
        return WholeDealPage(deals=part, left=len(won) - here, after=onward)

    async def list_companies(self, *, after: str) -> CompanyPage:
        await self._call("list_companies")
        everybody = {c.id: c for deal in self.deals.values() for c in deal.companies}
        listed = tuple(
            ListedCompany(
                company=each,
                url=f"https://crm.example/companies/{each.id}",
                deals=sum(each.id in {c.id for c in deal.companies} for deal in self.deals.values()),
            )
            for each in everybody.values()
        )
        here = int(after or 0)
        onward = str(here + 1) if here + 1 < len(listed) else ""
        return CompanyPage(companies=listed[here : here + 1], left=len(listed) - here, after=onward)

    async def name_owners(self, ids: Collection[str]) -> Mapping[str, str]:
        await self._call("name_owners")
        owners = [deal.owner for deal in self.deals.values() if deal.owner]
        return {each.id: each.name for each in owners if each.id in ids and each.name}

    async def name_pipelines(self) -> Mapping[str, str]:
        await self._call("name_pipelines")
        return {deal.pipeline: deal.pipeline for deal in self.deals.values() if deal.pipeline}

    async def describe(self) -> CrmAccount:
        await self._call("describe")
        return CrmAccount()

    async def shows_payment(self, deal_id: str, fields: PaymentFields) -> bool:
        await self._call("shows_payment")
        self._there(deal_id)
        return self.payments.get(deal_id) == fields

    async def lacks_payment_fields(self) -> tuple[str, ...]:
        await self._call("lacks_payment_fields")
        return self.lacks

    async def deals_showing(self, invoice_number: str) -> tuple[str, ...]:
        await self._call("deals_showing")
        shown = {} if self.search_lags else self.shown
        return tuple(id for id, fields in shown.items() if fields.number == invoice_number)

    async def deals_of_company(self, company_id: str) -> tuple[FoundDeal, ...]:
        await self._call("deals_of_company")
        its = [d for d in self.deals.values() if any(company_id in (c.id, *c.merged) for c in d.companies)]
        last_first = sorted(its, key=lambda deal: deal.won_on or date.min, reverse=True)
        return tuple(self._found(deal) for deal in last_first)

    async def waits_for_paid_stage(self, deal_id: str) -> bool:
        await self._call("waits_for_paid_stage")
        self._there(deal_id)
        return deal_id in self.unpaid_stage

    async def read_company(self, company_id: str) -> Company | None:
        await self._call("read_company")
        companies = (c for deal in self.deals.values() for c in deal.companies)
        return next((c for c in companies if company_id in (c.id, *c.merged)), None)

    async def read_contact(self, contact_id: str) -> Contact | None:
        await self._call("read_contact")
        everybody = (*self.contacts, *(c for deal in self.deals.values() for c in deal.contacts))
        return next((c for c in everybody if c.id == contact_id), None)

    async def won_deals(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:
        await self._call("won_deals")
        won = (d for d in self.deals.values() if d.won and (d.won_on is None or d.won_on >= won_from))
        return tuple(WonDeal(id=d.ref.id) for d in won)

    async def find_task(self, deal_id: str, ref: str) -> str | None:
        await self._call("find_task")
        found = (id for id, task in self.tasks.items() if (task.deal_id, task.ref) == (deal_id, ref))
        return next(found, None)

    async def write_invoice(self, deal_id: str, fields: InvoiceFields) -> None:
        await self._call("write_invoice")
        self._there(deal_id)
        self.shown[deal_id] = fields

    async def write_payment(self, deal_id: str, fields: PaymentFields) -> None:
        await self._call("write_payment")
        self._there(deal_id)
        self.payments[deal_id] = fields

    async def move_to_paid_stage(self, deal_id: str) -> None:
        await self._call("move_to_paid_stage")
        self._there(deal_id)
        self.unpaid_stage.discard(deal_id)

    async def set_up(self, *, dry: bool = False) -> tuple[Check, ...]:
        await self._call("set_up")
        return ()

    async def create_task(self, task: Task) -> str:
        await self._call("create_task")
        id = f"task-{len(self.tasks) + 1}"
        self.tasks[id] = task
        return id

    async def find_attachment(self, deal_id: str, ref: str) -> str | None:
        await self._call("find_attachment")
        return ref if ref in self.attached.get(deal_id, ()) else None

    async def store_file(self, name: str, content: bytes) -> str:
        await self._call("store_file")
        self.files[name] = content
        return name

    async def attach_file(self, deal_id: str, file_id: str, *, text: str, ref: str) -> str:
        await self._call("attach_file")
        self.attached.setdefault(deal_id, []).append(ref)
        return ref

    async def complete_task(self, task_id: str) -> None:
        await self._call("complete_task")
        self.done.add(task_id)

    def _there(self, deal_id: str) -> None:
        if deal_id not in self.deals:
            raise NotFound(f"Deal {deal_id} does not exist.")

    def _found(self, deal: Deal) -> FoundDeal:
        shown = self.shown.get(deal.ref.id)
        return FoundDeal(
            ref=deal.ref,
            name=deal.name,
            url=deal.url,
            won=deal.won,
            won_on=deal.won_on,
            amount=deal.amount,
            currency=deal.currency,
            invoice_number=shown.number if shown else "",
        )


def _of_credit(fields: InvoiceFields) -> InvoiceFields:
    """What nobody credited is shown like what nobody can have credited yet: not at all."""
    return fields.model_copy(update={"credited": fields.credited or None})
