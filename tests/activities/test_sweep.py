"""How soon and how thoroughly the flows look that a sweep wakes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.service import money, sweep
from activities.service.money import (
    FIRST_MONEY,
    MONEY,
    BackfillReads,
    DealsAbove,
    MoneyFound,
    MoneySweep,
)
from activities.service.sweep import SweepActivities, SweepReads
from raccord.domain.service.sweep import Sweep, SweepPlan
from raccord.domain.values.deal import DealRef, WonDeal
from raccord.domain.values.payment import ChangedMoney
from raccord.domain.values.subject import Subject
from raccord.records.records import Records
from raccord.temporal.failures import MOST_BYTES
from raccord.temporal.flows import Changed, FlowType
from tests.fakes.crm import FakeCrm

NOW = datetime.now(UTC)
Woken = dict[str, list[tuple[int, bool]]]


class Crm(FakeCrm):
    """Whose search lists these."""

    def __init__(self, *won: WonDeal) -> None:
        super().__init__()
        self.won = won

    async def won_deals(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:  # noqa: ARG002
        return self.won


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> Woken:
    """Whose flows were told to look: at which priority each, and whether thoroughly."""
    found: Woken = {}

    async def wake(_: object, flow: FlowType, subject: Subject, why: Changed, *, priority: Any) -> None:
        assert flow.about is subject.kind
        found.setdefault(subject.id, []).append((priority.priority_key, why.thorough))

    async def asking(_: object) -> list[str]:
        return []

    for module in (money, sweep):
        monkeypatch.setattr(module, "wake", wake)
        monkeypatch.setattr(module.activity, "client", lambda: None)
    monkeypatch.setattr(sweep, "_asking", asking)
    return found


def sweeping(records: Records) -> SweepActivities:
    return SweepActivities(
        records, "hubspot", timedelta(minutes=5), active=True, payments=True, owing=None, in_step=False
    )


async def test_a_deal_that_nobody_told_of_goes_before_those_that_are_looked_at_again(
    records: Records, woken: Woken
) -> None:
    crm = Crm(
        WonDeal(id="without"),
        WonDeal(id="changed", invoice_id="in_1", changed_at=NOW),
        WonDeal(id="as it was", invoice_id="in_2", changed_at=NOW - timedelta(days=1)),
    )
    plan = SweepPlan(crm="hubspot", full=True, changed_since=NOW - timedelta(hours=1), began_at=NOW)
    due = await ActivityEnvironment().run(SweepReads(crm, records.links, NOW.date()).won_deals, plan)
    await ActivityEnvironment().run(sweeping(records).tell, plan, due)
    assert woken == {"without": [(4, True)], "changed": [(5, False)]}


def many() -> Crm:
    """Twice as many deals as one answer could name whole."""
    return Crm(
        *(
            WonDeal(id=str(10**10 + n), invoice_id=f"in_{n:024}", changed_at=NOW)
            for n in reversed(range(20_000))
        )
    )


async def test_more_deals_than_a_flow_is_given_at_once_are_told_of_all_the_same(records: Records) -> None:
    plan = SweepPlan(crm="hubspot", full=True, changed_since=NOW, began_at=NOW)
    due = await ActivityEnvironment().run(SweepReads(many(), records.links, NOW.date()).won_deals, plan)
    assert (due.won, len(due.changed), len(due.unlinked) + due.left) == (20_000, 20_000, 20_000)
    assert len(due.model_dump_json()) < MOST_BYTES


async def test_a_backfill_lists_every_deal_once_in_parts_that_a_flow_takes() -> None:
    reads, above, seen = BackfillReads(many()), DealsAbove(since=NOW.date()), list[str]()
    more = True
    while more:
        listed = await ActivityEnvironment().run(reads.deals, above)
        assert len(listed.model_dump_json()) < MOST_BYTES
        assert len(seen) + listed.count == 20_000
        seen += [each.id for each in listed.deals]
        more, above = len(listed.deals) < listed.count, above.model_copy(update={"id": seen[-1]})
    assert len(set(seen)) == len(seen) == 20_000


async def looks_for_money(records: Records, *listed: str) -> int:
    plan = await sweeping(records).plan(Sweep(full=True))
    found = MoneyFound(changed=ChangedMoney(invoices=listed))
    return await ActivityEnvironment().run(MoneySweep(records, "stripe", None).tell, plan, found)


async def test_what_is_still_expected_is_looked_at_thoroughly_once_a_day(
    records: Records, woken: Woken
) -> None:
    await records.watermarks.begin(FIRST_MONEY, NOW - timedelta(days=9))
    await records.watermarks.advance(MONEY, NOW)
    for id in ("in_1", "in_2"):
        await records.links.update_deal(
            DealRef(connection="hubspot", id=id), "stripe", invoice_id=id, number=id
        )
    assert await looks_for_money(records, "in_1") == 2
    assert woken == {"in_1": [(4, False), (5, True)], "in_2": [(5, True)]}
    woken.clear()
    assert await looks_for_money(records, "in_1") == 2
    assert woken == {"in_1": [(4, False)], "in_2": [(5, False)]}
