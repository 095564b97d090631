"""A sweep over more changed customers than one answer holds, in one process."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.service.contacts import DETAILS
from raccord.domain.service.sweep import Sweep
from raccord.domain.values.details import Field, Side
from tests.domain.contact.world import says
from tests.workflows.house import House, needs_server

pytestmark = needs_server


@pytest.mark.parametrize("side", list(Side))
async def test_a_burst_within_the_overlap_is_looked_at_whole_by_one_sweep(at_home: House, side: Side) -> None:
    """The next sweep begins with the overlap again: what this one left out, none would ever reach."""
    at_home.crm.deals.clear()
    await at_home.work(modes='contact = "live"')
    kept, now = at_home.crm if side is Side.CRM else at_home.billing, datetime.now(UTC)
    for n in range(5):
        customer, company = f"cus_{n}", f"1{n}"
        await at_home.records.links.link_customer(f"crm:{n}", "stripe", customer, f"hubspot:{company}")
        record, at = company if side is Side.CRM else customer, now - timedelta(seconds=90 - n)
        kept.holds(record, says())
        kept.typed(record, at, source=says(phone=f"04 72 00 00 0{n}"), fields={Field.PHONE})
    for name in DETAILS.values():
        await at_home.records.watermarks.advance(name, now)
    kept.answer_holds = 2
    await at_home.started("Reconciliation", Sweep(), id="reconciliation/1")
    result = await at_home.end("reconciliation/1")
    assert (result["in_step"], result["remark"]) == (5, "")
    assert kept.calls["details_changed"] == 3
