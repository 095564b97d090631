import asyncio
from datetime import timedelta

import pytest

from raccord.connectors.http.failures import Crowded
from raccord.connectors.http.limiter import Limiter


class Time:
    """A clock that stands still unless somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("raccord.connectors.http.limiter.asyncio.sleep", self._sleep)

    def __call__(self) -> float:
        return self.now

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.mark.parametrize("rate", [0.5, 1, 9, 20, 80])
async def test_no_second_sees_more_than_a_fifth_above_the_rate(time: Time, rate: float) -> None:
    limiter = Limiter(rate, now=time)
    sent = []
    for _ in range(int(rate * 10) + 10):
        await limiter.turn(within=10)
        sent.append(time.now)
    for start in sent:
        within = sum(start <= at < start + 1 - 1e-9 for at in sent)
        assert within <= max(rate * 1.2, 1)
    took = sent[-1] - sent[0]
    assert len(sent) / took == pytest.approx(rate, rel=0.2)


async def test_what_rested_may_not_catch_up(time: Time) -> None:
    limiter = Limiter(10, now=time)
    time.now += 3600
    for _ in range(2):
        await limiter.turn(within=0)
    with pytest.raises(Crowded):
        await limiter.turn(within=0)


async def test_a_wait_that_is_too_long_is_refused_and_takes_no_turn(time: Time) -> None:
    limiter = Limiter(1, now=time)
    await limiter.turn(within=0)
    for _ in range(3):
        with pytest.raises(Crowded) as crowded:
            await limiter.turn(within=0.9)
        assert crowded.value.wait == timedelta(seconds=1)
    await limiter.turn(within=1)
    assert time.now == 101


async def test_turns_go_in_the_order_of_asking() -> None:
    limiter = Limiter(200)
    order: list[int] = []

    async def ask(number: int) -> None:
        await limiter.turn(within=5)
        order.append(number)

    await asyncio.gather(*(ask(number) for number in range(60)))
    assert order == sorted(order)


async def test_after_a_pause_a_burst_leaves_at_once_and_ten_seconds_keep_their_limit(time: Time) -> None:
    limiter, left = Limiter(9, burst=1.0, now=time), []
    for _ in range(150):
        await limiter.turn(within=60)
        left.append(time.now)
    assert sum(at - left[0] < 0.001 for at in left) == 9
    assert max(sum(start <= at < start + 10 for at in left) for start in left) <= 100


async def test_what_a_busy_process_held_up_does_not_leave_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every waiter wakes late when nothing else may run for a while; a vendor counts what leaves."""
    now, asleep, pause = 100.0, list[tuple[float, asyncio.Event]](), asyncio.sleep

    async def sleep(seconds: float) -> None:
        woken = asyncio.Event()
        asleep.append((now + seconds, woken))
        await woken.wait()

    monkeypatch.setattr("raccord.connectors.http.limiter.asyncio.sleep", sleep)
    limiter, left = Limiter(20, now=lambda: now), list[float]()

    async def ask() -> None:
        await limiter.turn(within=10)
        left.append(now)

    asked = asyncio.gather(*(ask() for _ in range(40)))
    while not asked.done():
        for _ in range(100):
            await pause(0)
        if asleep:
            now = min(at for at, _ in asleep) + (0.9 if len(left) == 4 else 0)
        for at, woken in asleep:
            if at <= now:
                woken.set()
        asleep = [(at, woken) for at, woken in asleep if at > now]
    assert len(left) == 40
    assert max(sum(start <= at < start + 1 - 1e-9 for at in left) for start in left) <= 24


async def test_who_gives_up_waiting_leaves_the_turn_to_the_next() -> None:
    limiter = Limiter(2)
    await limiter.turn(within=0)
    gone = asyncio.create_task(limiter.turn(within=5))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await limiter.turn(within=0.6)
