"""How long a seller waits for the number beyond the vendors, and what one deal does meanwhile."""

import itertools
import time
from collections import Counter
from collections.abc import Sequence
from statistics import median

from bench.bare import NAME, QUEUE, Steps, no_ops
from bench.figures import Figure
from bench.minimum import MINIMUM
from bench.played import Played, play
from bench.system import System

TIMES_NO_OPS = 1.6
MOST_ACTIVITIES, MOST_TIMERS, MOST_EVENTS = 10, 1, 80
WARM_UP = 2
_numbers = itertools.count()


async def sample(system: System) -> Played:
    """Play some deals so that caches are filled and code is loaded, bare flow included; return the last."""
    await _timed(system, no_ops(1))
    return [await play(system, deal) for deal in await system.new_deals(WARM_UP + 1)][-1]


async def latency(system: System, sample: Played, *, deals: int) -> list[Figure]:
    """Play deals one by one, each followed by a null flow and a flow of as many no-op activities."""
    played, null, busy = list[Played](), list[float](), list[float]()
    for deal in await system.new_deals(deals):
        played.append(await play(system, deal))
        null.append(await _timed(system, no_ops(0)))
        busy.append(await _timed(system, no_ops(sample.activities_until_shown)))
    return [
        Figure(
            name="Webhook to number, beyond vendor time",
            value=median(p.beyond_vendors for p in played),
            unit="s",
            limit=TIMES_NO_OPS * median(busy),
            basis=f"{TIMES_NO_OPS} x flow of {sample.activities_until_shown} no-op activities",
        ),
        Figure(name="Webhook to number", value=median(_whole(p) for p in played), unit="s"),
        Figure(name="Null flow", value=median(null), unit="s"),
        *_of_one(played),
    ]


async def _timed(system: System, steps: Steps) -> float:
    begun = time.perf_counter()
    await system.bare.execute_workflow(NAME, steps, id=f"no-op/{next(_numbers)}", task_queue=QUEUE)
    return time.perf_counter() - begun


def _whole(played: Played) -> float:
    return (played.shown - played.told).total_seconds()


def _of_one(played: Sequence[Played]) -> list[Figure]:
    needed = Counter(vendor for vendor, _, _ in MINIMUM)
    asked = [Counter(request["vendor"] for request in p.requests) for p in played]

    def figure(name: str, values: list[float], limit: float | None = None, unit: str = "") -> Figure:
        return Figure(
            name=name, value=median(values), unit=unit, limit=limit, basis="budget" if limit else ""
        )

    return [
        *(
            Figure(
                name=f"Requests to {vendor}",
                value=median(a[vendor] for a in asked),
                unit="",
                basis=f"at least {least}",
            )
            for vendor, least in needed.items()
        ),
        figure("Regular activities", [p.activities for p in played], MOST_ACTIVITIES),
        figure("Timers", [sum(t.timers for t in p.traces) for p in played], MOST_TIMERS),
        figure("Runs of the deal's flow", [len(p.own) for p in played]),
        figure("Events of the deal's flow", [sum(t.events for t in p.own) for p in played], MOST_EVENTS),
        figure("Events of all its flows", [sum(t.events for t in p.traces) for p in played]),
        figure("History", [sum(t.bytes for t in p.traces) / 1024 for p in played], unit="KiB"),
    ]
