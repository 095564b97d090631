"""Every write of flow 1, broken in every way: one customer, one invoice, one delivery, one write to the deal.

A crash point kills the worker's own process; what leaves the worker alive is played by the fault matrix.
Each fault must have fired, or its point is void.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import (
    every_write_has_its_pair,
    invoice_is_right,
    one_customer,
    one_delivery,
    one_vat_rate,
    one_write_to_the_deal,
)
from tests.front_door.points import Call, Point, abandon, sent_twice
from tests.front_door.stack import Lane, TemporalServer, until
from tests.slice import Slice

LANES, LANES_OF_A_SLICE = 4, 2
FEWEST_POINTS = 31
LAG = 1.2
"""Seconds for which a look-up misses what was written: less than the lane's `stripe.settle` of 1.5."""


CALLS = (
    Call("create customer", "stripe", "POST", "/v1/customers"),
    Call("create VAT rate", "stripe", "POST", "/v1/tax_rates"),
    Call("create draft", "stripe", "POST", "/v1/invoices"),
    Call("add lines", "stripe", "POST", "/v1/invoices/[^/]+/add_lines"),
    Call("finalise", "stripe", "POST", "/v1/invoices/[^/]+/finalize"),
    Call("send", "stripe", "POST", "/v1/invoices/[^/]+/send"),
    Call("write to the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/[^/]+", skip=1),
)


def points() -> Iterator[Point]:
    for call in CALLS:
        for when in ("before", "after", "answered"):
            yield Point(call, when, {}, kills=True)
    customer, rate, draft, _, _, send, _ = CALLS
    for call, stale in (
        (customer, "/v1/customers.*"),
        (rate, "/v1/tax_rates.*"),
        (draft, "/v1/invoices.*"),
        (send, "/v1/events"),
    ):
        yield Point(call, "after", {"status": 500}, stale=stale)
        yield Point(call, "after", {"reset": True}, stale=stale)
    yield Point(customer, "after", {}, kills=True, stale="/v1/customers.*")
    yield Point(draft, "after", {}, kills=True, stale="/v1/invoices.*")


async def play(lane: Lane, point: Point, vat_rate: str) -> None:
    """Break one call while one new deal of one new company is invoiced, and judge the vendors."""
    account = lane.account
    # A rate the account has never seen, so that the call which creates it takes place.
    lines = [{"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": vat_rate}]
    deal = await (account.deal(lines=lines) if point.call.name == "create VAT rate" else account.deal())
    since = len(await account.requests())
    if point.stale:
        lag = LAG if point.answered else 3600
        stale = await account.fault(
            vendor="stripe", method="GET", path=point.stale, effect={"stale": lag}, times=None
        )
    effect = {"kill": lane.worker.pid} if point.kills else point.effect
    fault = await account.fault(
        vendor=point.call.vendor,
        method=point.call.method,
        path=point.call.path,
        when=point.when,
        effect=effect,
        skip=point.call.skip,
    )
    await account.win(deal)
    if point.kills:
        await lane.worker_dies()
    if point.stale and not point.answered:
        await until(lambda: sent_twice(account, point.call, since), what=f"{point}: the call is repeated")
        await account.release(stale)

    async def written() -> bool:
        return bool((await account.shown(deal))["billing_invoice_number"])

    await until(written, what=f"{point}: the deal shows its invoice")
    result = await lane.outcome(deal)
    assert result["ending"] in ("invoiced", "already_invoiced"), result
    assert await account.fired(fault) == 1, f"{point}: the fault never fired"
    await account.clear_faults()
    gross = TWO_LINES_GROSS
    if point.call.name == "create VAT rate":
        gross = 100000 + int(vat_rate) * 1000
        await one_vat_rate(account, vat_rate)
    invoice = await invoice_is_right(account, deal, gross=gross)
    await one_customer(account, invoice)
    await one_delivery(account, invoice)
    lost = int(point.call.vendor == "hubspot" and point.when == "before")
    await one_write_to_the_deal(account, deal, since=since, lost=lost)


@pytest.mark.quick
@pytest.mark.timeout(900)
async def test_every_crash_point_ends_as_exactly_one_invoice(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice
) -> None:
    every = list(points())
    expected = chosen.one_of_each(every, lambda point: point.call)
    # 21 to 90: none of them is one of the rates that the ordinary lines use.
    waiting = [(point, str(rate)) for rate, point in enumerate(expected, start=21)]
    waiting.reverse()
    played: list[Point] = []
    failures: list[str] = []

    async def work(lane: Lane) -> None:
        while waiting:
            point, rate = waiting.pop()
            try:
                await play(lane, point, vat_rate=rate)
            except (AssertionError, TimeoutError) as error:
                failures.append(f"{point}: {error!r}")
                await abandon(lane, "DealWon")
            played.append(point)
        try:
            every_write_has_its_pair(await lane.audit(), await lane.account.requests())
        except AssertionError as error:
            failures.append(f"I8: {error!r}")

    rates = ", ".join(str(rate) for rate in range(100))
    overrides = {"RACCORD_VAT__RATES": f"[{rates}, 5.5, 2.1]"}
    async with AsyncExitStack() as stack:
        lanes = []
        for number in range(LANES if chosen.whole else min(LANES_OF_A_SLICE, len(expected))):
            name = f"crash-{number}"
            lane = Lane(server, tmp_path_factory.mktemp(name), name, overrides=overrides)
            lanes.append(await stack.enter_async_context(lane))
        await asyncio.gather(*(work(lane) for lane in lanes))
    print(  # noqa: T201 - fewer points must be seen
        f"\ncrash points played: {len(played)} of {len(every)}, failed: {len(failures)}"
    )
    assert len(every) >= FEWEST_POINTS
    assert len(played) == len(expected)
    assert {point.call for point in played} == set(CALLS) or chosen.named
    assert not failures, "\n".join(failures)
