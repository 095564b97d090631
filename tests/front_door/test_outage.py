"""A vendor that is down, or refuses our credentials: one alert, one recovery, and everybody is invoiced."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_flow_page import said_on

DEALS = int(os.environ.get("RACCORD_TEST_DEALS", "14"))
"""`make soak` plays it with two hundred."""
AFTER_CREDENTIALS = 6
LINE = [{"name": "Conseil", "quantity": "1", "price": "100.00", "vat_rate": "20"}]
AT_A_TIME = 10


@pytest.fixture(scope="module")
async def busy(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    overrides = {
        "RACCORD_WATCH__ALERT_AFTER": "5",
        "RACCORD_WATCH__CREDENTIALS_ALERT_AFTER": "2",
        "RACCORD_WATCH__FLOW_WAITS_AFTER": "4",
        "RACCORD_TEMPORAL__AUTH_RETRY": "2",
        "RACCORD_WATCH__PROBE_EVERY": "3",
        "RACCORD_TEMPORAL__LONGEST_RETRY": "5",
        # A CRM account with a raised limit, so that it is not the CRM which the test waits for.
        "RACCORD_HUBSPOT__REQUESTS_PER_SECOND": "80",
        "RACCORD_STRIPE__REQUESTS_PER_SECOND": "60",
    }
    async with Lane(server, tmp_path_factory.mktemp("busy"), "busy", overrides=overrides) as lane:
        await lane.account.settings("hubspot", requests_per_ten_seconds=1000)
        await lane.account.settings("stripe", requests_per_second=100, requests_per_second_and_endpoint=60)
        yield lane


async def won_deals(lane: Lane, count: int) -> list[str]:
    """Win that many new deals, each of a new company."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one() -> str:
        async with gate:
            deal = await lane.account.deal(lines=LINE)
            await lane.account.win(deal)
            return deal

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def told(lane: Lane, text: str, count: int) -> None:
    """Wait until the channel has been told so that many times."""

    async def so_often() -> bool:
        return len(await lane.account.messages("stripe", text)) == count

    await until(so_often, what=f"{count} message(s) that say {text!r}")


async def holds_up(lane: Lane, flows: int) -> bool:
    """Whether the watch's own page says that more than so many flows wait."""
    said = re.search(
        r"(\d+) traitements attendent", await said_on(lane.client.get_workflow_handle("watch/stripe"))
    )
    return said is not None and int(said[1]) > flows


async def open_invoices(lane: Lane, deals: list[str]) -> dict[str, list[dict[str, Any]]]:
    by_deal: dict[str, list[dict[str, Any]]] = {deal: [] for deal in deals}
    for invoice in await lane.account.stripe("/v1/invoices"):
        deal = invoice["metadata"].get("crm_deal_id", "").removeprefix("hubspot:")
        if deal in by_deal:
            by_deal[deal].append(invoice)
    return by_deal


async def all_invoiced_once(lane: Lane, deals: list[str], *, within: timedelta) -> None:
    async def all_ended() -> bool:
        running = "WorkflowType = 'DealWon' AND ExecutionStatus = 'Running'"
        return (await lane.client.count_workflows(running)).count == 0

    await until(all_ended, within=within, what="every flow has ended")
    found = await open_invoices(lane, deals)
    assert not {deal: len(each) for deal, each in found.items() if len(each) != 1}
    assert {(each[0]["status"], each[0]["total"]) for each in found.values()} == {("open", 12000)}


async def too_many(lane: Lane, *, since: int) -> tuple[int, int, int]:
    """Return how many requests Stripe got, how many of them were too many, and the most in one second."""
    calls = [r for r in await lane.account.requests(vendor="stripe") if r["n"] > since]
    ours = [r for r in calls if "raccord" in str(r["headers"]).lower() or r["mutating"]]
    times = sorted(datetime.fromisoformat(r["at"]) for r in ours)
    most = begin = 0
    for end, at in enumerate(times):
        while times[begin] < at - timedelta(seconds=1):
            begin += 1
        most = max(most, end - begin + 1)
    return len(calls), sum(r["status"] == 429 for r in calls), most


@pytest.mark.timeout(420)
async def test_many_deals_outlast_a_dead_stripe_with_one_alert_and_one_recovery(busy: Lane) -> None:
    account = busy.account
    await account.fault(vendor="stripe", path=".*", effect={"status": 503}, times=None)
    deals = await won_deals(busy, DEALS)
    await told(busy, "ne répond pas", 1)
    assert "stripe" in (await busy.command("inbox", "list")).stdout

    async def says_that_it_waits() -> bool:
        query = "WorkflowType = 'DealWon' AND RaccordState = 'waiting' AND RaccordCause = 'awaits_stripe'"
        return (await busy.client.count_workflows(query)).count > DEALS // 2

    await until(says_that_it_waits, what="the flows are listed as waiting for stripe")
    await until(partial(holds_up, busy, DEALS // 2), what="the watch has seen that most of them wait")
    since = len(await account.requests())
    await account.clear_faults()
    await all_invoiced_once(busy, deals, within=timedelta(seconds=300))
    await told(busy, "répond de nouveau", 1)
    await told(busy, "ne répond pas", 1)
    (recovery,) = await account.messages("stripe", "répond de nouveau")
    waited = re.search(r"Traitements qui ont attendu\D*(\d+)", str(recovery["blocks"]))
    assert waited, recovery["blocks"]
    assert int(waited[1]) > DEALS // 2, f"only {waited[1]} flows are said to have waited"
    calls, refused, most = await too_many(busy, since=since)
    print(f"\n{len(deals)} deals, {waited[1]} waited; {calls} calls, {refused} too many, {most}/s")  # noqa: T201
    assert refused < calls / 20


@pytest.mark.timeout(240)
async def test_revoked_credentials_are_one_alert_and_one_recovery_too(busy: Lane) -> None:
    account = busy.account
    before = len(await account.messages("stripe", "refuse les identifiants de Raccord"))
    recovered = len(await account.messages("stripe", "répond de nouveau"))
    await account.settings("stripe", api_key="rk_test_rotated0000000000000000")
    deals = await won_deals(busy, AFTER_CREDENTIALS)
    await told(busy, "refuse les identifiants de Raccord", before + 1)
    await account.settings("stripe", api_key="rk_test_sandbox0000000000000000")
    await all_invoiced_once(busy, deals, within=timedelta(seconds=120))
    await told(busy, "répond de nouveau", recovered + 1)
    await told(busy, "refuse les identifiants de Raccord", before + 1)
