"""Every write of flow 4, broken in every way: both sides come to say the same, and each edit goes over once.

A crash point kills the worker's own process while both sides are being edited. Each fault must have fired, or
it is void.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.front_door.judge import by_a_person, every_write_has_its_pair
from tests.front_door.matrix import CONTACT_CALLS, Call, Case, contact_cases
from tests.front_door.payments import at_rest, raise_limits
from tests.front_door.points import Call as Crashing
from tests.front_door.points import Point, crashed
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_contacts import SUBSCRIPTIONS, of_stripe, pair
from tests.front_door.test_fault_matrix import Run, asks, combinations, reached, try_again, void
from tests.slice import Slice

LANES = 2
FEWEST_POINTS, FEWEST_COMBINATIONS = 9, 70
CASES_OF_A_SLICE = 3
OVERRIDES = {
    "RACCORD_MODES__CONTACT": "live",
    "RACCORD_CONTACT__QUIET": "0.5",
    "RACCORD_HUBSPOT__REQUESTS_PER_SECOND": "80",
    "RACCORD_STRIPE__REQUESTS_PER_SECOND": "80",
    "RACCORD_TEMPORAL__AUTH_RETRY": "1",
    "RACCORD_DESK__TASKS": "false",
}
PHONE = "+33 4 72 99 99 99"
SAYS = {"write customer": ["phone"], "write company": ["billing_email"]}
"""What tells our writes from those of the people who edit the same records."""


@dataclass(frozen=True)
class Pair:
    company: str
    customer: str
    vat_number: str

    @property
    def email(self) -> str:
        return f"factures@{self.customer.replace('_', '-').lower()}.example"

    @property
    def flow(self) -> str:
        return f"contact/stripe/{self.customer}"


@pytest.fixture(scope="module")
async def lanes(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice
) -> AsyncIterator[tuple[Lane, ...]]:
    async with AsyncExitStack() as stack:
        found = []
        for number in range(LANES if chosen.whole else 1):
            name = f"in-step-{number}"
            lane = Lane(server, tmp_path_factory.mktemp(name), name, payment="live", overrides=OVERRIDES)
            found.append(await stack.enter_async_context(lane))
        for lane in found:
            await raise_limits(lane.account)
            await lane.account.settings("slack", rate_limits=False)
            await lane.account.settings("hubspot", subscriptions=[*SUBSCRIPTIONS, VAT_NUMBER])
        yield tuple(found)


VAT_NUMBER = "company.propertyChange:vat_number"


async def paired(lane: Lane) -> Pair:
    company, customer = await pair(lane)
    siren = str((await lane.account.crm.values("companies", company, "siren"))["siren"])
    key = (12 + 3 * (int(siren) % 97)) % 97
    return Pair(company, customer, f"FR{key:02}{siren}")


async def typed(lane: Lane, its: Pair) -> None:
    """Edit both sides, in fields of their own."""
    await asyncio.gather(
        lane.account.edit("companies", its.company, phone=PHONE, vat_number=its.vat_number),
        lane.account.billing.edit_customer(its.customer, email=its.email),
    )


async def in_step(lane: Lane, its: Pair) -> bool:
    there = await of_stripe(lane, its.customer)
    here = await lane.account.crm.values("companies", its.company, "billing_email", "phone", "vat_number")
    numbers = await lane.account.stripe(f"/v1/customers/{its.customer}/tax_ids")
    return (there["phone"], there["email"], here["billing_email"], here["phone"]) == (
        PHONE,
        its.email,
        its.email,
        PHONE,
    ) and [each["value"] for each in numbers if each["type"] == "eu_vat"] == [its.vat_number]


async def noted(lane: Lane) -> bool:
    """Whether each intent of a write has its outcome: the vendors show a write before we have noted it."""
    kinds = Counter(row["kind"] for row in await lane.audit() if row["effect"] == "contact.write")
    return kinds["intent"] == kinds["outcome"]


def judge(its: Pair, requests: list[dict[str, Any]]) -> None:
    """Hold one pair against what was committed: each edit once, the SIREN untouched."""
    ours = [r for r in requests if r["committed"] and not by_a_person(r)]
    mine = [r for r in ours if its.company in r["path"] or its.customer in r["path"]]
    customer = [r for r in mine if r["method"] == "POST" and r["path"].endswith(its.customer)]
    numbers = [r for r in mine if r["method"] == "POST" and r["path"].endswith("/tax_ids")]
    company = [r for r in mine if r["method"] == "PATCH" and "/companies/" in r["path"]]
    counts = {
        "customer": len({r["headers"].get("idempotency-key") for r in customer if "phone" in r["body"]}),
        "numbers": len({r["headers"].get("idempotency-key") for r in numbers}),
        "company": len(company),
    }
    assert counts == {"customer": 1, "numbers": 1, "company": 1}
    assert not [r for r in mine if r["method"] == "DELETE"]


def points() -> Iterator[Point]:
    for call in CONTACT_CALLS:
        crashing = Crashing(call.name, call.vendor, call.method, call.path)
        for when in ("before", "after", "answered"):
            yield Point(crashing, when, {}, kills=True)


async def aim(lane: Lane, call: Call | Crashing, its: Pair, **rule: Any) -> int:
    id_ = its.company if call.vendor == "hubspot" else its.customer
    path = call.path.replace("{id}", id_)
    containing = SAYS.get(call.name, [])
    return await lane.account.fault(
        vendor=call.vendor, method=call.method, path=path, containing=containing, **rule
    )


async def play(lane: Lane, point: Point, its: Pair) -> None:
    fault = await aim(lane, point.call, its, when=point.when, effect={"kill": lane.worker.pid})
    await asyncio.gather(typed(lane, its), lane.worker_dies())
    await until(lambda: in_step(lane, its), what=f"both sides of {its} say the same")
    await until(lambda: noted(lane), what="each intent of a write has its outcome")
    assert await lane.account.fired(fault) == 1, f"{point}: the fault never fired"
    judge(its, await lane.account.requests())


@pytest.mark.quick
@pytest.mark.timeout(400)
async def test_a_worker_that_dies_at_any_write_of_a_customer_ends_as_if_it_had_not(
    lanes: tuple[Lane, ...], chosen: Slice
) -> None:
    every = list(points())
    expected = chosen.one_of_each(every, lambda point: point.call)

    async def work(lane: Lane, share: list[Point]) -> list[str]:
        ready = await asyncio.gather(*(paired(lane) for _ in share))
        await at_rest(lane)
        return await crashed(lane, list(zip(share, ready, strict=True)), play, flow="ContactSync")

    done = await asyncio.gather(*(work(lane, expected[n :: len(lanes)]) for n, lane in enumerate(lanes)))
    failures = [failure for each in done for failure in each]
    print(  # noqa: T201 - fewer points must be seen
        f"\ncrash points of customers played: {len(expected)} of {len(every)}, failed: {len(failures)}"
    )
    assert len(every) >= FEWEST_POINTS
    assert not failures, "\n".join(failures)


@pytest.mark.quick
@pytest.mark.timeout(400)
async def test_every_fault_on_every_write_of_a_customer_ends_as_if_there_had_been_none(
    lanes: tuple[Lane, ...], chosen: Slice
) -> None:
    every = list(contact_cases())
    cases = chosen.some(every, CASES_OF_A_SLICE)
    done = await asyncio.gather(*(faulty(lane, cases[n :: len(lanes)]) for n, lane in enumerate(lanes)))
    failures = [failure for each in done for failure in each]
    total = combinations(cases)
    print(  # noqa: T201 - fewer combinations must be seen
        f"\nfaults of customers played: {total} of {combinations(every)}, failed: {len(failures)}"
    )
    assert combinations(every) >= FEWEST_COMBINATIONS
    assert not failures, "\n".join(failures)


async def faulty(lane: Lane, share: list[Case]) -> list[str]:
    """Play these customers at the same time; return what was wrong with them."""
    account = lane.account
    ready = await asyncio.gather(*(paired(lane) for _ in share))
    await at_rest(lane)
    runs = []
    for case, its in zip(share, ready, strict=True):
        run = Run(case, its.customer, 0, ())
        for combination in case.combinations:
            fault = combination.fault
            rule = {"when": fault.when, "effect": fault.effect, "times": fault.times}
            run.rules[await aim(lane, combination.call, its, **rule)] = combination
        runs.append(run)
    await asyncio.gather(*(outlasted(lane, its) for its in ready))
    await at_rest(lane)
    rules = {rule["id"]: rule for rule in await account.faults()}
    await account.clear_faults()
    requests = await account.requests()
    failures = [said for run in runs for _, said in void(run, rules)]
    for run, its in zip(runs, ready, strict=True):
        try:
            judge(its, [r for r in requests if reached(r, rules)])
        except AssertionError as error:
            failures.append(f"{run}: {error}")
    try:
        await until(lambda: noted(lane), what="each intent of a write has its outcome")
        every_write_has_its_pair(await lane.audit(), requests)
    except AssertionError as error:
        failures.append(f"I8: {error}")
    return failures


async def outlasted(lane: Lane, its: Pair) -> None:
    """Edit both sides, and answer "again" to what a fault makes the flow ask."""
    await typed(lane, its)
    handle = lane.client.get_workflow_handle(its.flow)
    while await asks(handle):
        for row in [w for w in await lane.waiting() if w.flow == its.flow]:
            await try_again(handle, row)
    await until(lambda: in_step(lane, its), what=f"both sides of {its} say the same")
