"""Listing both sides, part after part, as rows that a proof compares."""

from collections.abc import Awaitable, Callable

from temporalio import activity

from activities.beating import beating
from activities.staging import deal_of, deal_row, list_all
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.records.proofs import ProofRun, Proofs, Stage
from raccord.records.staged import StagedRow


class ProofReads:
    def __init__(self, proofs: Proofs) -> None:
        self._proofs = proofs

    async def list_all(
        self, stage: Stage, run: ProofRun, page: Callable[[ProofRun], Awaitable[tuple[list[StagedRow], str]]]
    ) -> ProofRun:
        """See `activities.staging.list_all`."""
        async with beating():
            return await list_all(run, stage, page, where=self._proofs.where, keep=self._proofs.stage)


class CrmProofReads:
    def __init__(self, crm: CrmReader, proofs: Proofs) -> None:
        self._crm = crm
        self._reads = ProofReads(proofs)

    @activity.defn(name="proof.deals")
    async def deals(self, run: ProofRun) -> ProofRun:
        """List the won deals, and those that show an invoice."""

        async def page(at: ProofRun) -> tuple[list[StagedRow], str]:
            listed = await self._crm.list_deals(won_from=at.since, after=at.after)
            return [deal_row(deal) for deal in listed.deals], listed.after

        return await self._reads.list_all(Stage.DEALS, run, page)


class BillingProofReads:
    def __init__(self, billing: BillingReader, proofs: Proofs, crm: str) -> None:
        self._billing = billing
        self._crm = crm
        self._reads = ProofReads(proofs)

    @activity.defn(name="proof.invoices")
    async def invoices(self, run: ProofRun) -> ProofRun:
        """List the issued invoices. One that cannot be read is a gap of its own, and hides no other."""

        async def page(at: ProofRun) -> tuple[list[StagedRow], str]:
            listed = await self._billing.list_invoices(since=at.since, after=at.after)
            rows = [
                StagedRow(
                    id=each.invoice.id,
                    pair=deal_of(each.invoice, self._crm),
                    content=each.model_dump_json(),
                )
                for each in listed.invoices
            ]
            return rows + [StagedRow(id=id_) for id_ in listed.unreadable], listed.after

        return await self._reads.list_all(Stage.INVOICES, run, page)

    @activity.defn(name="proof.customers")
    async def customers(self, run: ProofRun) -> ProofRun:
        """List the customers by what makes two of them one company."""

        async def page(at: ProofRun) -> tuple[list[StagedRow], str]:
            listed = await self._billing.list_customers(after=at.after)
            rows = [
                StagedRow(id=each.id, pair=each.identified_by, content=each.model_dump_json())
                for each in listed.customers
            ]
            return rows, listed.after

        return await self._reads.list_all(Stage.CUSTOMERS, run, page)
