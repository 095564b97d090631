"""CPU time of a deal by process, beside bare flows, in interleaved rounds."""

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from statistics import median

from bench.bare import NAME, QUEUE, Steps, shared_out
from bench.figures import Figure, Parts
from bench.minimum import MINIMUM
from bench.played import Played
from bench.processes import CpuSeconds, between, spent
from bench.system import System

GROUPED = 10
"""Activities of the bare flow whose reads are grouped."""
TIMES_GROUPED = 1.5
IDLE_SECONDS = 3.0
PROCESSES = ("server", "worker", "receiver")
BARE_PROCESSES = ("server", "bare worker")
_numbers = itertools.count()


async def cost(system: System, sample: Played, *, rounds: int, deals: int) -> list[Figure]:
    """Measure batches of new deals, of known customers' deals and of bare flows, one after the other."""
    like = shared_out([sample.read(r["vendor"]) for r in sample.requests], sample.activities)
    grouped = shared_out([sample.read(vendor) for vendor, _, _ in MINIMUM], GROUPED)
    seen: list[tuple[CpuSeconds, ...]] = []
    for _ in range(rounds):
        companies = [await system.lane.account.company() for _ in range(deals)]
        seen.append(
            (
                await _deals(system, await system.deals_of(companies)),
                await _deals(system, await system.deals_of(companies)),
                await _bare(system, like, deals),
                await _bare(system, grouped, deals),
            )
        )
    new, known, bare, least = (_medians(batch) for batch in zip(*seen, strict=True))
    limit = TIMES_GROUPED * sum(_of(least, BARE_PROCESSES).values())
    basis = f"{TIMES_GROUPED} x bare grouped flow"
    return [
        _figure("CPU of a new customer's deal", _of(new, PROCESSES), limit, basis),
        _figure("CPU of a known customer's deal", _of(known, PROCESSES)),
        _figure(f"CPU of a bare flow: {sample.activities} activities", _of(bare, BARE_PROCESSES)),
        _figure(f"CPU of the bare grouped flow: {GROUPED} activities", _of(least, BARE_PROCESSES)),
    ]


async def _deals(system: System, deals: Sequence[str]) -> CpuSeconds:
    meter = await _Meter.ready(system)
    await system.win(deals)
    await system.settled(deals)
    return meter.each(len(deals))


async def _bare(system: System, steps: Steps, flows: int) -> CpuSeconds:
    meter = await _Meter.ready(system)
    names = [f"bare/{next(_numbers)}" for _ in range(flows)]
    await asyncio.gather(
        *(system.bare.execute_workflow(NAME, steps, id=name, task_queue=QUEUE) for name in names)
    )
    return meter.each(flows)


class _Meter:
    """Reads what each process spends beyond what it spends when nothing happens."""

    def __init__(self, system: System, idle: CpuSeconds) -> None:
        self._system, self._idle = system, idle
        self._began = asyncio.get_running_loop().time()
        self._before = spent(system.pids)

    @classmethod
    async def ready(cls, system: System) -> "_Meter":
        return cls(system, await system.idle(IDLE_SECONDS))

    def each(self, times: int) -> CpuSeconds:
        """Return CPU seconds for each of so many things that happened since."""
        passed = asyncio.get_running_loop().time() - self._began
        used = between(self._before, spent(self._system.pids))
        return {name: max(0.0, cpu - self._idle[name] * passed) / times for name, cpu in used.items()}


def _medians(batches: Iterable[CpuSeconds]) -> CpuSeconds:
    found = list(batches)
    return {name: median(batch[name] for batch in found) for name in found[0]}


def _of(cpu: CpuSeconds, processes: Iterable[str]) -> Parts:
    return {name: cpu[name] * 1000 for name in processes}


def _figure(name: str, parts: Parts, limit: float | None = None, basis: str = "") -> Figure:
    return Figure(name=name, value=sum(parts.values()), unit="ms", parts=parts, limit=limit, basis=basis)
