"""Holding both sides together: listing each, comparing them, and having flows look at what differs."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.beating import beating
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.domain.desk.question import Question
from raccord.domain.proof.comparing import Bounds, Pair, gaps, late, not_reminded
from raccord.domain.proof.gap import Gap, GapKind, Standing
from raccord.domain.proof.policy import ProofDone, ProofPolicy, ProofWanted
from raccord.domain.proof.proof import Tally
from raccord.domain.values.identifiers import parse_vat_number
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.listed import ListedInvoice
from raccord.domain.values.parties import Customer, CustomerIdentity, IdentityKind
from raccord.domain.values.subject import Subject
from raccord.records.proofs import ProofRun, Proofs, Stage, StagedRow
from raccord.records.records import Records
from raccord.temporal.flows import (
    AT_LEISURE,
    CONTACT_SYNC,
    DEAL_WON,
    DUNNING,
    Changed,
    FlowType,
    flow_named,
    wake,
)
from raccord.temporal.search import STATE

KEY = "proof"
_AT_ONCE = 200
_EXPLAINED = frozenset(("not_for_us", "closed", "shadow", "problems"))
"""Ends of flow 1 that say why a won deal has no invoice."""
_BY_A_PERSON = "closed"
"""The end of reminders that a person took over."""
_RUNNING = f'WorkflowType = "{DUNNING.name}" AND ExecutionStatus = "Running"'


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
                StagedRow(id=each.id, pair=_identity(each), content=each.model_dump_json())
                for each in listed.customers
            ]
            return rows, listed.after

        return await self._reads.list_all(Stage.CUSTOMERS, run, page)


class ProofActivities:
    """Compares what is staged, once both sides are."""

    def __init__(self, records: Records, policy: ProofPolicy) -> None:
        self._records = records
        self._policy = policy

    @activity.defn(name="proof.policy")
    async def policy(self) -> ProofPolicy:
        """Return by what both sides are held together."""
        return self._policy

    @activity.defn(name="proof.begin")
    async def begin(self, wanted: ProofWanted) -> ProofRun:
        """Go on with the proof that is under way, or begin one."""
        since = wanted.since or self._policy.since
        if since is None:
            raise ApplicationError("There is no cut-over date to compare from.", non_retryable=True)
        return await self._records.proofs.begin(since, datetime.now(UTC))

    @activity.defn(name="proof.compare")
    async def compare(self, run: ProofRun) -> ProofDone:
        """Compare both sides, have the flows of what differs look, and keep the proof.

        An attempt that died begins anew: to compare is quick, and to wake a flow twice changes nothing.
        """
        async with beating():
            if await self._records.proofs.where(run) is None:
                # Another run that went on with the same lists has kept it.
                return await self._kept_by_another()
            comparison = _Comparison(self._records, self._policy, run)
            await self._records.proofs.adopt(run)
            await comparison.all()
            return await comparison.kept()

    async def _kept_by_another(self) -> ProofDone:
        proof = await self._records.proofs.last()
        if proof is None:
            raise ApplicationError("Another proof took this one's place.", non_retryable=True)
        return ProofDone(deals=proof.deals, invoices=proof.invoices, gaps=proof.count, looked_at=0)


class _Comparison:
    """One proof on its way through both sides."""

    def __init__(self, records: Records, policy: ProofPolicy, run: ProofRun) -> None:
        self._records = records
        self._proofs = records.proofs
        self._policy = policy
        self._run = run
        self._tally = Tally()
        self._looked_at = 0
        self._asked: frozenset[Subject] = frozenset()
        self._reminded: frozenset[str] = frozenset()
        self._bounds = Bounds(
            crm=policy.crm,
            billing=policy.billing,
            since=run.since,
            today=policy.clock.date_of(run.began_at),
            began_at=run.began_at,
            amount_basis=policy.amount_basis,
            payments=policy.payments,
            reminded_from=policy.reminded_from,
        )

    async def all(self) -> None:
        waiting = await self._records.waiting.list()
        self._asked = frozenset(row.question.subject for row in waiting)
        if self._bounds.reminded_from is not None:
            running = activity.client().list_workflows(_RUNNING)
            self._reminded = frozenset([each.id async for each in running])
        await self._pairs()
        await self._of_no_deal()
        for row in waiting:
            if row.question.flow == CONTACT_SYNC.name:
                await self._found(_drifted(row.question))
        for each in await self._proofs.doubled(self._run):
            await self._found(_doubled(each))
        for id_ in await self._proofs.unreadable(self._run):
            await self._found(Gap(kind=GapKind.UNREADABLE, invoice_id=id_))

    async def _pairs(self) -> None:
        above = ""
        while staged := await self._proofs.pairs(self._run, above, most=_AT_ONCE):
            above = staged[-1].pair
            settled = await self._records.links.settled(self._policy.crm, [each.pair for each in staged])
            for each in staged:
                if each.deal:
                    self._tally.deal(each.deal)
                pair = Pair(
                    deal=each.deal,
                    named=each.pair,
                    invoices=each.invoices,
                    settled_at=settled.get(each.pair),
                )
                await self._one(pair)

    async def _of_no_deal(self) -> None:
        above = ""
        while listed := await self._proofs.of_no_deal(self._run, above, most=_AT_ONCE):
            above = listed[-1].invoice.id
            for each in listed:
                await self._one(Pair(invoices=(each,)))

    async def _one(self, pair: Pair) -> None:
        for listed in pair.invoices:
            self._tally.invoice(listed)
            if late(listed, self._bounds):
                await self._late(listed)
        for gap in gaps(pair, self._bounds):
            await self._found(gap)

    async def _late(self, listed: ListedInvoice) -> None:
        customer = self._bounds.customer(listed.invoice.customer_id)
        if DUNNING.id_of(customer) in self._reminded:
            return
        if await self._last_end(DUNNING, customer) != _BY_A_PERSON:
            await self._found(not_reminded(listed, self._bounds))

    async def _found(self, gap: Gap) -> None:
        if gap.kind is GapKind.NOT_INVOICED:
            # Why it has no invoice stands in its flow's last end.
            reason = await self._last_end(DEAL_WON, self._bounds.deal(gap.deal_id))
            if reason in _EXPLAINED:
                self._tally.reasons[reason] += 1
                return
        self._tally.gap(gap.model_copy(update={"standing": await self._looked_at_by(gap)}))

    async def _looked_at_by(self, gap: Gap) -> Standing:
        if gap.heals is None:
            return Standing.FOR_A_PERSON
        name, subject = gap.heals
        if subject in self._asked or (gap.deal_id and self._bounds.deal(gap.deal_id) in self._asked):
            return Standing.ASKED
        why = Changed(key=KEY, thorough=True)
        await wake(activity.client(), flow_named(name), subject, why, priority=AT_LEISURE)
        self._looked_at += 1
        return Standing.LOOKED_AT

    async def _last_end(self, flow: FlowType, subject: Subject) -> str:
        """Return how a flow's last run ended; empty where none has, or one is under way."""
        try:
            run = await activity.client().get_workflow_handle(flow.id_of(subject)).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return ""
            raise
        if run.status is not WorkflowExecutionStatus.COMPLETED:
            return ""
        return run.typed_search_attributes.get(STATE) or ""

    async def kept(self) -> ProofDone:
        self._tally.customers = await self._proofs.count(self._run, Stage.CUSTOMERS)
        proof = self._tally.proof(
            day=self._bounds.today,
            since=self._run.since,
            began_at=self._run.began_at,
            ended_at=datetime.now(self._policy.clock.tz),
        )
        await self._proofs.finish(self._run, proof)
        return ProofDone(
            deals=proof.deals, invoices=proof.invoices, gaps=proof.count, looked_at=self._looked_at
        )


def _identity(customer: Customer) -> str:
    """Return what makes two customers one company; empty where nothing tells."""
    if customer.reference:
        return customer.reference
    if customer.siren and not customer.siret:
        return CustomerIdentity(kind=IdentityKind.SIREN, value=customer.siren).reference
    if customer.siret:
        return CustomerIdentity(kind=IdentityKind.SIRET, value=customer.siret).reference
    if vat := parse_vat_number(customer.vat_number or ""):
        return CustomerIdentity(kind=IdentityKind.VAT, value=vat).reference
    return ""


def _drifted(question: Question) -> Gap:
    subject = question.subject
    heals = (question.flow, subject)
    return Gap(
        kind=GapKind.DRIFTED, name=question.name, url=question.url, customer_ids=(subject.id,), heals=heals
    )


def _doubled(customers: tuple[Customer, ...]) -> Gap:
    named = next((each for each in customers if each.name), customers[0])
    return Gap(
        kind=GapKind.DOUBLED_CUSTOMER, name=named.name, customer_ids=tuple(each.id for each in customers)
    )
