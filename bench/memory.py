"""How large each process is: idle, after many deals, after many webhooks."""

import itertools

from bench.acceptance import delivery
from bench.figures import Figure
from bench.load import offered
from bench.processes import resident_mib
from bench.system import System
from tests.front_door.doors import hubspot_event

AT_ONCE = 50
RATE = 100


async def memory(system: System, *, deals: int, webhooks: int) -> list[Figure]:
    """Play deals in batches, then offer webhooks of records that nobody waits for."""
    found = _now(system, "idle")
    for _ in range(0, deals, AT_ONCE):
        won = await system.new_deals(AT_ONCE)
        await system.win(won)
        await system.settled(won)
    found += _now(system, f"after {deals} deals")
    numbers = itertools.count(1)

    def change() -> bytes:
        event = {"subscriptionType": "company.propertyChange", "propertyName": "name"}
        return delivery(system, hubspot_event(next(numbers), **event))

    await offered(system.lane.ports["receiver"], change, rate=RATE, seconds=webhooks / RATE)
    return [*found, *_now(system, f"after {webhooks} webhooks")]


def _now(system: System, when: str) -> list[Figure]:
    return [
        Figure(name=f"Memory of {name}, {when}", value=resident_mib(pid), unit="MiB")
        for name, pid in system.pids.items()
        if name != "bare worker"
    ]
