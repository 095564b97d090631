"""Finding the deals that no webhook told us about, and having their flows look at them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.common import Priority

from activities.beating import beating
from activities.service.contacts import DETAILS
from activities.service.money import EXPECTED, FIRST_MONEY, MONEY
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError, NotFound, Permanent, Poison, RateLimited
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.service.sweep import Corrections, Sweep, SweepPlan, SweepResult
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef, WonDeal
from raccord.domain.values.subject import Subject
from raccord.records.links import Links
from raccord.records.records import Records
from raccord.temporal import search
from raccord.temporal.flows import (
    AT_LEISURE,
    DEAL_WON,
    MISSED,
    Changed,
    FlowType,
    flow_named,
    flow_of,
    wake,
)

WATERMARK, FULL_WATERMARK = "sweep/won-deals", "sweep/all"
CORRECTIONS = "sweep/corrections"
FIRST_LOOK = timedelta(days=30)
"""How far back credit notes and payments are looked for the first time."""
FULL_EVERY = timedelta(days=1)
"""Only a full list shows which invoiced deals were deleted."""
MOST_READ = 20
"""Invoices that one sweep reads for their marking: with the parts of each they fit well into its step."""
MOST_LINKED = 3_000
"""Deals that one sweep links again: with the longest ids that a CRM holds, what a flow is given at once."""
KEY = "sweep"
_LEFT = "{} further deals show an invoice that no record knows: `raccord backfill --since` links them."
_WAIT = f"ExecutionStatus = 'Running' AND {search.STATE.name} = 'waiting'"


class Due(Value):
    """What is to be done about the won deals of a window: of all of them a flow could not be told at once."""

    won: int = 0
    """How many there are."""
    without: tuple[str, ...] = ()
    """Those that show no invoice."""
    changed: tuple[str, ...] = ()
    """Those that show one and changed in the window."""
    gone: tuple[str, ...] = ()
    """Those that are invoiced and left out of a full list: won no more, or deleted."""
    unlinked: tuple[WonDeal, ...] = ()
    """Those that show an invoice of which no record knows."""
    left: int = 0
    """How many more of these there are."""


class Told(Value):
    """Whose flows were told to look; `unlinked` are deals that show an invoice of which no record knows."""

    result: SweepResult
    unlinked: tuple[WonDeal, ...] = ()


class SweepReads:
    def __init__(self, crm: Crm, links: Links, won_from: date | None) -> None:
        self._crm = crm
        self._links = links
        self._won_from = won_from

    @activity.defn(name="sweep.won_deals")
    async def won_deals(self, plan: SweepPlan) -> Due:
        """List the won deals of a sweep's window; none before there is a cut-over date."""
        if self._won_from is None:
            return Due()
        since = None if plan.full else plan.changed_since
        async with beating():
            found = await self._crm.won_deals(won_from=self._won_from, changed_since=since)
        invoiced = await self._links.invoiced_deals(plan.crm) if plan.full else frozenset()
        unlinked = [d for d in found if plan.full and d.invoice_id and d.id not in invoiced]
        return Due(
            won=len(found),
            without=tuple(d.id for d in found if not d.invoice_id),
            changed=tuple(d.id for d in found if d.invoice_id and _changed(d, plan.changed_since)),
            gone=tuple(sorted(invoiced - {d.id for d in found})),
            unlinked=tuple(unlinked[:MOST_LINKED]),
            left=max(len(unlinked) - MOST_LINKED, 0),
        )


class CorrectionReads:
    def __init__(self, billing: BillingReader, links: Links, connection: str) -> None:
        self._billing = billing
        self._links = links
        self._connection = connection

    @activity.defn(name="sweep.corrections")
    async def corrections(self, plan: SweepPlan) -> Corrections:
        """Find the deals whose invoice a person voided or credited.

        Only the few invoices whose deal neither the list nor our records tell are read, for their marking:
        after a loss of records it is all there is. A refusal is a remark on the sweep, and the next one
        asks again.
        """
        if plan.corrected_since is None:
            return Corrections()
        try:
            listed = await self._billing.corrected_since(plan.corrected_since)
        except RateLimited:
            raise
        except ConnectorError as error:
            return Corrections(refused=str(error))
        deals: set[DealRef] = set()
        unknown: list[str] = []
        for each in listed.invoices:
            linked = await self._links.deal_of_invoice(each.invoice_id, self._connection)
            named = {deal for deal in (linked, each.deal) if deal}
            deals |= named
            if not named and not each.told:
                unknown.append(each.invoice_id)
        marked = await self._marked(unknown[:MOST_READ])
        ours = (deal for deal in deals.union(marked.deals) if deal.connection == plan.crm)
        return Corrections(
            deals=tuple(sorted(ours, key=str)),
            unreadable=listed.unreadable + marked.unreadable,
            unread=max(len(unknown) - MOST_READ, 0),
            refused=marked.refused,
        )

    async def _marked(self, invoice_ids: Sequence[str]) -> Corrections:
        """Read invoices for the deal that each names, one after the other."""
        deals: list[DealRef] = []
        unreadable = 0
        for id_ in invoice_ids:
            try:
                reference = (await self._billing.read_invoice(id_)).reference
            except NotFound:
                continue
            except (Permanent, Poison):
                unreadable += 1
                continue
            except RateLimited:
                raise
            except ConnectorError as error:
                return Corrections(deals=tuple(deals), unreadable=unreadable, refused=str(error))
            if reference:
                deals.append(reference.deal)
        return Corrections(deals=tuple(deals), unreadable=unreadable)


