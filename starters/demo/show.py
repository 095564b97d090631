"""The scenarios as they are played: which are on, and what each was found to come to."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from rich.table import Table

from starters.demo.scenario import Finding, Scenario
from starters.demo.stage import Stage


class Show:
    """Plays some scenarios and keeps what they came to."""

    def __init__(self, scenarios: tuple[Scenario, ...], ended: Callable[[str], object]) -> None:
        """`ended` is told of each as it ends, in a line."""
        self.scenarios = scenarios
        self._ended = ended
        self._playing: set[str] = set()
        self._found: dict[str, tuple[Finding, float]] = {}

    @property
    def at_once(self) -> tuple[Scenario, ...]:
        """Those that are played side by side, where days are short."""
        return tuple(each for each in self.scenarios if each.in_short_days)

    async def play(self, stage: Stage, beside: Callable[[], Coroutine[Any, Any, Stage]]) -> None:
        """Play the ordinary ones one after the other, and beside them those of short days at once."""
        await asyncio.gather(self._in_turn(stage), self._at_once(beside))

    async def _in_turn(self, stage: Stage) -> None:
        opened = asyncio.get_running_loop().create_future()
        opened.set_result(stage)
        for each in self.scenarios:
            if not each.in_short_days:
                await self._play(each, opened)

    async def _at_once(self, beside: Callable[[], Coroutine[Any, Any, Stage]]) -> None:
        if self.at_once:
            opening = asyncio.create_task(beside())
            await asyncio.gather(*(self._play(each, opening) for each in self.at_once))

    async def _play(self, scenario: Scenario, opening: asyncio.Future[Stage]) -> None:
        """Play one once its stage is open; one that breaks down is found wanting."""
        self._playing.add(scenario.name)
        started = time.monotonic()
        try:
            stage = await opening
            started = time.monotonic()
            finding = await scenario.play(stage)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
            finding = Finding(ok=False, expected="the scenario plays", found=found)
        seconds = time.monotonic() - started
        self._found[scenario.name] = (finding, seconds)
        self._playing.discard(scenario.name)
        mark, count = "✔" if finding.ok else "✘", f"{len(self._found)}/{len(self.scenarios)}"
        self._ended(f"{count:>5}  {mark} {scenario.name} ({seconds:.1f} s)")

    def table(self) -> Table:
        table = Table(title="What happens, and what the vendors show afterwards", expand=False)
        table.add_column("")
        table.add_column("scenario", no_wrap=True)
        table.add_column("what happens / what was found")
        table.add_column("s", justify="right")
        for scenario in self.scenarios:
            table.add_row(*self._row(scenario))
        return table

    def _row(self, scenario: Scenario) -> tuple[str, str, str, str]:
        if scenario.name not in self._found:
            playing = scenario.name in self._playing
            says = f"[bold]{scenario.says}[/]" if playing else f"[dim]{scenario.says}[/]"
            return "…" if playing else "", scenario.name, says, ""
        finding, seconds = self._found[scenario.name]
        mark = "[green]✔[/]" if finding.ok else "[bold red]✘[/]"
        said = f"{scenario.says}\n[dim]{_escaped(finding.found)}[/]"
        if not finding.ok:
            said += f"\n[red]expected: {_escaped(finding.expected)}[/]"
        return mark, scenario.name, said, f"{seconds:.1f}"

    def report(self) -> dict[str, Any]:
        """Return what was found, as a machine reads it."""
        played = [(each, *self._found[each.name]) for each in self.scenarios if each.name in self._found]
        return {
            "ok": len(played) == len(self.scenarios) and all(finding.ok for _, finding, _ in played),
            "scenarios": [
                {
                    "name": scenario.name,
                    "flow": scenario.flow,
                    "ok": finding.ok,
                    "expected": finding.expected,
                    "found": finding.found,
                    "seconds": round(seconds, 2),
                }
                for scenario, finding, seconds in played
            ],
        }


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
