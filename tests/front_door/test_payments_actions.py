"""Whatever happens to money, its events lost, doubled, late or never sent: deals end where a model says."""

import asyncio
import json
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.front_door.account import Account
from tests.front_door.payments import NET, QUICKLY, Billed, at_rest, billed, raise_limits
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_sweep import sweep, swept

DEALS = 6
LATE = 3.0
"""Seconds within which each copy of an event leaves."""
ROUNDS = ("disorder", "deaf", "disorder")
"""`deaf`: no event arrives at all; `disorder`: each comes twice and late, and those of some types never."""
STEPS = 22
KINDS = 11
"""Of actions: a run plays each."""
MOST_GIVEN_UP = 2
LOST = ["invoice.paid", "refund.created", "charge.refunded", "charge.dispute.closed"]
PARTS = (10000, 20050)


@dataclass
class Paid:
    """One payment by card."""

    intent: str
    amount: int
    refunded: int = 0
    dispute: str = ""
    """`open`, `won` or `lost`; empty when there never was one."""
    dispute_id: str = ""


@dataclass
class Model:
    """One invoice of `NET`, as the rules say its deal must show it. Amounts are minor units."""

    its: Billed
    state: str = "open"
    credited: int = 0
    elsewhere: int = 0
    cards: list[Paid] = field(default_factory=list)

    @property
    def received(self) -> int:
        return self.elsewhere + sum(each.amount for each in self.cards)

    @property
    def due(self) -> int:
        return 0 if self.state == "void" else NET - self.credited - self.received

    @property
    def untouched(self) -> bool:
        return not self.received and not self.credited

    @property
    def status(self) -> str:
        gone = sum(each.amount if each.dispute == "lost" else each.refunded for each in self.cards)
        holds = {
            "void": self.state == "void",
            "disputed": any(each.dispute == "open" for each in self.cards),
            "credited": self.credited == NET,
            "refunded": gone and gone >= self.received,
            "partly_refunded": gone,
            "paid": not self.due,
            "uncollectible": self.state == "uncollectible",
            "partly_paid": self.received,
        }
        return next((name for name, so in holds.items() if so), "open")

    @property
    def shown(self) -> tuple[str, str, str]:
        return self.status, f"{self.received / 100:.2f}", f"{self.due / 100:.2f}"


Action = Callable[[], Awaitable[None]]


class Story:
    """What people do to many invoices in Stripe's own pages, drawn among what is possible.

    `before`: what other stories have had.
    """

    def __init__(
        self, account: Account, models: list[Model], chance: random.Random, before: Counter[str]
    ) -> None:
        self._before = before
        self._account = account
        self._stripe = account.billing
        self._chance = chance
        self.models = models
        self.played: Counter[str] = Counter()

    async def go_on(self) -> None:
        """Do one thing: first what no story has had, then what this one has seldom had."""
        possible = self._possible()
        never = {name: each for name, each in possible.items() if not self._before[name] + self.played[name]}
        possible = never or possible
        seldom = min(self.played[name] for name in possible)
        name = self._chance.choice([name for name in possible if self.played[name] <= seldom + 1])
        await possible[name]()
        self.played[name] += 1

    def _possible(self) -> dict[str, Action]:
        clean = [paid for paid in self._cards("") if not paid.refunded]
        left = [paid for paid in self._cards("") if paid.amount > paid.refunded]
        untouched = [each for each in self._owed() if each.untouched]
        found: dict[str, Action | None] = {
            "part": self._part if self._open() else None,
            "rest": self._rest if self._open() else None,
            "elsewhere": self._elsewhere if self._owed() else None,
            "refund": (lambda: self._refund(left)) if left else None,
            "dispute": (lambda: self._dispute(clean)) if clean else None,
            "won": (lambda: self._decide("won")) if self._cards("open") else None,
            "lost": (lambda: self._decide("lost")) if self._cards("open") else None,
            "issue": self._issue,
            "void": (lambda: self._void(untouched)) if untouched and self._few("void") else None,
            "uncollectible": self._give_up if self._open() and self._few("uncollectible") else None,
            "credit": self._credit if self._open() else None,
        }
        return {name: action for name, action in found.items() if action}

    def _open(self) -> list[Model]:
        return [each for each in self.models if each.state == "open" and each.due > max(PARTS)]

    def _owed(self) -> list[Model]:
        return [each for each in self.models if each.state in ("open", "uncollectible") and each.due]

    def _few(self, state: str) -> bool:
        return sum(each.state == state for each in self.models) < MOST_GIVEN_UP

    def _cards(self, dispute: str) -> list[Paid]:
        return [paid for each in self.models for paid in each.cards if paid.dispute == dispute]

    async def _part(self) -> None:
        await self._by_card(self._chance.choice(self._open()), self._chance.choice(PARTS))

    async def _rest(self) -> None:
        model = self._chance.choice(self._open())
        await self._by_card(model, model.due)

    async def _by_card(self, model: Model, amount: int) -> None:
        intent = await self._stripe.pay_by_card(model.its.invoice, amount)
        model.cards.append(Paid(intent["id"], amount))

    async def _elsewhere(self) -> None:
        model = self._chance.choice(self._owed())
        await self._stripe.pay(model.its.invoice)
        model.elsewhere += model.due

    async def _refund(self, left: list[Paid]) -> None:
        paid = self._chance.choice(left)
        back = min(self._chance.choice((2500, paid.amount)), paid.amount - paid.refunded)
        await self._stripe.refund(paid.intent, back)
        paid.refunded += back

    async def _dispute(self, clean: list[Paid]) -> None:
        paid = self._chance.choice(clean)
        paid.dispute_id = (await self._stripe.dispute(paid.intent))["id"]
        paid.dispute = "open"

    async def _decide(self, outcome: str) -> None:
        paid = self._chance.choice(self._cards("open"))
        decide = self._stripe.win_dispute if outcome == "won" else self._stripe.lose_dispute
        await decide(paid.dispute_id)
        paid.dispute = outcome

    async def _issue(self) -> None:
        self.models.append(Model(await billed(self._account)))

    async def _void(self, untouched: list[Model]) -> None:
        model = self._chance.choice(untouched)
        await self._stripe.void(model.its.invoice)
        model.state = "void"

    async def _give_up(self) -> None:
        model = self._chance.choice(self._open())
        await self._stripe.mark_uncollectible(model.its.invoice)
        model.state = "uncollectible"

    async def _credit(self) -> None:
        model = self._chance.choice(self._open())
        amount = model.due if model.untouched and self._chance.random() < 0.5 else 5000
        await self._stripe.credit(model.its.invoice, amount)
        model.credited += amount


