"""Whatever people edit on both sides, its events lost, doubled, late: customers end where a model says."""

import asyncio
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from raccord.domain.values.details import Side
from tests.front_door.customers import (
    ASKED,
    AUDIT_NAMES,
    BILLING_NAMES,
    CONFLICT,
    CRM_NAMES,
    FIELDS,
    NEWEST,
    PLACE,
    WRONG,
    Customer,
    Kept,
    as_shown,
    belgian,
    linked,
    overwrites,
    written,
)
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.payments import at_rest, raise_limits
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_contacts import SUBSCRIPTIONS
from tests.front_door.test_contacts_faults import OVERRIDES
from tests.front_door.test_sweep import sweep, swept

CUSTOMERS = 8
LATE = 1.0
"""Seconds within which each copy of an event leaves."""
LAG = 2.0
"""Seconds for which a search, and Stripe's list of events, miss what was just done."""
TURNS = ("disorder", "disorder", "deaf", "deaf", "disorder", "disorder")
"""`deaf`: no event arrives at all, and look-ups are stale; `disorder`: Stripe's come twice and late."""
KINDS = 13
"""Of actions: a run plays each."""
QUIET = {"RACCORD_CONTACT__QUIET": "1"}
"""Seconds, so that both sides are edited before anybody looks."""
TAKES = {Side.CRM: "Celle du CRM", Side.BILLING: "Celle de la facturation"}
APART = "Laisser les deux"
Action = Callable[[Customer], Awaitable[None]]


