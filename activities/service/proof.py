"""Comparing both sides once they are listed, and having flows look at what differs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from activities.service.last_runs import LastRun, last_runs
from raccord.domain.desk.question import Question
from raccord.domain.proof.comparing import Bounds, Pair, gaps, late, not_reminded
from raccord.domain.proof.gap import Gap, GapKind, Standing
from raccord.domain.proof.policy import ProofDone, ProofPolicy, ProofWanted
from raccord.domain.proof.proof import Tally
from raccord.domain.values.listed import ListedInvoice
from raccord.domain.values.parties import Customer
from raccord.domain.values.subject import Subject
from raccord.records.proofs import ProofRun, Stage
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

KEY = "proof"
_AT_ONCE = 200
_EXPLAINED = frozenset(("not_for_us", "closed", "shadow", "problems"))
"""Ends of flow 1 that say why a won deal has no invoice."""
_BY_A_PERSON = "closed"
"""The end of reminders that a person took over."""


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
            return await comparison.kept() or await self._kept_by_another()

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
            await self._some(
                [
                    Pair(
                        deal=each.deal,
                        named=each.pair,
                        invoices=each.invoices,
                        settled_at=settled.get(each.pair),
                    )
                    for each in staged
                ]
            )

    async def _of_no_deal(self) -> None:
        above = ""
        while listed := await self._proofs.of_no_deal(self._run, above, most=_AT_ONCE):
            above = listed[-1].invoice.id
            await self._some([Pair(invoices=(each,)) for each in listed])

    async def _some(self, pairs: Sequence[Pair]) -> None:
        """Compare a page of pairs; how flows ended is asked of all of them at once."""
        listed = [each for pair in pairs for each in pair.invoices]
        overdue = [each for each in listed if late(each, self._bounds)]
        reminders = await self._last_runs(DUNNING, [self._owes(each) for each in overdue])
        found = [gap for pair in pairs for gap in gaps(pair, self._bounds)]
        without = [self._bounds.deal(gap.deal_id) for gap in found if gap.kind is GapKind.NOT_INVOICED]
        deals = await self._last_runs(DEAL_WON, without)
        for each in listed:
            self._tally.invoice(each)
        for each in overdue:
            last = reminders[self._owes(each)]
            if not last.running and last.end != _BY_A_PERSON:
                await self._found(not_reminded(each, self._bounds))
        for gap in found:
            if gap.kind is GapKind.NOT_INVOICED:
                # Why it has no invoice stands in its flow's last end.
                reason = deals[self._bounds.deal(gap.deal_id)].end
                if reason in _EXPLAINED:
                    self._tally.reasons[reason] += 1
                    continue
            await self._found(gap)

    def _owes(self, listed: ListedInvoice) -> Subject:
        return self._bounds.customer(listed.invoice.customer_id)

    async def _last_runs(self, flow: FlowType, subjects: Sequence[Subject]) -> Mapping[Subject, LastRun]:
        return await last_runs(activity.client(), flow, subjects)

    async def _found(self, gap: Gap) -> None:
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

    async def kept(self) -> ProofDone | None:
        """Keep it; None where another one that compared the same lists was first."""
        self._tally.customers = await self._proofs.count(self._run, Stage.CUSTOMERS)
        proof = self._tally.proof(
            day=self._bounds.today,
            since=self._run.since,
            began_at=self._run.began_at,
            ended_at=datetime.now(self._policy.clock.tz),
        )
        if not await self._proofs.finish(self._run, proof):
            return None
        return ProofDone(
            deals=proof.deals, invoices=proof.invoices, gaps=proof.count, looked_at=self._looked_at
        )


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
