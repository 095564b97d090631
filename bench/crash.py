"""How soon flows get on after their worker was killed."""

import asyncio
from datetime import UTC, datetime

from bench.figures import Figure
from bench.system import System
from bench.traces import Trace, traces_since
from tests.front_door.stack import until

GRACE = 5
REQUESTS_BEFORE = 5
"""How many requests of each flow on average the worker has made when it is killed."""
RESTART_PAUSE = 1.0
"""What `raccord up` waits before it starts a dead worker again."""


async def crash(system: System, *, deals: int) -> list[Figure]:
    """Kill the worker amid that many deals and start another; see when the last flow got on."""
    won, begun = await system.new_deals(deals), datetime.now(UTC)
    since = await system.last_request()
    await system.win(won)

    async def under_way() -> bool:
        return len(await system.requests(since)) > deals * REQUESTS_BEFORE

    await until(under_way, what="the flows are under way")
    system.lane.worker.kill()
    killed = datetime.now(UTC)
    await asyncio.sleep(RESTART_PAUSE)
    await system.lane.restart_worker()
    await system.settled(won)
    waits = [_wait(trace, killed) for trace in await traces_since(system.lane.client, begun)]
    step = system.lane.configuration().settings.timing.step_timeout.total_seconds()
    caught = [wait for wait in waits if wait is not None]
    return [
        Figure(
            name=f"Until the last of {len(caught)} flows got on after kill -9",
            value=max(caught, default=0.0),
            unit="s",
            limit=step + GRACE,
            basis=f"step timeout of {step:g} s + {GRACE} s",
        )
    ]


def _wait(trace: Trace, killed: datetime) -> float | None:
    """Return the seconds until a flow's next move; None when it was not under way."""
    if min(trace.moves, default=killed) >= killed:
        return None
    return min(((at - killed).total_seconds() for at in trace.moves if at > killed), default=None)
