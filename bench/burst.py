"""Many deals at once: how many a second, and how large they make the databases."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bench.figures import Figure
from bench.played import Played, number_written, span
from bench.system import System

LEAST_PER_SECOND = 5.0
ORDINARY_LIMITS = {"hubspot": 19.0, "stripe": 25.0}
"""Requests a second. HubSpot docs, usage guidelines: 190 in ten seconds; Stripe docs, rate limits: 25 for a
sandbox key."""


async def burst(system: System, sample: Played, *, deals: int) -> list[Figure]:
    """Win that many deals of new companies at once."""
    files = system.databases
    won = await system.new_deals(deals)
    before, since = _sizes(files), await system.last_request()
    told = len(await system.lane.account.deliveries())
    await system.win(won)
    await system.settled(won, within=30 + 3 * deals)
    after, requests = _sizes(files), await system.requests(since)
    begun = datetime.fromisoformat((await system.lane.account.deliveries())[told]["at"])
    took = max(span(r)[1] for r in requests if number_written(r)) - begun
    allowed = min(
        rate / max(1, sum(r["vendor"] == vendor for r in sample.requests))
        for vendor, rate in ORDINARY_LIMITS.items()
    )
    return [
        Figure(
            name=f"Deals a second in a burst of {deals}",
            value=deals / took.total_seconds(),
            unit="/s",
            limit=LEAST_PER_SECOND,
            basis="budget",
            at_least=True,
        ),
        Figure(name="Deals a second that ordinary vendor limits allow", value=allowed, unit="/s"),
        *(
            Figure(
                name=f"Database of {name}, a deal",
                value=(after[name] - before[name]) / deals / 1024,
                unit="KiB",
            )
            for name in files
        ),
    ]


def _sizes(files: Mapping[str, Path]) -> dict[str, int]:
    return {name: used_bytes(file) for name, file in files.items()}


def used_bytes(file: Path) -> int:
    """Return the bytes of a SQLite database that are in use, those still in its write-ahead log included."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        size, pages, free = (
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "page_count", "freelist_count")
        )
    return int(size * (pages - free))
