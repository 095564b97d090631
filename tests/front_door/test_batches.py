"""Deliveries of many events at once: answered before their vendor loses patience, and lost by nobody."""

import json
import time
from typing import Any

import pytest

from tests.front_door.doors import HUBSPOT, Front, converse, hubspot_event
from tests.front_door.stack import STAGE_ONLY, Lane, until
from tests.front_door.test_receiver import Request
from tests.patience import patience

DEADLINE = 2.0
DEALS = 12
"""More than are told one by one."""


def batch(first: int, count: int, **changes: Any) -> bytes:
    return json.dumps([hubspot_event(first + n, **changes) for n in range(count)]).encode()


@pytest.mark.parametrize("count", [100, 200])
async def test_a_batch_is_durable_in_time_at_its_first_delivery(front: Front, count: int) -> None:
    first = 700_000 + count
    for attempt in range(3):
        body = batch(first, count, attemptNumber=attempt)
        started = time.monotonic()
        (answer,) = await converse(front.port, HUBSPOT.request(body, front))
        seconds = time.monotonic() - started
        print(f"{count} events, delivery {attempt + 1}: {seconds * 1000:.0f} ms")  # noqa: T201
        assert answer.status == 200
        assert seconds < patience(DEADLINE)

    async def durable_once() -> bool:
        found = [[waking.subject.id for waking in each.wakings] for each in await front.handed_over()]
        return found.count([str(first + n) for n in range(count)]) == 1

    await until(durable_once)


async def test_each_deal_of_a_batch_gets_its_invoice_once(lane: Lane) -> None:
    """Each is named by many events, all of them delivered twice."""
    deals = [await lane.account.deal() for _ in range(DEALS)]
    await lane.account.settings("hubspot", subscriptions=[])
    for deal in deals:
        await lane.account.win(deal)
    await lane.account.settings("hubspot", subscriptions=STAGE_ONLY)
    events = [
        hubspot_event(int(deal), propertyName=name, eventId=n)
        for n, name in enumerate(("dealstage", "amount", "hs_is_closed_won", "closedate"))
        for deal in deals
    ]
    for attempt in range(2):
        body = json.dumps([each | {"attemptNumber": attempt} for each in events]).encode()
        assert (await Request(body=body).send(lane.url("receiver"))).status_code == 200
        for deal in deals:
            assert (await lane.outcome(deal))["ending"] in ("invoiced", "already_invoiced")
    assert [len(await lane.account.invoices(deal)) for deal in deals] == [1] * DEALS
    told = await lane.client.count_workflows("WorkflowType = 'Delivered'")
    assert told.count == 1
