"""Every write of flow 2, broken in every way: the deal shows it, is moved and told of once, and pays once.

A crash point kills the worker's own process; what leaves the worker alive hits many deals at the same time.
Each fault must have fired, or it is void.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from raccord.domain.desk.question import Answer, Choice, Decision
from tests.front_door.account import Account
from tests.front_door.judge import by_a_person, every_write_has_its_pair, mark_of
from tests.front_door.matrix import PAYMENT_CALLS, PLACED, Call, Case, payment_cases
from tests.front_door.payments import (
    NET,
    ONE_BY_ONE,
    Billed,
    at_rest,
    billed,
    raise_limits,
    shows,
    told,
)
from tests.front_door.points import Call as Crashing
from tests.front_door.points import Point, crashed
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_fault_matrix import Run, asks, combinations, reached, try_again, void
from tests.slice import Slice

LANES = 2
FEWEST_POINTS, FEWEST_COMBINATIONS = 12, 90
CASES_OF_A_SLICE = 4
PAID_STAGE = "218933907"
OVERRIDES = ONE_BY_ONE | {
    "RACCORD_HUBSPOT__PAID_STAGES": json.dumps([PAID_STAGE]),
    "RACCORD_TEMPORAL__AUTH_RETRY": "1",
    "RACCORD_DESK__TASKS": "false",
}
SAYS = {"show on the deal": "billing_payment_status", "move the deal": "dealstage"}
"""What tells two calls to the same path from each other."""


@pytest.fixture(scope="module")
async def lanes(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice
) -> AsyncIterator[tuple[Lane, ...]]:
    async with AsyncExitStack() as stack:
        found = []
        for number in range(LANES if chosen.whole else 1):
            name = f"pay-{number}"
            where = tmp_path_factory.mktemp(name)
            lane = Lane(server, where, name, payment="live", overrides=OVERRIDES)
            found.append(await stack.enter_async_context(lane))
        for lane in found:
            await raise_limits(lane.account)
            # Nothing but the payments begins anything here.
            await lane.account.settings("hubspot", subscriptions=[])
            await lane.account.settings("slack", rate_limits=False)
        yield tuple(found)


@dataclass(frozen=True)
class Waiting:
    """A won deal with an open invoice, and where finance has to place it, the payment that is for it."""

    its: Billed
    payment: str = ""

    @property
    def flow(self) -> str:
        return f"placed/stripe/{self.payment}" if self.payment else f"payment/stripe/{self.its.invoice}"


async def waiting(lane: Lane, *, placed: bool) -> Waiting:
    account = lane.account
    its = await billed(account)
    await account.win(its.deal)
    await shows(lane, its.deal, status="open")
    if not placed:
        return Waiting(its)
    intent = await account.billing.charge_by_link(NET, customer=its.customer)
    await lane.question(intent["id"], cause="unmatched_payment")
    return Waiting(its, intent["id"])


async def paid(lane: Lane, found: Waiting) -> None:
    """Have the money come: by card, or because finance says what it is for."""
    if not found.payment:
        await lane.account.billing.pay_by_card(found.its.invoice)
        return
    row = await lane.question(found.payment)
    answer = Answer(choice=Choice.CHOOSE, option=found.its.invoice, actor="cli:somebody")
    decision = Decision(incident=row.incident, revision=row.revision, answer=answer)
    await lane.client.get_workflow_handle(found.flow).execute_update("decide", decision, result_type=str)


async def judge(
    lane: Lane, found: Waiting, requests: list[dict[str, Any]], arrived: Callable[[dict[str, Any]], bool]
) -> None:
    """Hold one deal against the vendors; `arrived`: whether a request reached its vendor."""
    its = found.its
    await shows(lane, its.deal, status="paid", due="0.00")
    await told(lane, its.number, "payée")
    ours = [r for r in requests if not by_a_person(r) and arrived(r)]
    patches = [r for r in ours if r["method"] == "PATCH" and r["path"].endswith(f"/deals/{its.deal}")]
    shown = [
        r for r in patches if '"paid"' in r["body"].replace(" ", "") and SAYS["show on the deal"] in r["body"]
    ]
    moved = [r for r in patches if SAYS["move the deal"] in says(r)]
    attached = [r for r in ours if r["path"].endswith(f"/{its.invoice}/attach_payment")]
    posted = [mark_of(r) for r in ours if r["path"].endswith("chat.postMessage") and its.number in r["body"]]
    counts = {"shown": len(shown), "moved": len(moved), "attached": len(attached)}
    assert counts == {"shown": 1, "moved": 1, "attached": int(bool(found.payment))}
    news = [mark for mark in posted if mark.startswith("paid.")]
    assert len(news) == 1, f"a message was posted twice: {posted}"
    stage = await lane.account.crm.values("deals", its.deal, "dealstage")
    assert stage["dealstage"] == PAID_STAGE
    payments = await lane.account.stripe("/v1/invoice_payments", invoice=its.invoice, status="paid")
    assert [each["amount_paid"] for each in payments] == [NET]


def says(request: dict[str, Any]) -> dict[str, str]:
    """Return the properties that a request writes."""
    found: dict[str, str] = json.loads(request["body"])["properties"]
    return found


def points() -> Iterator[Point]:
    for call in PAYMENT_CALLS:
        crashing = Crashing(call.name, call.vendor, call.method, call.path)
        for when in ("before", "after", "answered"):
            yield Point(crashing, when, {}, kills=True)


async def aim(account: Account, call: Call | Crashing, its: Billed, **rule: Any) -> int:
    """Set up a fault for one call about one deal."""
    id_ = its.deal if call.vendor == "hubspot" else its.invoice
    containing = [SAYS[call.name]] if call.name in SAYS else [its.number] if call.vendor == "slack" else []
    return await account.fault(
        vendor=call.vendor,
        method=call.method,
        path=call.path.replace("{id}", id_),
        containing=containing,
        **rule,
    )


async def play(lane: Lane, point: Point, found: Waiting) -> None:
    """Kill the worker at one call while one deal is paid, and judge the vendors."""
    effect = {"kill": lane.worker.pid}
    fault = await aim(lane.account, point.call, found.its, when=point.when, effect=effect)
    await asyncio.gather(paid(lane, found), lane.worker_dies())
    await at_rest(lane)
    assert await lane.account.fired(fault) == 1, f"{point}: the fault never fired"
    # Only a request that the worker died before never arrived.
    rule: dict[int, dict[str, Any]] = {
        fault: {"when": "before" if point.when == "before" else "after", "effect": {}}
    }
    await judge(lane, found, await lane.account.requests(), lambda request: reached(request, rule))


@pytest.mark.quick
@pytest.mark.timeout(400)
async def test_a_worker_that_dies_at_any_write_of_a_payment_ends_as_if_it_had_not(
    lanes: tuple[Lane, ...], chosen: Slice
) -> None:
    every = list(points())
    expected = chosen.one_of_each(every, lambda point: point.call)

    async def work(lane: Lane, share: list[Point]) -> list[str]:
        # The questions about payments take their time to come: all at once, before anybody dies.
        ready = await asyncio.gather(
            *(waiting(lane, placed=point.call.name == "allocate") for point in share)
        )
        await at_rest(lane)
        return await crashed(lane, list(zip(share, ready, strict=True)), play, flow="PaymentReceived")

    done = await asyncio.gather(*(work(lane, expected[n :: len(lanes)]) for n, lane in enumerate(lanes)))
    failures = [failure for each in done for failure in each]
    print(  # noqa: T201 - fewer points must be seen
        f"\ncrash points of payments played: {len(expected)} of {len(every)}, failed: {len(failures)}"
    )
    assert len(every) >= FEWEST_POINTS
    assert not failures, "\n".join(failures)


@pytest.mark.quick
@pytest.mark.timeout(400)
async def test_every_fault_on_every_write_of_a_payment_ends_as_if_there_had_been_none(
    lanes: tuple[Lane, ...], chosen: Slice
) -> None:
    every = list(payment_cases())
    cases = chosen.some(every, CASES_OF_A_SLICE)
    done = await asyncio.gather(*(faulty(lane, cases[n :: len(lanes)]) for n, lane in enumerate(lanes)))
    failures = [failure for each in done for failure in each]
    total = combinations(cases)
    print(  # noqa: T201 - fewer combinations must be seen
        f"\nfaults of payments played: {total} of {combinations(every)}, failed: {len(failures)}"
    )
    assert combinations(every) >= FEWEST_COMBINATIONS
    assert not failures, "\n".join(failures)


async def faulty(lane: Lane, share: list[Case]) -> list[str]:
    """Play these deals at the same time; return what was wrong with them."""
    account = lane.account
    ready = await asyncio.gather(*(waiting(lane, placed=case.recipe == PLACED) for case in share))
    await at_rest(lane)
    runs = []
    for case, found in zip(share, ready, strict=True):
        run = Run(case, found.its.deal, NET, ())
        for combination in case.combinations:
            fault = combination.fault
            number = await aim(
                account,
                combination.call,
                found.its,
                when=fault.when,
                effect=fault.effect,
                times=fault.times,
            )
            run.rules[number] = combination
        runs.append(run)
    await asyncio.gather(*(outlasted(lane, found) for found in ready))
    await at_rest(lane)
    rules = {rule["id"]: rule for rule in await account.faults()}
    await account.clear_faults()
    requests = await account.requests()
    failures = [said for run in runs for _, said in void(run, rules)]
    for run, found in zip(runs, ready, strict=True):
        try:
            await judge(lane, found, requests, lambda request: reached(request, rules))
        except AssertionError as error:
            failures.append(f"{run}: {error}")
    try:
        every_write_has_its_pair(await lane.audit(), requests)
    except AssertionError as error:
        failures.append(f"I8: {error}")
    return failures


async def outlasted(lane: Lane, found: Waiting) -> None:
    """Have the money come, and answer "again" to what a fault makes a flow ask."""
    await paid(lane, found)
    for flow in {found.flow, f"payment/stripe/{found.its.invoice}"}:
        handle = lane.client.get_workflow_handle(flow)
        while await asks(handle):
            for row in [w for w in await lane.waiting() if w.flow == handle.id]:
                if row.question.cause != "unmatched_payment":
                    await try_again(handle, row)
    await until(lambda: shown_paid(lane, found.its.deal), what=f"deal {found.its.deal} shows that it is paid")


async def shown_paid(lane: Lane, deal: str) -> bool:
    return (await lane.account.crm.shown_payment(deal))["billing_payment_status"] == "paid"
