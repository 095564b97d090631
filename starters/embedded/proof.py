"""Proof that what answers is ours and of this start, and what the running worker says that it does."""

from dataclasses import dataclass

import httpx
from temporalio.client import Client

from raccord.temporal.identity import Poller, WorkerIdentity, pollers
from starters.receiver.app import START_HEADER


@dataclass(frozen=True)
class Serving:
    """Who serves the flows of a running `raccord up`."""

    ours: WorkerIdentity | None
    """Our own worker of this start, as it says of itself; None while there is none."""
    others: tuple[Poller, ...] = ()
    """Workers that were started otherwise and do, or may do, something else."""


async def receiver_answers(http: httpx.AsyncClient, start: str) -> bool:
    """Whether the receiver of this start is ready at the client's address, and not some other program."""
    try:
        answer = await http.get("/readyz")
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and answer.headers.get(START_HEADER) == start


async def serving(client: Client, start: str) -> Serving:
    """Return who serves the flows now. Raises `RPCError`."""
    found = await pollers(client)
    of_this_start = [p.worker for p in found if p.worker and p.worker.start == start]
    if not of_this_start:
        return Serving(None)
    ours = of_this_start[0]
    others = [p for p in found if not p.worker or not p.worker.does_as(ours)]
    # One of ours that died a moment ago is listed yet; the latest to ask is the one that lives.
    strangers = [p for p in others if not p.worker or p.worker.start != start]
    return Serving(ours, tuple(sorted(strangers, key=lambda p: p.name)))
