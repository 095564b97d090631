"""Crash points: one mutating call, and what befalls it or the worker that makes it."""

import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from temporalio.service import RPCError

from tests.front_door.account import Account
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.stack import Lane

T = TypeVar("T")
L = TypeVar("L", bound=Lane)


@dataclass(frozen=True)
class Call:
    """One mutating call of a flow; `skip` leaves the test's own request to the same path alone."""

    name: str
    vendor: str
    method: str
    path: str
    skip: int = 0


@dataclass(frozen=True)
class Point:
    """A fault on one call. `stale` are look-ups that miss what was written meanwhile.

    They miss it for a while after an answer, which makes the next attempt wait. Without an answer only the
    idempotency key holds a repeat back, so there they miss it until the call was repeated.
    """

    call: Call
    when: str
    effect: dict[str, Any]
    kills: bool = False
    stale: str | None = None

    @property
    def answered(self) -> bool:
        return "status" in self.effect

    def __str__(self) -> str:
        effect = "worker dies" if self.kills else ", ".join(f"{k} {v}" for k, v in self.effect.items())
        stale = ", look-ups stale" if self.stale else ""
        return f"{self.call.name}: {effect} {self.when}{stale}"


@dataclass
class Case:
    """One point, played with one new deal; the VAT rate is its own."""

    lane: Lane
    point: Point
    vat_rate: str
    deal: str = ""


async def sent_twice(account: Account, call: Call, since: int) -> bool:
    found = await account.requests(vendor=call.vendor, since=str(since))
    sent = [r for r in found if r["method"] == call.method and re.fullmatch(call.path, r["path"])]
    return len(sent) > 1


async def crashed(
    lane: L,
    share: Sequence[tuple[Point, T]],
    play: Callable[[L, Point, T], Awaitable[None]],
    *,
    flow: str,
) -> list[str]:
    """Play one point after the other, each with what is ready for it; return what was wrong with them."""
    failures = []
    for point, ready in share:
        try:
            await play(lane, point, ready)
        except (AssertionError, TimeoutError) as error:
            failures.append(f"{point}: {error!r}")
            await abandon(lane, flow)
    try:
        every_write_has_its_pair(await lane.audit(), await lane.account.requests())
    except AssertionError as error:
        failures.append(f"I8: {error!r}")
    return failures


async def abandon(lane: Lane, flow: str) -> None:
    """Leave nothing of a point that failed: its flow would meet the next one's fault."""
    await lane.account.clear_faults()
    query = f"WorkflowType = '{flow}' AND ExecutionStatus = 'Running'"
    async for running in lane.client.list_workflows(query):
        with contextlib.suppress(RPCError):  # it has ended meanwhile
            await lane.client.get_workflow_handle(running.id).terminate()
    await lane.restart_worker()
