"""Plays the scenarios, shows them as they go, and says where to look next."""

import asyncio
import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from raccord.temporal.logs import configure_logs
from starters.cli.common import fail
from starters.demo.place import Place
from starters.demo.scenario import Finding, Scenario
from starters.demo.scenarios import SCENARIOS
from starters.demo.stage import AWAITED, Stage
from workers.run import stop_event

out = Console()

_NEEDED_DISK_MIB = 200
_OLDEST_PYTHON = (3, 11)


def _preflight(json_file: Path | None) -> Iterator[str]:
    """Yield what is missing for a demo, each as a sentence with found and required."""
    if sys.version_info < _OLDEST_PYTHON:
        yield f"Python 3.11 or newer is needed, found {sys.version.split()[0]}."
    free = shutil.disk_usage(".").free // 2**20
    if free < _NEEDED_DISK_MIB:
        yield f"{_NEEDED_DISK_MIB} MiB of free disk are needed here, found {free} MiB."
    if not os.access(".", os.W_OK):
        yield f"The demo keeps its data in {Path('.raccord').resolve()}, which cannot be written."
    if json_file and not _can_be_written(json_file.absolute()):
        yield f"The results cannot be written to {json_file}: name a file in a folder that is there."


def _can_be_written(file: Path) -> bool:
    return not file.is_dir() and file.parent.is_dir() and os.access(file.parent, os.W_OK)


def _table(results: dict[str, tuple[Finding, float] | None], playing: str | None) -> Table:
    table = Table(title="What happens, and what the vendors show afterwards", expand=False)
    table.add_column("")
    table.add_column("scenario", no_wrap=True)
    table.add_column("what happens / what was found")
    table.add_column("s", justify="right")
    for scenario in SCENARIOS:
        match results.get(scenario.name):
            case None if scenario.name == playing:
                table.add_row("…", scenario.name, f"[bold]{scenario.says}[/]", "")
            case None:
                table.add_row("", scenario.name, f"[dim]{scenario.says}[/]", "")
            case (finding, seconds):
                mark = "[green]✔[/]" if finding.ok else "[bold red]✘[/]"
                said = f"{scenario.says}\n[dim]{_escaped(finding.found)}[/]"
                if not finding.ok:
                    said += f"\n[red]expected: {_escaped(finding.expected)}[/]"
                table.add_row(mark, scenario.name, said, f"{seconds:.1f}")
    return table


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")


async def _play(scenario: Scenario, stage: Stage) -> Finding:
    try:
        return await scenario.play(stage)
    except Exception as error:
        return Finding(ok=False, expected="the scenario plays", found=f"{type(error).__name__}: {error}")


def _next_step(stage: Stage) -> str:
    place = stage.place
    views = "".join(f"  {label:<20} {url}\n" for label, url in place.ui.links(AWAITED))
    return (
        "\n[bold]Everything is running[/]\n\n"
        f"[bold]The vendors[/]    {place.url('sandbox', '/')}\n"
        f"[bold]Temporal UI[/]\n{views}"
        f"[bold]Data, logs[/]     {place.directory}\n\n"
        "[bold]Now you:[/] open “The vendors”, press [bold]Win[/] on a clean deal: its invoice appears.\n"
        "So does its e-mail, because this Stripe is told to: with a test key the real one sends none.\n"
        "Then win a dirty one: its question comes to the Slack panel, and the pencil has what settles it.\n"
        "Beside it, in another shell:\n\n"
        f"  . {shlex.quote(str(place.shell_file))}\n"
        "  raccord inbox list\n\n"
        "Ctrl-C stops everything; the next demo starts afresh."
    )


def _as_json(results: dict[str, tuple[Finding, float]], scenarios: tuple[Scenario, ...]) -> dict[str, Any]:
    flows = {s.name: s.flow for s in scenarios}
    return {
        "ok": len(results) == len(scenarios) and all(f.ok for f, _ in results.values()),
        "scenarios": [
            {
                "name": name,
                "flow": flows[name],
                "ok": finding.ok,
                "expected": finding.expected,
                "found": finding.found,
                "seconds": round(seconds, 2),
            }
            for name, (finding, seconds) in results.items()
        ],
    }


def _write(file: Path, report: dict[str, Any]) -> None:
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")


async def run_demo(*, stay: bool, json_file: Path | None, only: tuple[str, ...] = ()) -> int:
    """Play the scenarios; 0 only when every one ended as it should."""
    configure_logs("demo")
    if missing := list(_preflight(json_file)):
        fail("\n".join(missing), status=1)
    chosen = tuple(s for s in SCENARIOS if not only or s.name in only)
    if not chosen:
        fail(f"there is no such scenario; there are {', '.join(s.name for s in SCENARIOS)}.")
    stop = stop_event()
    results: dict[str, tuple[Finding, float]] = {}
    out.print("Starting Temporal, the simulated vendors, the receiver and a worker…")
    try:
        async with Stage(Place.make()) as stage:
            with Live(console=out, refresh_per_second=8) as live:
                for scenario in chosen:
                    live.update(_table(dict(results), scenario.name))
                    started = time.monotonic()
                    playing = asyncio.create_task(_play(scenario, stage))
                    stopped = asyncio.create_task(stop.wait())
                    await asyncio.wait([playing, stopped], return_when=asyncio.FIRST_COMPLETED)
                    stopped.cancel()
                    if stop.is_set():
                        playing.cancel()
                        break
                    results[scenario.name] = (playing.result(), time.monotonic() - started)
                    live.update(_table(dict(results), None))
            report = _as_json(results, chosen)
            if json_file:
                _write(json_file, report)
            if stay and not stop.is_set():
                out.print(_next_step(stage), soft_wrap=True, highlight=False)
                await stop.wait()
                out.print("Stopping…")
    except RuntimeError as error:
        fail(str(error), status=1)
    return 0 if report["ok"] else 1
