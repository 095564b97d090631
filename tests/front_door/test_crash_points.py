"""Every write of flow 1, broken in every way: one customer, one invoice, one delivery, one write to the deal.

A crash point kills the worker's own process; what leaves the worker alive is played by the fault matrix.
Each fault must have fired, or its point is void.
"""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.front_door.books import LAG
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.pairs import PAIRS, Pair
from tests.front_door.points import Case, Point, abandon, sent_twice
from tests.front_door.stack import Lane, TemporalServer, until
from tests.slice import Slice

LANES_OF_A_SLICE = 2


async def play(lane: Lane, pair: Pair, point: Point, vat_rate: str) -> None:
    """Break one call while one new deal of one new company is invoiced, and judge the vendors."""
    account = lane.account
    case = Case(lane, point, vat_rate)
    case.deal = await pair.crm.deal(lane, pair.books.new_rate(case))
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
    await pair.crm.win(lane, case.deal)
    if point.kills:
        await lane.worker_dies()
    if point.stale and not point.answered:
        await until(lambda: sent_twice(account, point.call, since), what=f"{point}: the call is repeated")
        await account.release(stale)
    await pair.books.helped(case)

    async def written() -> bool:
        return bool(await pair.crm.number(lane, case.deal))

    await until(written, what=f"{point}: the deal shows its invoice")
    result = await lane.outcome(case.deal)
    assert result["ending"] in ("invoiced", "already_invoiced"), result
    assert await account.fired(fault) == 1, f"{point}: the fault never fired"
    await account.clear_faults()
    number = (await pair.books.judge(lane, case.deal, pair.books.new_rate(case))).number
    assert await pair.crm.number(lane, case.deal) == number
    lost = int(point.call is pair.crm.write and point.when == "before")
    writes = await pair.writes(case, number, since=since)
    assert writes == 1 + lost, f"{writes} writes to the deal"


@pytest.mark.quick
@pytest.mark.timeout(900)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
async def test_every_crash_point_ends_as_exactly_one_invoice(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice, pair: Pair
) -> None:
    expected = chosen.one_of_each(pair.points, lambda point: point.call)
    # 21 to 90: none of them is one of the rates that the ordinary lines use.
    waiting = [(point, str(rate)) for rate, point in enumerate(expected, start=21)]
    waiting.reverse()
    played: list[Point] = []
    failures: list[str] = []

    async def work(lane: Lane) -> None:
        await pair.ready(lane)
        since = len(await lane.account.requests())
        while waiting:
            point, rate = waiting.pop()
            try:
                await play(lane, pair, point, rate)
            except (AssertionError, TimeoutError) as error:
                failures.append(f"{point}: {error!r}")
                await abandon(lane, "DealWon")
            played.append(point)
        try:
            requests = await lane.account.requests(since=str(since))
            every_write_has_its_pair(await lane.audit(), requests, untold=pair.books.untold)
        except AssertionError as error:
            failures.append(f"I8: {error!r}")

    async with AsyncExitStack() as stack:
        lanes = []
        for number in range(pair.lanes if chosen.whole else min(LANES_OF_A_SLICE, len(expected))):
            name = f"crash-{number}"
            lane = await stack.enter_async_context(pair.lane(server, tmp_path_factory.mktemp(name), name))
            lanes.append(lane)
        await asyncio.gather(*(work(lane) for lane in lanes))
    print(  # noqa: T201 - fewer points must be seen
        f"\ncrash points played on {pair}: {len(played)} of {len(pair.points)}, failed: {len(failures)}"
    )
    assert len(pair.points) >= pair.fewest
    assert len(played) == len(expected)
    assert {point.call for point in played} == {point.call for point in pair.points} or chosen.named
    assert not failures, "\n".join(failures)
