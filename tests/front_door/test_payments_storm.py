"""Payments thick and fast, each event twice and late: one digest, and nothing lost when the worker dies.

`make test` plays it with few deals, `make soak` with two hundred.
"""

import asyncio
import os
import random
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from raccord.vendors.stripe.happened import TYPES
from tests.front_door.account import Account
from tests.front_door.desk import words_of
from tests.front_door.judge import by_a_person, every_write_has_its_pair
from tests.front_door.payments import NET, QUICKLY, Billed, at_rest, billed, raise_limits
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_sweep import swept
from tests.patience import patience

DEALS = int(os.environ.get("RACCORD_TEST_DEALS", "20"))
DEATHS = 2 + DEALS // 50
LATE = DEALS / 5
"""Seconds within which each copy of an event leaves."""
PART = 40000
REST = NET - PART
AT_A_TIME = 8
PARTLY, PAID = ("partly_paid", "400.00", "905.39"), ("paid", "1305.39", "0.00")
SHOWN = ("billing_payment_status", "billing_amount_paid", "billing_amount_due")


@pytest.fixture(scope="module")
async def stormy(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    overrides = QUICKLY | {
        # Longer than any pause of a busy machine, so that what comes in one go is told in one.
        "RACCORD_PAYMENT__GATHER": f"{patience(3):.1f}",
        "RACCORD_PAYMENT__LONGEST": "600",
        # A step that runs out of its time is done anew from its start: on a busy machine all of them are,
        # again and again, and nothing but that is ever done.
        "RACCORD_TEMPORAL__STEP_TIMEOUT": f"{patience(4):.1f}",
        **{f"RACCORD_{vendor}__TIMEOUT": f"{patience(3):.1f}" for vendor in ("HUBSPOT", "STRIPE", "SLACK")},
    }
    where = tmp_path_factory.mktemp("storm")
    async with Lane(server, where, "storm", payment="live", overrides=overrides) as lane:
        await raise_limits(lane.account)
        await lane.account.settings("hubspot", subscriptions=[])
        await until(lambda: swept(lane), what="the sweep of the start is over: it would find payments, too")
        yield lane


@pytest.fixture(scope="module")
async def every(stormy: Lane) -> list[Billed]:
    """Deals with an open invoice each; whatever happens to them from now on is told twice and late."""
    account = stormy.account

    async def one(number: int) -> Billed:
        deal = await account.create("deals", {"dealname": f"Pluie {number}", "dealstage": "closedwon"})
        return await billed(account, deal=deal)

    await account.settings("stripe", held=["*"])
    found = await few_at_a_time(one(number) for number in range(DEALS))
    await account.settings("stripe", held=[], enabled_events=list(TYPES), copies=2, late_seconds=LATE)
    return found


async def few_at_a_time(works: Iterable[Awaitable[Any]]) -> list[Any]:
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(work: Awaitable[Any]) -> Any:
        async with gate:
            return await work

    return list(await asyncio.gather(*(one(work) for work in works)))


async def showing(account: Account, status: str) -> int:
    """Count the deals that show this status."""
    so = {"propertyName": SHOWN[0], "operator": "EQ", "value": status}
    body = {"limit": 1, "filterGroups": [{"filters": [so]}]}
    found = await account.crm.call("POST", "/crm/v3/objects/deals/search", json=body)
    return int(found["total"])


async def all_show(lane: Lane, every: list[Billed], wanted: tuple[str, ...], told: str) -> None:
    """Wait until each deal shows this: status, paid, due."""
    account = lane.account

    async def so() -> bool:
        return await showing(account, wanted[0]) == len(every)

    await until(so, within=timedelta(seconds=60 + DEALS), what=f"{told}: all deals are {wanted[0]}")
    seen = await few_at_a_time(account.crm.values("deals", its.deal, *SHOWN) for its in every)
    assert Counter(tuple(each[name] for name in SHOWN) for each in seen) == {wanted: len(every)}, told


class Heard:
    """What a lane's people and its vendors are told from now on."""

    def __init__(self, lane: Lane, messages: int, requests: int) -> None:
        self._lane = lane
        self._messages = messages
        self._requests = requests

    @classmethod
    async def of(cls, lane: Lane) -> "Heard":
        requests = await lane.account.requests(vendor="hubspot")
        return cls(lane, len(await lane.account.messages()), requests[-1]["n"])

    async def messages(self) -> list[str]:
        return [words_of(each) for each in (await self._lane.account.messages())[self._messages :]]

    async def writes(self) -> Counter[str]:
        """Count how often each deal's payment was written."""
        found = await self._lane.account.requests(vendor="hubspot", since=str(self._requests))
        written = [r for r in found if r["method"] == "PATCH" and not by_a_person(r)]
        return Counter(r["path"].rpartition("/")[2] for r in written if SHOWN[0] in r["body"])


def counted(messages: list[str]) -> tuple[int, Counter[str]]:
    """Return how many news the messages tell, and how often each invoice is named."""
    named: Counter[str] = Counter()
    total = 0
    for said in messages:
        named.update(set(re.findall(r"F-\d{4}-\d{4}", said)))
        gathered = re.search(r"(\d+) nouvelles de paiements", said)
        total += int(gathered[1]) if gathered else 1
    return total, named


async def each_was_told_and_written_once(lane: Lane, heard: Heard, every: list[Billed], told: str) -> None:
    """As many were told as there are, and nobody's is left: so each was told, and none twice."""
    messages, writes = await heard.messages(), await heard.writes()
    total, named = counted(messages)
    assert total == len(every), f"{told}: {total} told in {messages}"
    assert set(named.values()) == {1}, f"{told}: named twice: {named.most_common(3)}"
    async with lane.records() as records:
        assert not await records.payments.untold(), f"{told}: news were not told"
    assert writes == Counter(its.deal for its in every), f"{told}: {writes.most_common(3)}"


async def dying(lane: Lane, chance: random.Random) -> None:
    """Kill the worker in the middle of its work: each time when some more deals show that they are paid."""
    for reached in sorted(chance.sample(range(1, DEALS * 3 // 4), DEATHS)):
        await until(partial(reaches, lane.account, reached), within=timedelta(seconds=60 + DEALS))
        lane.worker.kill()
        await lane.worker_dies()


async def reaches(account: Account, count: int) -> bool:
    return await showing(account, PAID[0]) >= count


async def test_a_storm_of_payments_becomes_one_digest(stormy: Lane, every: list[Billed]) -> None:
    heard, began = await Heard.of(stormy), time.monotonic()
    await few_at_a_time(stormy.account.billing.pay_part(its.invoice, PART) for its in every)
    await all_show(stormy, every, PARTLY, "the storm")
    await at_rest(stormy)
    (said,) = await heard.messages()
    assert f"{DEALS} nouvelles de paiements" in said
    await each_was_told_and_written_once(stormy, heard, every, "the storm")
    print(f"\n{DEALS} payments, one digest after {time.monotonic() - began:.0f} s")  # noqa: T201


@pytest.mark.timeout(300)
async def test_each_payment_is_shown_and_told_once_however_often_the_worker_dies(
    stormy: Lane, every: list[Billed]
) -> None:
    seed = secrets.randbelow(1_000_000)
    told = f"seed {seed}"
    chance = random.Random(seed)  # noqa: S311 - it must be repeatable
    account, heard, began = stormy.account, await Heard.of(stormy), time.monotonic()

    async def paid(number: int, its: Billed) -> None:
        if number % 8:
            await account.billing.pay(its.invoice)
        else:
            await account.billing.pay_by_card(its.invoice, REST)

    paying = few_at_a_time(paid(number, its) for number, its in enumerate(every))
    await asyncio.gather(paying, dying(stormy, chance))
    await all_show(stormy, every, PAID, told)
    took = time.monotonic() - began
    await at_rest(stormy)
    await each_was_told_and_written_once(stormy, heard, every, told)
    every_write_has_its_pair(await stormy.audit(), await account.requests())
    messages = len(await heard.messages())
    print(f"\n{DEALS} deals paid in {took:.0f} s ({told}), {DEATHS} deaths, {messages} messages")  # noqa: T201
