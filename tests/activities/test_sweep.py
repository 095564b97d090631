"""How soon and how thoroughly the flows look that a sweep wakes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.service import money, sweep
from activities.service.money import FIRST_MONEY, MONEY, MoneyFound, MoneySweep
from activities.service.sweep import SweepActivities
from raccord.domain.service.sweep import Sweep, SweepPlan
from raccord.domain.values.deal import DealRef, WonDeal
from raccord.domain.values.payment import ChangedMoney
from raccord.domain.values.subject import Subject
from raccord.records.records import Records
from raccord.temporal.flows import Changed, FlowType

NOW = datetime.now(UTC)
Woken = dict[str, list[tuple[int, bool]]]


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
    listed = (
        WonDeal(id="without"),
        WonDeal(id="changed", invoice_id="in_1", changed_at=NOW),
        WonDeal(id="as it was", invoice_id="in_2", changed_at=NOW - timedelta(days=1)),
    )
    plan = SweepPlan(crm="hubspot", full=True, changed_since=NOW - timedelta(hours=1), began_at=NOW)
    await ActivityEnvironment().run(sweeping(records).tell, plan, listed)
    assert woken == {"without": [(4, True)], "changed": [(5, False)]}


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
