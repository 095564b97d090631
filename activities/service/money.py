"""Finding the money that no webhook told us about, and having the flows of its invoices look."""

from datetime import date, datetime

from temporalio import activity
from temporalio.common import Priority

from activities.beating import beating
from activities.payment.memory import Teller
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError, RateLimited
from raccord.domain.service.backfill import Backfilling
from raccord.domain.service.sweep import SweepPlan
from raccord.domain.values.base import Value
from raccord.domain.values.deal import WonDeal
from raccord.domain.values.payment import ChangedMoney
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.temporal.flows import (
    AT_LEISURE,
    MISSED,
    PAYMENT_PLACED,
    PAYMENT_RECEIVED,
    Changed,
    FlowType,
    wake,
)

MONEY = "sweep/money"
"""The watermark of how far payments have been looked for."""
FIRST_MONEY = "sweep/money/first"
"""The watermark of when they were looked for first."""
EXPECTED = "sweep/money/expected"
"""The watermark of when what is still expected was looked at thoroughly."""
MOST_LISTED = 3_000
"""Deals that a backfill is given at once: with the longest ids that a CRM holds, less than a flow takes."""
KEY, BACKFILL = "sweep", "backfill"


class MoneyFound(Value):
    """Whose money changed; `refused` says why the list is not complete: the next sweep asks for it again."""

    changed: ChangedMoney = ChangedMoney()
    refused: str = ""

    @property
    def remark(self) -> str:
        """What was left out, and why, in English; nothing when all was seen."""
        said = [f"Payments were not looked for: {self.refused}"] if self.refused else []
        if self.changed.unreadable:
            said.append(f"{self.changed.unreadable} event(s) about payments could not be read.")
        return " ".join(said)


def goes_on_from(plan: SweepPlan, found: MoneyFound) -> datetime | None:
    """Return from when on payments are still to be looked for; None when they all were, or cannot be."""
    return None if found.refused else found.changed.seen_to or plan.money_until


class MoneySweepReads:
    def __init__(self, billing: BillingReader) -> None:
        self._billing = billing

    @activity.defn(name="sweep.money")
    async def money(self, plan: SweepPlan) -> MoneyFound:
        """List whose money changed, the oldest first where one answer does not hold all.

        A refusal is a remark on the sweep, and the next one asks again.
        """
        if plan.money_since is None:
            return MoneyFound()
        try:
            changed = await self._billing.money_changed(plan.money_since, until=plan.money_until)
            return MoneyFound(changed=changed)
        except RateLimited:
            raise
        except ConnectorError as error:
            return MoneyFound(refused=str(error))


class DealsAbove(Value):
    """The deals won on a business date or later whose ids come after one; empty: all."""

    since: date
    id: str = ""


class DealsListed(Value):
    """The first of them, by their ids."""

    deals: tuple[WonDeal, ...] = ()
    count: int = 0
    """How many there are."""


class BackfillReads:
    def __init__(self, crm: CrmReader) -> None:
        self._crm = crm

    @activity.defn(name="backfill.deals")
    async def deals(self, above: DealsAbove) -> DealsListed:
        """List deals for a backfill, as many as a flow is given at once; each part reads the list anew."""
        async with beating():
            found = await self._crm.won_deals(won_from=above.since, changed_since=None)
        rest = sorted((each for each in found if each.id > above.id), key=lambda each: each.id)
        return DealsListed(deals=tuple(rest[:MOST_LISTED]), count=len(rest))


class MoneySweep:
    """`billing`: the connection whose invoices are looked at.

    `teller`: who tells news that an earlier run could not tell; None where nobody is told.
    """

    def __init__(self, records: Records, billing: str, teller: Teller | None) -> None:
        self._records = records
        self._billing = billing
        self._teller = teller

    @activity.defn(name="sweep.tell_money")
    async def tell(self, plan: SweepPlan, found: MoneyFound) -> int:
        """Have the flows of what changed look, and once a day of what is still expected; return how many.

        What was looked at is noted, so that what comes after a part of a long list is not lost with it.
        """
        if plan.money_since is None:
            return 0
        listed, rest = found.changed, goes_on_from(plan, found)
        # Not thorough: whether its deal shows the invoice's money as it is, the records know.
        why = Changed(key=KEY, quiet=plan.quiet)
        for id in listed.invoices:
            await self._wake(PAYMENT_RECEIVED, SubjectKind.INVOICE, id, why, priority=MISSED)
        for id in listed.payments:
            await self._wake(PAYMENT_PLACED, SubjectKind.PAYMENT, id, why, priority=MISSED)
        looked_at = set(listed.invoices)
        if plan.full and rest is None:
            looked_at |= await self._expected(plan, listed)
        await self._note(plan, found, rest)
        if self._teller and await self._records.payments.untold():
            await self._teller.begin()
        return len(looked_at) + len(listed.payments)

    async def _expected(self, plan: SweepPlan, listed: ChangedMoney) -> set[str]:
        """Have the flows of what is still expected look, quietly at the first look of all; return its ids.

        Thoroughly once a day, what was listed too: a person may have typed on its deal what is not so.
        """
        expected = set(await self._records.payments.unsettled(self._billing))
        if not plan.expected:
            expected -= set(listed.invoices)
        for id in sorted(expected):
            why = Changed(key=KEY, thorough=plan.expected, quiet=plan.first)
            await self._wake(PAYMENT_RECEIVED, SubjectKind.INVOICE, id, why)
        if plan.expected:
            await self._records.watermarks.advance(EXPECTED, plan.began_at)
        return expected

    async def _note(self, plan: SweepPlan, found: MoneyFound, rest: datetime | None) -> None:
        marks = self._records.watermarks
        await marks.begin(FIRST_MONEY, plan.first_look_at or plan.began_at)
        if not found.refused:
            await marks.advance(MONEY, rest or plan.began_at)
        elif plan.money_since:
            await marks.begin(MONEY, plan.money_since)

    @activity.defn(name="backfill.tell")
    async def backfill(self, deals: tuple[WonDeal, ...]) -> int:
        """Have the flows of these deals' invoices look, and tell nobody; return how many there are."""
        invoices = sorted({deal.invoice_id for deal in deals if deal.invoice_id})
        for id in invoices:
            why = Changed(key=BACKFILL, thorough=True, quiet=True)
            await self._wake(PAYMENT_RECEIVED, SubjectKind.INVOICE, id, why)
        return len(invoices)

    @activity.defn(name="backfill.was_seen")
    async def was_seen(self, wanted: Backfilling) -> bool:
        """Whether a dry run from this date on was seen to its end."""
        return await self._records.claims.holder(wanted.key) is not None

    @activity.defn(name="backfill.see")
    async def see(self, wanted: Backfilling) -> None:
        """Remember that a dry run from this date on was seen."""
        await self._records.claims.claim(wanted.key, activity.info().workflow_id or "")

    async def _wake(
        self, flow: FlowType, kind: SubjectKind, id: str, why: Changed, *, priority: Priority = AT_LEISURE
    ) -> None:
        subject = Subject(kind=kind, connection=self._billing, id=id)
        await wake(activity.client(), flow, subject, why, priority=priority)
        activity.heartbeat()
