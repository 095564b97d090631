"""`python -m bench`: measure, print, and write JSON and a picture."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import click
from rich.console import Console

from bench import picture, report
from bench.acceptance import acceptance
from bench.burst import burst
from bench.cost import cost
from bench.crash import crash
from bench.figures import Figure
from bench.latency import latency, sample
from bench.memory import memory
from bench.owing import owing
from bench.played import Played
from bench.proof import proof
from bench.startup import startup
from bench.system import System, system
from bench.writers import writers
from tests.patience import settle_factor

RESULTS = Path("bench/results.json")
Part: TypeAlias = Callable[[System, Played], Awaitable[list[Figure]]]
"""One part of the bench, ready to be measured."""

MINUTES = {
    "flow": 4,
    "latency": 1,
    "burst": 2,
    "receiver": 6,
    "crash": 1,
    "startup": 1,
    "writers": 2,
    "memory": 15,
    "owing": 50,
    "proof": 12,
}
"""What each part takes on two free cores, with the default arguments."""


def _parts(
    *, rounds: int, deals: int, at_once: int, many: int, customers: int, proven: int
) -> dict[str, Part]:
    return {
        "flow": lambda system, played: cost(system, played, rounds=rounds, deals=deals),
        "latency": lambda system, played: latency(system, played, deals=deals),
        "burst": lambda system, played: burst(system, played, deals=at_once),
        "receiver": lambda system, _: acceptance(system, rounds=rounds, backlog=2 * deals),
        "crash": lambda system, _: crash(system, deals=deals),
        "startup": lambda system, _: startup(system, rounds=rounds),
        "writers": lambda _, __: writers(rounds=rounds),
        "memory": lambda system, _: memory(system, deals=many, webhooks=10 * many),
        "owing": lambda system, _: owing(system, customers=customers),
        "proof": lambda system, _: proof(system, deals=proven),
    }


async def _measured(parts: dict[str, Part], console: Console) -> tuple[Played, dict[str, list[Figure]]]:
    found: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory(prefix="raccord-bench-") as directory:
        async with system(Path(directory)) as under_measure:
            played = await sample(under_measure)
            for name, part in parts.items():
                begun = time.monotonic()
                found[name] = await part(under_measure, played)
                report.show(f"{name} ({time.monotonic() - begun:.0f} s)", found[name], console)
            report.show_requests(played, console)
    return played, found


@click.command()
@click.option("--rounds", type=click.IntRange(min=1), default=3, help="Rounds whose medians count.")
@click.option("--deals", type=click.IntRange(min=1), default=20, help="Deals in a batch.")
@click.option("--burst", type=click.IntRange(min=1), default=100, help="Deals won at once in the burst.")
@click.option("--many", type=click.IntRange(min=50), default=1000, help="Deals after which memory is read.")
@click.option("--customers", type=click.IntRange(min=10), default=10_000, help="Customers who owe.")
@click.option("--proven", type=click.IntRange(min=400), default=20_000, help="Deals that are proven.")
@click.option("--only", multiple=True, type=click.Choice(tuple(MINUTES)), help="Only this part; repeatable.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=RESULTS,
    help="Where the JSON goes, and the picture beside it.",
)
def main(
    *,
    rounds: int,
    deals: int,
    burst: int,
    many: int,
    customers: int,
    proven: int,
    only: tuple[str, ...],
    results: Path,
) -> None:
    """Measure what a deal costs beside bare Temporal flows on the same server."""
    parts = _parts(rounds=rounds, deals=deals, at_once=burst, many=many, customers=customers, proven=proven)
    chosen = {name: part for name, part in parts.items() if not only or name in only}
    console = Console(width=140)
    minutes = sum(MINUTES[name] for name in chosen)
    console.print(f"About {minutes} minutes on two free cores; quicker with --only, --rounds 1, --deals 5.\n")
    settle_factor()
    played, found = asyncio.run(_measured(chosen, console))
    asked = {"rounds": rounds, "deals": deals, "burst": burst, "many": many, "customers": customers}
    asked |= {"proven": proven}
    report.save(results, found, played, asked)
    picture.draw(results.with_suffix(".svg"), [figure for part in found.values() for figure in part])
    console.print(f"{results} and {results.with_suffix('.svg')}")


if __name__ == "__main__":
    main()