class SweepActivities:
    """`active`: whether there is a cut-over date; without one no deal is listed, and none is missing.

    `payments`: whether payments are looked for. `owing`: the rules by which customers who owe are looked for,
    None where nobody is reminded. `in_step`: whether customers are kept in step.
    """

    def __init__(
        self,
        records: Records,
        crm: str,
        overlap: timedelta,
        *,
        active: bool,
        payments: bool,
        owing: DunningPolicy | None,
        in_step: bool,
    ) -> None:
        self._active = active
        self._seeks_payments = payments
        self._owing = owing
        self._in_step = in_step
        self._records = records
        self._crm = crm
        self._overlap = overlap

    @activity.defn(name="sweep.plan")
    async def plan(self, sweep: Sweep) -> SweepPlan:
        """Choose the window: since the last sweep, with overlap; everything when there was none."""
        names = (WATERMARK, FULL_WATERMARK, CORRECTIONS, MONEY, FIRST_MONEY, EXPECTED)
        last, all_seen, corrected, money, first, expected = [
            await self._records.watermarks.get(name) for name in names
        ]
        marks = {side: await self._records.watermarks.get(name) for side, name in DETAILS.items()}
        now = datetime.now(UTC)
        full = sweep.full or last is None or _due(all_seen, now)
        return SweepPlan(
            crm=self._crm,
            full=full,
            owing_before=self._owing.looks_before(now) if full and self._owing else None,
            changed_since=last - self._overlap if last else None,
            corrected_since=(corrected - self._overlap if corrected else now - FIRST_LOOK)
            if self._active
            else None,
            money_since=(money - self._overlap if money else now - FIRST_LOOK)
            if self._seeks_payments
            else None,
            first_look_at=first or now,
            first=first is None,
            expected=self._seeks_payments and _due(expected, now),
            began_at=now,
            in_step=self._in_step,
            details_since={side: mark - self._overlap for side, mark in marks.items() if mark},
        )

    @activity.defn(name="sweep.tell")
    async def tell(self, plan: SweepPlan, due: Due) -> Told:
        """Have the flows look: of deals without invoice, of invoiced ones that changed, of open questions."""
        for id in due.without:
            await self._wake(DEAL_WON, DealRef(connection=plan.crm, id=id).subject, priority=MISSED)
        for id in due.changed:
            # Most was told by a webhook: what is as its flow left it costs one read.
            await self._wake(DEAL_WON, DealRef(connection=plan.crm, id=id).subject, thorough=False)
        for id in due.gone:
            await self._wake(DEAL_WON, DealRef(connection=plan.crm, id=id).subject)
        waiting = await self._waiting()
        for flow, subject in waiting:
            await self._wake(flow, subject)
        if self._active:
            await self._records.watermarks.advance(WATERMARK, plan.began_at)
        if self._active and plan.full:
            await self._records.watermarks.advance(FULL_WATERMARK, plan.began_at)
        result = SweepResult(
            won=due.won,
            without_invoice=len(due.without),
            changed=len(due.changed),
            waiting=len(waiting),
            no_longer_won=len(due.gone),
            remark=_LEFT.format(due.left) if due.left else "",
        )
        return Told(result=result, unlinked=due.unlinked)

    async def _waiting(self) -> list[tuple[FlowType, Subject]]:
        """Return the flows that wait for a person, also those whose question the list has lost."""
        rows = await self._records.waiting.list()
        found = [(flow_named(row.question.flow), row.question.subject) for row in rows]
        lost = set(await _asking(activity.client())) - {row.flow for row in rows}
        return found + [its for each in sorted(lost) if (its := flow_of(each))]

    @activity.defn(name="sweep.tell_corrections")
    async def tell_corrections(self, plan: SweepPlan, found: Corrections) -> int:
        """Have the flows of these deals look; return how many there are."""
        for deal in found.deals:
            await self._wake(DEAL_WON, deal.subject)
        if not found.refused:
            await self._records.watermarks.advance(CORRECTIONS, plan.began_at)
        return len(found.deals)

    async def _wake(
        self, flow: FlowType, subject: Subject, *, thorough: bool = True, priority: Priority = AT_LEISURE
    ) -> None:
        why = Changed(key=KEY, thorough=thorough)
        await wake(activity.client(), flow, subject, why, priority=priority)
        activity.heartbeat()


def _due(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last >= FULL_EVERY


async def _asking(client: Client) -> list[str]:
    """Return the ids of the flows that wait for a person, as Temporal lists them."""
    found: list[str] = []
    async for each in client.list_workflows(_WAIT):
        cause = each.typed_search_attributes.get(search.CAUSE) or ""
        if not cause.startswith(search.AWAITS):
            found.append(each.id)
        activity.heartbeat()
    return found


def _changed(deal: WonDeal, since: datetime | None) -> bool:
    return since is not None and (deal.changed_at is None or deal.changed_at >= since)
