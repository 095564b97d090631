"""Filling in what deals of the past were paid, in one process."""

from datetime import date

import pytest
from temporalio.client import WorkflowFailureError

from raccord.connectors.errors import Permanent
from tests.workflows.house import House, needs_server

pytestmark = needs_server


async def test_a_crm_that_refuses_the_list_ends_it_with_the_reason(at_home: House) -> None:
    await at_home.work()
    at_home.crm.fail(Permanent("the property closedate does not exist"), "won_deals")
    await at_home.started("Backfill", date(2026, 1, 1), id="backfill/1")
    with pytest.raises(WorkflowFailureError) as failed:
        await at_home.end("backfill/1")
    assert "closedate" in str(failed.value.cause)
