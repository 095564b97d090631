"""Processes that write to the audit at once, on either database: what waiting for its head costs."""

import asyncio
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.figures import Figure
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.postgres import started
from tests.records.processes import finished, let_go, start_writer

FEW, MANY = 1, 4
PAIRS = 300
"""Intents with their outcomes, written by each run: two transactions each, on disk before they return."""
LEAST_KEPT = {"PostgreSQL": 0.7}
"""Four processes that wait for one another write at least this much of what one writes alone.

SQLite's lock is not waited for in line but asked for again: it is for one machine.
"""


async def writers(*, rounds: int) -> list[Figure]:
    """Write as many pairs by one process and by four at once, in turn; every chain is walked."""
    with tempfile.TemporaryDirectory(prefix="raccord-writers-") as place:
        directory = Path(place)
        KeyRing.create(directory / "keys.json")
        fresh: dict[str, Callable[[], str]] = {
            "SQLite": lambda: f"sqlite:///{directory}/{secrets.token_hex(4)}/records.db"
        }
        server = started(durable=True)
        if server:
            fresh["PostgreSQL"] = server.create
        try:
            return [
                each
                for name, make in fresh.items()
                for each in await _measured(name, make, directory, rounds)
            ]
        finally:
            if server:
                server.stop()


async def _measured(name: str, make: Callable[[], str], directory: Path, rounds: int) -> list[Figure]:
    found: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(rounds):
        for processes, rates in found.items():
            rates.append(await _rate(make(), directory / "keys.json", processes))
    one, four = median(found[FEW]), median(found[MANY])
    return [
        Figure(name=f"Audit pairs a second on {name}, one process", value=one, unit="/s"),
        Figure(
            name=f"Audit pairs on {name}, {MANY} processes at once beside one",
            value=four / one,
            unit="times",
            limit=LEAST_KEPT.get(name),
            basis="same run",
            at_least=True,
        ),
    ]


async def _rate(url: str, keys: Path, processes: int) -> float:
    running = [start_writer(url, keys, f"w{n}", PAIRS // processes, breath=0) for n in range(processes)]
    await let_go(*running)
    begun = time.monotonic()
    await asyncio.gather(*map(finished, running))
    took = time.monotonic() - begun
    records = Records.open(url, KeyRing.load(keys))
    verdict = await records.audit.verify()
    await records.close()
    if not verdict.ok or verdict.rows != 2 * PAIRS:
        raise RuntimeError(f"The chain that {processes} processes wrote does not hold: {verdict}")
    return PAIRS / took
