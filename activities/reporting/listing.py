"""Listing what the week is reckoned from, part by part: an attempt goes on where the last one stopped."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from temporalio import activity

from activities.beating import beating
from activities.staging import deal_of, deal_row, list_all
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import NotFound, Poison
from raccord.domain.report.reckoning import Names, listed_from
from raccord.domain.values.movement import InvoiceMovements, Movement
from raccord.records.report_runs import ReportRun, ReportRuns, Side, Stage
from raccord.records.staged import StagedRow

_AT_ONCE = 20
_DEALS_AT_ONCE = 200

Rows = Mapping[Side, Sequence[StagedRow]]


class _Lists:
    def __init__(self, runs: ReportRuns) -> None:
        self._runs = runs

    async def all(
        self, stage: Stage, run: ReportRun, page: Callable[[ReportRun], Awaitable[tuple[Rows, str]]]
    ) -> ReportRun:
        """See `activities.staging.list_all`."""
        return await list_all(run, stage, page, where=self._runs.where, keep=self._runs.stage)


class BillingReportReads:
    """`crm`: the connection whose deals our references name."""

    def __init__(self, billing: BillingReader, runs: ReportRuns, crm: str) -> None:
        self._billing = billing
        self._runs = runs
        self._crm = crm
        self._lists = _Lists(runs)

    @activity.defn(name="report.movements")
    async def movements(self, run: ReportRun) -> ReportRun:
        """List the invoices and what moved them, then those that a movement or an earlier report names."""
        async with beating():
            run = await self._lists.all(Stage.MOVEMENTS, run, self._page)
            return await self._lists.all(Stage.OTHERS, run, self._others)

    async def _page(self, at: ReportRun) -> tuple[Rows, str]:
        found = await self._billing.list_movements(since=listed_from(at.week), after=at.after)
        rows = {
            Side.INVOICE: [self._invoice(each) for each in found.invoices],
            Side.MOVEMENT: [_movement(each) for each in found.movements],
            Side.UNREADABLE: [StagedRow(id=id_) for id_ in found.unreadable],
        }
        return rows, found.after

    async def _others(self, at: ReportRun) -> tuple[Rows, str]:
        named = await self._runs.named_only(at, listed_from(at.week))
        wanted = [id_ for id_ in named if id_ > at.after]
        rows: dict[Side, list[StagedRow]] = {Side.INVOICE: [], Side.UNREADABLE: []}
        for id_ in wanted[:_AT_ONCE]:
            try:
                rows[Side.INVOICE].append(self._invoice(await self._billing.read_movements(id_)))
            except NotFound:
                continue
            except Poison:
                rows[Side.UNREADABLE].append(StagedRow(id=id_))
        more = len(wanted) > _AT_ONCE
        return rows, wanted[_AT_ONCE - 1] if more else ""

    def _invoice(self, found: InvoiceMovements) -> StagedRow:
        invoice = found.listed.invoice
        return StagedRow(id=invoice.id, pair=deal_of(invoice, self._crm), content=found.model_dump_json())


class CrmReportReads:
    def __init__(self, crm: CrmReader, runs: ReportRuns) -> None:
        self._crm = crm
        self._runs = runs
        self._lists = _Lists(runs)

    @activity.defn(name="report.deals")
    async def deals(self, run: ReportRun) -> ReportRun:
        """List the won deals, and those that show an invoice."""

        async def page(at: ReportRun) -> tuple[Rows, str]:
            listed = await self._crm.list_deals(won_from=listed_from(at.week), after=at.after)
            return {Side.DEAL: [deal_row(deal) for deal in listed.deals]}, listed.after

        async with beating():
            return await self._lists.all(Stage.DEALS, run, page)

    @activity.defn(name="report.names")
    async def names(self, run: ReportRun) -> Names:
        """Return what the salespeople and pipelines of the listed deals are called."""
        async with beating():
            owners: set[str] = set()
            above = ""
            while deals := await self._runs.deals(run, above, most=_DEALS_AT_ONCE):
                above = deals[-1].id
                owners |= {each.owner_id for each in deals if each.owner_id}
            named = await self._crm.name_owners(sorted(owners)) if owners else {}
            return Names(owners=named, pipelines=await self._crm.name_pipelines())


def _movement(found: Movement) -> StagedRow:
    return StagedRow(id=f"{found.kind}/{found.id}", pair=found.invoice_id, content=found.model_dump_json())
