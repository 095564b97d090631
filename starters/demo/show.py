"""The scenarios as they are played: which are on, and what each was found to come to."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from rich.table import Table

from raccord.domain.values.message import Text, message
from raccord.texts import say, say_param
from raccord.texts.told import MACHINE
from starters.demo.scenario import Finding, LeftOut, Scenario, decimal
from starters.demo.stage import Stage


class Show:
    """Plays some scenarios and keeps what they came to."""

    def __init__(
        self,
        scenarios: tuple[Scenario, ...],
        ended: Callable[[str], object],
        language: str,
        left_out: tuple[LeftOut, ...] = (),
    ) -> None:
        """`ended` is told of each as it ends, in a line; `language` is the reader's.

        `left_out`: what is not played, shown with its reason.
        """
        self.scenarios = scenarios
        self.left_out = left_out
        self._language = language
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
            finding = Finding(ok=False, expected=message("demo.plays"), found=found)
        seconds = time.monotonic() - started
        self._found[scenario.name] = (finding, seconds)
        self._playing.discard(scenario.name)
        mark, count = "✔" if finding.ok else "✘", f"{len(self._found)}/{len(self.scenarios)}"
        self._ended(f"{count:>5}  {mark} {scenario.name} ({self._of(seconds)} s)")

    def table(self) -> Table:
        table = Table(title=say(message("demo.title"), self._language), expand=False)
        table.add_column("")
        table.add_column(say(message("demo.column.scenario"), self._language), no_wrap=True)
        table.add_column(say(message("demo.column.what"), self._language))
        table.add_column("s", justify="right")
        for scenario in self.scenarios:
            table.add_row(*self._row(scenario))
        for each in self.left_out:
            table.add_row("–", each.name, f"[dim]{self._told(each.why)}[/]", "")
        return table

    def _row(self, scenario: Scenario) -> tuple[str, str, str, str]:
        happens = self._told(scenario.says)
        if scenario.name not in self._found:
            playing = scenario.name in self._playing
            says = f"[bold]{happens}[/]" if playing else f"[dim]{happens}[/]"
            return "…" if playing else "", scenario.name, says, ""
        finding, seconds = self._found[scenario.name]
        mark = "[green]✔[/]" if finding.ok else "[bold red]✘[/]"
        said = f"{happens}\n[dim]{self._told(finding.found)}[/]"
        if not finding.ok:
            said += f"\n[red]{self._told(message('demo.expected', expected=finding.expected))}[/]"
        return mark, scenario.name, said, self._of(seconds)

    def _told(self, said: Text) -> str:
        return say_param(said, self._language).replace("[", r"\[")

    def _of(self, seconds: float) -> str:
        return say_param(decimal(f"{seconds:.1f}"), self._language)

    def report(self) -> dict[str, Any]:
        """Return what was found, as a machine reads it, whatever the reader's language."""
        played = [(each, *self._found[each.name]) for each in self.scenarios if each.name in self._found]
        return {
            "ok": len(played) == len(self.scenarios) and all(finding.ok for _, finding, _ in played),
            "scenarios": [
                {
                    "name": scenario.name,
                    "flow": scenario.flow,
                    "ok": finding.ok,
                    "expected": say_param(finding.expected, MACHINE),
                    "found": say_param(finding.found, MACHINE),
                    "seconds": round(seconds, 2),
                }
                for scenario, finding, seconds in played
            ],
            "left_out": [{"name": each.name, "why": say_param(each.why, MACHINE)} for each in self.left_out],
        }
