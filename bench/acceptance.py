"""How long a webhook waits for its answer while the worker is busy, beside an empty application."""

import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bench.empty import empty_server
from bench.figures import Figure, percentile
from bench.load import Answers, offered
from bench.system import System
from tests.front_door.doors import HUBSPOT, head, hubspot_event
from tests.front_door.stack import answers, free_port, until

RATES = (20, 50)
TIMES_EMPTY = 5.0
SECONDS = 8.0
FRESH = 7_000_000_000
_numbers = itertools.count(FRESH)


async def acceptance(system: System, *, rounds: int, backlog: int) -> list[Figure]:
    """Offer webhooks of deals never heard of, each of which starts a flow, in turn with an empty application.

    So many deals are won before each pair of windows, that the worker is busy in both.
    """
    port, seen = system.lane.ports["receiver"], defaultdict[tuple[str, int], list[Answers]](list)
    async with _empty(system) as empty_port:
        for _ in range(rounds):
            for rate in RATES:
                await system.win(await system.new_deals(backlog))
                for name, at in (("receiver", port), ("empty", empty_port)):
                    found = await offered(at, requests(system), rate=rate, seconds=SECONDS)
                    seen[name, rate].append(found)
                await system.quiet()
    async with _without_temporal(system) as away_port:
        away = await offered(away_port, requests(system), rate=RATES[-1], seconds=SECONDS)
    by_rate = [
        figure for rate in RATES for figure in _of_rate(rate, seen["receiver", rate], seen["empty", rate])
    ]
    return [*by_rate, *_percentiles(f"Refusal at {RATES[-1]}/s, Temporal away", [away])]


def requests(system: System) -> Callable[[], bytes]:
    """Return what makes one signed delivery after the other, each of another deal."""
    return lambda: delivery(system, hubspot_event(next(_numbers)))


def delivery(system: System, event: dict[str, object]) -> bytes:
    """Return one event as HubSpot delivers it, the connection to be kept."""
    body = json.dumps([event]).encode()
    headers = {"host": "bench", "content-length": str(len(body))}
    signed = HUBSPOT.headers(body, system.lane.url("receiver"))
    return head("POST", HUBSPOT.path, headers | signed) + body


def _of_rate(rate: int, receiver: list[Answers], empty: list[Answers]) -> list[Figure]:
    slowest = percentile(_seconds(empty), 0.99) * 1000
    aimed = TIMES_EMPTY * slowest if rate == RATES[-1] else None
    refused = sum(not 200 <= status < 300 for each in receiver for status in each.statuses.elements())
    return [
        *_percentiles(f"Acceptance at {rate}/s, worker busy", receiver, aimed),
        *_percentiles(f"Empty application at {rate}/s, worker busy", empty),
        Figure(
            name=f"Not accepted at {rate}/s, worker busy",
            value=100 * refused / len(_seconds(receiver)),
            unit="%",
            limit=0,
            basis="the vendor has to come again",
        ),
    ]


def _percentiles(name: str, found: list[Answers], limit: float | None = None) -> list[Figure]:
    typical, slowest = (percentile(_seconds(found), share) * 1000 for share in (0.5, 0.99))
    basis = f"{TIMES_EMPTY:g} x empty application" if limit else ""
    return [
        Figure(name=f"{name}: p50", value=typical, unit="ms"),
        Figure(name=f"{name}: p99", value=slowest, unit="ms", limit=limit, basis=basis),
    ]


def _seconds(found: list[Answers]) -> list[float]:
    return [seconds for each in found for seconds in each.seconds]


@asynccontextmanager
async def _empty(system: System) -> AsyncIterator[int]:
    port = free_port()
    process = empty_server(port, log=system.lane.directory / "empty.log")
    await process.start()
    try:
        await until(lambda: answers(f"http://127.0.0.1:{port}/"))
        yield port
    finally:
        await process.stop()


@asynccontextmanager
async def _without_temporal(system: System) -> AsyncIterator[int]:
    """Another receiver, that looks for Temporal where nobody listens."""
    port = free_port()
    nowhere = str(free_port())
    process = system.another_receiver(port, "away.log", RACCORD_TEMPORAL__EMBEDDED_PORT=nowhere)
    await process.start()
    try:
        await until(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield port
    finally:
        await process.stop()