async def shown(lane: Lane, models: list[Model]) -> list[tuple[str | None, ...]]:
    names = ("billing_payment_status", "billing_amount_paid", "billing_amount_due")
    found = [await lane.account.crm.shown_payment(model.its.deal) for model in models]
    return [tuple(each[name] for name in names) for each in found]


async def agrees(lane: Lane, models: list[Model], told: str) -> None:
    """Wait until every deal shows what its model says."""
    wanted = [model.shown for model in models]
    seen: list[Any] = []

    async def so() -> bool:
        seen[:] = await shown(lane, models)
        return seen == wanted

    try:
        await until(so)
    except AssertionError:
        raise AssertionError(f"{told}: {seen} instead of {wanted}") from None


@pytest.fixture(scope="module")
async def acted_on(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    where = tmp_path_factory.mktemp("money")
    async with Lane(server, where, "money", payment="live", overrides=QUICKLY) as lane:
        await raise_limits(lane.account)
        await lane.account.settings("hubspot", subscriptions=[])
        await until(lambda: swept(lane), what="the sweep of the start is over: it would find payments, too")
        yield lane


@pytest.mark.timeout(400)
async def test_any_order_of_actions_and_events_ends_where_the_model_says(acted_on: Lane) -> None:
    seed = secrets.randbits(32)
    chance, played = random.Random(seed), Counter[str]()  # noqa: S311 - the order of a test
    for number, round_ in enumerate(ROUNDS):
        held = ["*"] if round_ == "deaf" else LOST
        await acted_on.account.settings("stripe", held=held, copies=2, late_seconds=LATE)
        models = [
            Model(its) for its in await asyncio.gather(*(billed(acted_on.account) for _ in range(DEALS)))
        ]
        story = Story(acted_on.account, models, chance, played)
        for _ in range(STEPS):
            await story.go_on()
        played += story.played
        if round_ == "deaf":
            found = set(await shown(acted_on, models))
            assert found == {(None, None, None)}, f"something told of {found} without any event"
        await sweep(acted_on)
        await agrees(acted_on, models, f"seed {seed}, round {number} ({round_}), {dict(story.played)}")
    await nothing_more_is_told(acted_on)
    counts = json.dumps(dict(sorted(played.items())))
    print(f"\nactions with money played: {played.total()}, seed {seed}: {counts}")  # noqa: T201
    assert (played.total(), len(played)) == (len(ROUNDS) * STEPS, KINDS)


async def nothing_more_is_told(lane: Lane) -> None:
    """What is late comes after all else was shown, and what is swept again is no news."""
    await asyncio.sleep(LATE)
    await at_rest(lane)
    told = len(await lane.account.messages("F-"))
    await sweep(lane)
    await at_rest(lane)
    assert len(await lane.account.messages("F-")) == told