class Story:
    """What people do to linked customers, drawn among what is possible."""

    def __init__(self, lane: Lane, chance: random.Random) -> None:
        self._lane = lane
        self._account = lane.account
        self._chance = chance
        self._numbers = iter(range(2, 1_000_000))
        self.played: Counter[str] = Counter()
        self._played_deaf: Counter[str] = Counter()

    async def turn(self, customers: list[Customer], *, deaf: bool) -> None:
        """Do one thing to each customer, all at once: first what has not been done yet, heard or not.

        A worker dies once a turn at most.
        """
        drawn: list[str] = []
        had = self._played_deaf if deaf else self.played
        for its in customers:
            possible = self._possible(its, deaf=deaf)
            possible = {
                name: each for name, each in possible.items() if (name, drawn.count(name)) != ("killed", 1)
            }
            seldom = min(had[name] for name in possible)
            drawn.append(self._chance.choice([name for name in possible if had[name] == seldom]))
            had[drawn[-1]] += 1
        self.played.update(drawn if deaf else ())
        actions = (self._possible(its, deaf=deaf)[name] for name, its in zip(drawn, customers, strict=True))
        await asyncio.gather(*(action(its) for action, its in zip(actions, customers, strict=True)))
        for its in customers:
            its.settle()

    def _possible(self, its: Customer, *, deaf: bool) -> dict[str, Action]:
        found: dict[str, Action | None] = {
            "in the CRM": lambda its: self._type(its, Side.CRM),
            "in billing": lambda its: self._type(its, Side.BILLING),
            "both, in fields of their own": self._several,
            # Without its events Stripe does not tell when something was typed there.
            "both, the same field": None if deaf else self._same,
            "both, a field to ask about": self._conflict,
            "what cannot be right": self._wrong,
            "the same in capitals": self._retyped,
            "what is not kept in step": self._not_kept,
            "a number deleted": self._unnumbered,
            "merged": self._merged,
            "told again": None if deaf else self._told_again,
            "answered": self._answered if its.doubts else None,
            "killed": None if deaf or its.doubts else self._killed,
        }
        return {name: action for name, action in found.items() if action}

    def _new(self, name: str) -> str:
        number = next(self._numbers)
        return {
            "name": f"Rubis {number}",
            "email": f"f{number}@rubis.example",
            "phone": f"+32 4 {number:07}",
            "town": f"Liège {number}",
            "number": belgian(number),
        }[name]

    async def _put(
        self, its: Customer, side: Side, name: str, text: str, *, later: int | None = None
    ) -> None:
        """Type a value; `later`: by so many seconds, which Stripe's own clock counts whole."""
        its.fields[name].types(side, text)
        if side is Side.CRM:
            await self._account.edit("companies", its.company, **{CRM_NAMES[name]: text})
        elif name == "number":
            await self._account.billing.change_number(its.customer, "eu_vat", text)
        else:
            form = {BILLING_NAMES[name]: text} | (PLACE if name == "town" else {})
            headers = {} if later is None else {"X-Sandbox-At": str(int(time.time()) + later)}
            path = f"/v1/customers/{its.customer}"
            await self._account.billing.call("POST", path, data=form, headers=headers)

    async def _type(self, its: Customer, side: Side) -> None:
        name = self._chance.choice(FIELDS)
        await self._put(its, side, name, self._new(name))

    async def _several(self, its: Customer) -> None:
        one, other = self._chance.sample(FIELDS, 2)
        await asyncio.gather(
            self._put(its, Side.CRM, one, self._new(one)),
            self._put(its, Side.BILLING, other, self._new(other)),
        )

    async def _same(self, its: Customer) -> None:
        """Both edit a field of which the newest word counts."""
        name, last = self._chance.choice(NEWEST), self._chance.choice(list(Side))
        await asyncio.gather(
            self._put(its, Side.CRM, name, self._new(name)),
            self._put(its, Side.BILLING, name, self._new(name), later=2 if last is Side.BILLING else -2),
        )
        its.fields[name].latest = last

    async def _conflict(self, its: Customer) -> None:
        name = self._chance.choice(ASKED)
        await asyncio.gather(
            self._put(its, Side.CRM, name, self._new(name)),
            self._put(its, Side.BILLING, name, self._new(name)),
        )

    async def _wrong(self, its: Customer) -> None:
        name = self._chance.choice(list(WRONG))
        await self._put(its, Side.CRM, name, WRONG[name])

    async def _retyped(self, its: Customer) -> None:
        side = self._chance.choice(list(Side))
        await self._put(its, side, "name", its.fields["name"].said[side].swapcase())

    async def _not_kept(self, its: Customer) -> None:
        await self._account.edit("companies", its.company, domain=f"rubis-{next(self._numbers)}.example")
        await self._account.billing.edit_customer(its.customer, description="Bon client")

    async def _unnumbered(self, its: Customer) -> None:
        await self._account.billing.remove_number(its.customer, "eu_vat")
        its.fields["number"].said[Side.BILLING] = ""

    async def _merged(self, its: Customer) -> None:
        """The company is merged with another one; what is left says what the primary one did."""
        new = {name: self._new(name) for name in FIELDS}
        place = {"address": "1 rue du Canal", "zip": "1000", "country": "Belgique", "siren": ""}
        other = await self._account.company(**place, **{CRM_NAMES[name]: new[name] for name in FIELDS})
        primary = self._chance.random() < 0.5
        kept, gone = (its.company, other) if primary else (other, its.company)
        its.company = await self._account.merge("companies", kept, gone)
        for name, each in its.fields.items():
            each.said[Side.CRM] = (each.said[Side.CRM] or new[name]) if primary else new[name]
            each.agree()

    async def _told_again(self, its: Customer) -> None:
        """HubSpot delivers what it delivered before, in another order; none of it is news."""
        about = [each for each in await self._account.deliveries() if each["vendor"] == "hubspot"]
        about = [each for each in about if its.company in each["body"]] or about
        async with httpx.AsyncClient() as http:
            for each in self._chance.sample(about, min(len(about), 3)):
                told = await http.post(each["url"], content=each["body"].encode(), headers=each["headers"])
                assert told.status_code < 300

    async def _answered(self, its: Customer) -> None:
        """Press what the one message offers: one side's value, where that can be right, or leave both."""
        asked: list[tuple[dict[str, Any], Kept]] = []

        async def shown() -> bool:
            rows = [row for row in await self._lane.waiting() if row.question.subject.id == its.customer]
            asked[:] = [
                (message, kept)
                for row in rows
                for message in await self._account.messages(f"{row.incident}|{row.revision}|")
                for name, kept in its.fields.items()
                if kept.doubt and row.question.step.endswith(f" {AUDIT_NAMES[name]}")
            ]
            return len(asked) == 1

        await until(shown, what=f"one message asks about {its.customer}")
        ((message, kept),) = asked
        sides = [side for side in Side if kept.doubt == CONFLICT and kept.right(side) and kept.said[side]]
        choice = self._chance.choice([*sides, None])
        await self._account.press(message, TAKES[choice] if choice else APART)
        if choice:
            its.carry(kept, choice)
        else:
            kept.agree()

    async def _killed(self, its: Customer) -> None:
        """The worker dies in the midst of the write that an edit makes."""
        side = self._chance.choice(list(Side))
        vendor, method, path = {
            Side.CRM: ("stripe", "POST", f"/v1/customers/{its.customer}"),
            Side.BILLING: ("hubspot", "PATCH", f"/crm/v3/objects/companies/{its.company}"),
        }[side]
        fault = await self._account.fault(
            vendor=vendor,
            method=method,
            path=path,
            when=self._chance.choice(("before", "after", "answered")),
            effect={"kill": self._lane.worker.pid},
        )
        name = self._chance.choice(NEWEST)
        await asyncio.gather(self._put(its, side, name, self._new(name)), self._lane.worker_dies())
        assert await self._account.fired(fault) == 1


