"""Filling in what deals of the past were paid, in one process."""

from datetime import date

import pytest
from temporalio.client import WorkflowFailureError

from raccord.connectors.errors import Permanent
from raccord.domain.service.backfill import Backfilled, Backfilling
from tests.workflows.house import House, needs_server

pytestmark = needs_server


async def test_a_crm_that_refuses_the_list_ends_it_with_the_reason(at_home: House) -> None:
    await at_home.work()
    at_home.crm.fail(Permanent("the property closedate does not exist"), "won_deals")
    await at_home.started("Backfill", Backfilling(since=date(2026, 1, 1), dry=True), id="backfill/1")
    with pytest.raises(WorkflowFailureError) as failed:
        await at_home.end("backfill/1")
    assert "closedate" in str(failed.value.cause)


async def test_nothing_is_done_before_a_dry_run_from_the_same_day_on_was_seen(at_home: House) -> None:
    await at_home.work()

    async def filled(name: str, wanted: Backfilling) -> Backfilled:
        await at_home.started("Backfill", wanted, id=f"backfill/{name}")
        return Backfilled.model_validate(await at_home.end(f"backfill/{name}"))

    since = date(2026, 1, 1)
    assert not (await filled("early", Backfilling(since=since))).seen
    assert at_home.crm.calls["won_deals"] == 0
    assert (await filled("dry", Backfilling(since=since, dry=True))).seen
    assert (await filled("live", Backfilling(since=since))).seen
    assert not (await filled("longer", Backfilling(since=date(2025, 1, 1)))).seen
