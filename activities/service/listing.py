"""Listing both sides, part after part, as rows that a proof compares."""

from collections.abc import Awaitable, Callable

from temporalio import activity

from activities.beating import beating
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.domain.values.invoice import Invoice
from raccord.records.proofs import ProofRun, Proofs, Stage
from raccord.records.staged import StagedRow


class ProofReads:
    """`page` lists a part of one stage as rows, and says where the list goes on."""

    def __init__(self, proofs: Proofs) -> None:
        self._proofs = proofs

    async def list_all(
        self, stage: Stage, run: ProofRun, page: Callable[[ProofRun], Awaitable[tuple[list[StagedRow], str]]]
    ) -> ProofRun:
        """Stage part after part until the stage is done; an attempt goes on where the last one stopped.

        Nothing of a stage that an earlier run has done.
        """
        async with beating():
            at = await self._proofs.where(run)
            while at is not None and at.stage is stage:
                rows, after = await page(at)
                onward = at.next(after)
                await self._proofs.stage(at, rows, onward)
                at = onward
        return at or run.model_copy(update={"stage": Stage.COMPARE, "after": ""})


class CrmProofReads:
    def __init__(self, crm: CrmReader, proofs: Proofs) -> None:
        self._crm = crm
        self._reads = ProofReads(proofs)

    @activity.defn(name="proof.deals")
    async def deals(self, run: ProofRun) -> ProofRun:
        """List the won deals, and those that show an invoice."""

        async def page(at: ProofRun) -> tuple[list[StagedRow], str]:
            listed = await self._crm.list_deals(won_from=at.since, after=at.after)
            rows = [
                StagedRow(
                    id=deal.id, pair=deal.id, shown=deal.shown.invoice_id, content=deal.model_dump_json()
                )
                for deal in listed.deals
            ]
            return rows, listed.after

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
                    id=each.invoice.id, pair=self._deal_of(each.invoice), content=each.model_dump_json()
                )
                for each in listed.invoices
            ]
            return rows + [StagedRow(id=id_) for id_ in listed.unreadable], listed.after

        return await self._reads.list_all(Stage.INVOICES, run, page)

    def _deal_of(self, invoice: Invoice) -> str:
        reference = invoice.reference
        return reference.deal.id if reference and reference.deal.connection == self._crm else ""

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
