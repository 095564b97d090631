"""From when on customers who changed are looked for, side by side."""

from datetime import UTC, datetime, timedelta

from activities.service.contacts import DETAILS, DetailsSweep
from activities.service.sweep import SweepActivities
from raccord.domain.service.sweep import Sweep
from raccord.domain.values.details import Side
from raccord.records.records import Records

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
