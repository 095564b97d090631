"""Finding the deals that no webhook told us about, and having their flows look at them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from temporalio import activity

from raccord.connectors.crm.port import Crm
from raccord.domain.deal import DealRef, WonDeal
from raccord.domain.sweep import Sweep, SweepPlan, SweepResult
from raccord.platform.flows import AT_LEISURE, deal_changed
from raccord.records.records import Records

WATERMARK = "sweep/won-deals"
KEY = "sweep"


class SweepReads:
    def __init__(self, crm: Crm, won_from: date | None) -> None:
        self._crm = crm
        self._won_from = won_from

    @activity.defn(name="sweep.won_deals")
    async def won_deals(self, plan: SweepPlan) -> tuple[WonDeal, ...]:
        """List the won deals of a sweep's window; none before there is a cut-over date."""
        if self._won_from is None:
            return ()
        return await self._crm.won_deals(won_from=self._won_from, changed_since=plan.changed_since)


class SweepActivities:
    def __init__(self, records: Records, crm: str, overlap: timedelta) -> None:
        self._records = records
        self._crm = crm
        self._overlap = overlap

    @activity.defn(name="sweep.plan")
    async def plan(self, sweep: Sweep) -> SweepPlan:
        """Choose the window: since the last sweep, with overlap; everything when there was none."""
        last = None if sweep.full else await self._records.watermarks.get(WATERMARK)
        since = last - self._overlap if last else None
        return SweepPlan(crm=self._crm, changed_since=since, began_at=datetime.now(UTC))

    @activity.defn(name="sweep.tell")
    async def tell(self, plan: SweepPlan, found: Sequence[WonDeal]) -> SweepResult:
        """Have the flows look: of deals without invoice, of invoiced ones that changed, of open questions."""
        without = [d for d in found if not d.invoice_id]
        changed = [d for d in found if d.invoice_id] if plan.changed_since else []
        for deal in (*without, *changed):
            await self._look_at(DealRef(connection=plan.crm, id=deal.id))
        waiting = await self._records.waiting.list()
        for row in waiting:
            await self._look_at(row.question.deal)
        await self._records.watermarks.advance(WATERMARK, plan.began_at)
        return SweepResult(
            won=len(found), without_invoice=len(without), changed=len(changed), waiting=len(waiting)
        )

    async def _look_at(self, deal: DealRef) -> None:
        await deal_changed(activity.client(), deal, key=KEY, priority=AT_LEISURE)
        activity.heartbeat()
