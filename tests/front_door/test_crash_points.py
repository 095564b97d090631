"""Every write of flow 1, broken in every way: one customer, one invoice, one delivery, one write to the deal.

A crash point kills the worker's own process. Each fault must have fired, or its point is void.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery, one_write_to_the_deal
from tests.front_door.stack import Lane, TemporalServer, until

LANES = 3
FEWEST_POINTS = 50


@dataclass(frozen=True)
class Call:
    """One mutating call of the flow; `skip` leaves the test's own request to the same path alone."""

    name: str
    vendor: str
    method: str
    path: str
    skip: int = 0


CALLS = (
    Call("create customer", "stripe", "POST", "/v1/customers"),
    Call("create VAT rate", "stripe", "POST", "/v1/tax_rates"),
    Call("create draft", "stripe", "POST", "/v1/invoices"),
    Call("add lines", "stripe", "POST", "/v1/invoices/[^/]+/add_lines"),
    Call("finalise", "stripe", "POST", "/v1/invoices/[^/]+/finalize"),
    Call("send", "stripe", "POST", "/v1/invoices/[^/]+/send"),
    Call("write to the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/[^/]+", skip=1),
)


@dataclass(frozen=True)
class Point:
    call: Call
    when: str
    effect: dict[str, Any]
    kills: bool = False
    stale: str | None = None

    def __str__(self) -> str:
        effect = "worker dies" if self.kills else ", ".join(f"{k} {v}" for k, v in self.effect.items())
        stale = ", look-ups stale" if self.stale else ""
        return f"{self.call.name}: {effect} {self.when}{stale}"


def points() -> Iterator[Point]:
    for call in CALLS:
        for when in ("before", "after", "answered"):
            yield Point(call, when, {}, kills=True)
        yield Point(call, "after", {"status": 500})
        yield Point(call, "after", {"reset": True})
        yield Point(call, "after", {"timeout": 4})
        yield Point(call, "after", {"malformed": True})
        if call.vendor == "stripe":
            yield Point(call, "before", {"status": 500, "stored": True})
    customer, _, draft, *_ = CALLS
    yield Point(customer, "after", {"status": 500}, stale="/v1/customers.*")
    yield Point(customer, "after", {}, kills=True, stale="/v1/customers.*")
    yield Point(draft, "after", {"status": 500}, stale="/v1/invoices.*")
    yield Point(draft, "after", {}, kills=True, stale="/v1/invoices.*")


async def play(lane: Lane, point: Point, vat_rate: str) -> None:
    """Break one call while one new deal of one new company is invoiced, and judge the vendors."""
    account = lane.account
    # A rate the account has never seen, so that the call which creates it takes place.
    lines = [{"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": vat_rate}]
    deal = await (account.deal(lines=lines) if point.call.name == "create VAT rate" else account.deal())
    since = len(await account.requests())
    if point.stale:
        await account.fault(
            vendor="stripe", method="GET", path=point.stale, when="before", effect={"stale": 1.2}, times=None
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
        await asyncio.wait_for(lane.worker.wait(), 30)
        await lane.restart_worker()

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
    invoice = await invoice_is_right(account, deal, gross=gross)
    await one_customer(account, invoice)
    await one_delivery(account, invoice)
    await one_write_to_the_deal(account, deal, since=since)


@pytest.mark.timeout(900)
async def test_every_crash_point_ends_as_exactly_one_invoice(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    waiting = list(enumerate(points()))
    total = len(waiting)
    failures: list[str] = []
    waiting.reverse()

    async def work(lane: Lane) -> None:
        while waiting:
            index, point = waiting.pop()
            try:
                # 21 to 90: none of them is one of the rates that the ordinary lines use.
                await play(lane, point, vat_rate=str(21 + index))
            except (AssertionError, TimeoutError) as error:
                failures.append(f"{point}: {error!r}")
                await lane.account.clear_faults()
                await lane.restart_worker()
        try:
            await every_write_has_its_pair(lane)
        except AssertionError as error:
            failures.append(f"I8: {error!r}")

    rates = ", ".join(str(rate) for rate in range(100))
    overrides = {"RACCORD_VAT__RATES": f"[{rates}, 5.5, 2.1]"}
    async with AsyncExitStack() as stack:
        lanes = []
        for number in range(LANES):
            name = f"crash-{number}"
            lane = Lane(server, tmp_path_factory.mktemp(name), name, overrides=overrides)
            lanes.append(await stack.enter_async_context(lane))
        await asyncio.gather(*(work(lane) for lane in lanes))
    print(f"\ncrash points played: {total}, failed: {len(failures)}")  # noqa: T201 - fewer points must be seen
    assert total >= FEWEST_POINTS
    assert not failures, "\n".join(failures)


async def every_write_has_its_pair(lane: Lane) -> None:
    """I8: no write outside without an intent before it, and every intent has its outcome."""
    rows = await lane.audit()
    intents = [r for r in rows if r["kind"] == "intent"]
    outcomes = [r for r in rows if r["kind"] == "outcome"]
    assert len(intents) == len(outcomes)
    keys = {r["key"] for r in intents}
    for request in await lane.account.requests(committed="true"):
        if request["vendor"] == "stripe" and request["method"] == "POST":
            key = request["headers"]["idempotency-key"]
            assert key.split("#")[0] in keys, f"{request['path']} was written without an intent"