async def agrees(
    lane: Lane, customers: list[Customer], told: str, look: Callable[[], Awaitable[Any]]
) -> None:
    """Wait until both vendors, the links and the questions are as the model says."""
    wrong: list[str] = []

    async def so() -> bool:
        await look()
        wrong[:] = await _differences(lane, customers)
        return not wrong

    try:
        await until(so)
        # Events of our own writes are late, too: a look amid the next edits would see half of them.
        await asyncio.sleep(LATE)
        await at_rest(lane)
        await until(so)
    except AssertionError as error:
        raise AssertionError(f"{told}: {wrong or error}") from None


async def _differences(lane: Lane, customers: list[Customer]) -> list[str]:
    found, rows = [], await lane.waiting()
    shown = await asyncio.gather(*(as_shown(lane, its) for its in customers))
    for its, says in zip(customers, shown, strict=True):
        wanted = {name: each.said for name, each in its.fields.items()}
        found += [
            f"{name} of {its.customer} is {says[name]}, not {wanted[name]}"
            for name in FIELDS
            if says[name] != wanted[name]
        ]
        causes = [row.question.cause for row in rows if row.question.subject.id == its.customer]
        if len(causes) != bool(its.doubts) or not its.doubts.issuperset(causes):
            found.append(f"{its.customer} is asked about for {causes}, not one of {its.doubts}")
        async with lane.records() as records:
            companies = [each.company for each in await records.agreed.of(its.customer, "stripe")]
        if companies != [its.record(Side.CRM)]:
            found.append(f"{its.customer} is linked with {companies}, not {its.company}")
    return found


@pytest.fixture(scope="module")
async def acted_on(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    directory = tmp_path_factory.mktemp("edited")
    async with Lane(server, directory, "edited", payment="live", overrides=OVERRIDES | QUIET) as lane:
        await raise_limits(lane.account)
        await lane.account.settings("slack", rate_limits=False)
        await lane.account.settings("hubspot", subscriptions=SUBSCRIPTIONS)
        await until(lambda: swept(lane), what="the sweep of the start is over: it would find edits, too")
        yield lane


@pytest.mark.timeout(400)
async def test_any_order_of_edits_and_events_ends_where_the_model_says(acted_on: Lane) -> None:
    seed = secrets.randbits(32)
    story = Story(acted_on, random.Random(seed))  # noqa: S311 - the order of a test
    customers = await asyncio.gather(*(linked(acted_on, number) for number in range(1, CUSTOMERS + 1)))
    everything: list[Any] = []
    for number, turn in enumerate(TURNS):
        deaf = turn == "deaf"
        await _hear(acted_on, deaf=deaf)
        since, before = await _requests(acted_on), Counter(story.played)
        overwritten = {id(its): len(its.overwritten) for its in customers}
        await story.turn(customers, deaf=deaf)
        told = f"seed {seed}, turn {number} ({turn}), {dict(story.played - before)}"
        await agrees(acted_on, customers, told, (lambda: sweep(acted_on)) if deaf else _nothing)
        new = [write for its in customers for write in its.overwritten[overwritten[id(its)] :]]
        requests = await acted_on.account.requests(since=str(since))
        ours = written(requests)
        assert ours == Counter((each.record, each.field) for each in new), f"{told}: {new}"
        everything += new
    await _audited(acted_on, everything)
    counts = json.dumps(dict(sorted(story.played.items())))
    print(f"\nedits of customers played: {story.played.total()}, seed {seed}: {counts}")  # noqa: T201
    assert (story.played.total(), len(story.played)) == (len(TURNS) * CUSTOMERS, KINDS)


async def _hear(lane: Lane, *, deaf: bool) -> None:
    await lane.account.settings("hubspot", subscriptions=[] if deaf else SUBSCRIPTIONS)
    await lane.account.settings("hubspot", search_lag=LAG if deaf else 0.0)
    await lane.account.settings("stripe", held=["*"] if deaf else [], copies=2, late_seconds=LATE)
    await lane.account.clear_faults()
    if deaf:
        stale = {"effect": {"stale": LAG}, "times": None}
        await lane.account.fault(vendor="stripe", method="GET", path="/v1/events", **stale)


async def _requests(lane: Lane) -> int:
    return int((await lane.account.requests())[-1]["n"])


async def _nothing() -> None:
    """Events are enough."""


async def _audited(lane: Lane, wanted: list[Any]) -> None:
    """Each overwrite stands in the audit with what it replaced, and nothing else does."""
    rows = await lane.audit()
    every_write_has_its_pair(rows, await lane.account.requests())
    assert overwrites(rows) == Counter(wanted)
