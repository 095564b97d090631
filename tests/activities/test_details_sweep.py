"""From when on customers who changed are looked for, side by side."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.service.contacts import DETAILS, DetailsSweep, DetailsSweepReads
from activities.service.sweep import SweepActivities
from raccord.domain.service.sweep import Sweep, SweepPlan
from raccord.domain.values.details import ChangedRecords, Side
from raccord.records.records import Records
from tests.fakes.billing import FakeBilling

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
OVERLAP = timedelta(minutes=10)


async def _since(records: Records) -> dict[Side, datetime]:
    sweeping = SweepActivities(
        records, "hubspot", OVERLAP, active=True, payments=False, owing=None, in_step=True
    )
    return (await sweeping.plan(Sweep())).details_since


async def test_each_side_is_looked_at_from_its_own_mark_on(records: Records) -> None:
    await records.watermarks.advance(DETAILS[Side.CRM], NOW)
    assert await _since(records) == {Side.CRM: NOW - OVERLAP}


async def test_who_was_linked_out_of_turn_is_looked_at_with_everybody(records: Records) -> None:
    for name in DETAILS.values():
        await records.watermarks.advance(name, NOW)
    await DetailsSweep(records, "hubspot", "stripe").anew()
    assert await _since(records) == {Side.CRM: NOW - OVERLAP}


class Halting(FakeBilling):
    """Names the same for ever, and says that there are more."""

    def __init__(self, gets: timedelta) -> None:
        super().__init__()
        self.gets = gets

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:  # noqa: ARG002
        return ChangedRecords(ids=("cus_1",), seen_to=since + self.gets, more=True)


@pytest.mark.parametrize("gets", [timedelta(0), timedelta(seconds=1)])
async def test_only_an_answer_that_gets_further_is_gone_on_from(gets: timedelta) -> None:
    plan = SweepPlan(crm="hubspot", began_at=NOW, details_since={Side.BILLING: NOW})
    typed = await DetailsSweepReads(Halting(gets), Side.BILLING).changed(plan)
    assert (typed.ids, typed.seen_to, typed.more) == (("cus_1",), NOW + gets, bool(gets))
