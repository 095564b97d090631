"""The demo's show: each scenario is told as it ends, also one that breaks down."""

from typing import cast

from starters.demo.scenario import Finding, Scenario
from starters.demo.show import Show
from starters.demo.stage import Stage


async def _as_expected(_: Stage) -> Finding:
    return Finding(ok=True, expected="an invoice", found="an invoice")


async def _broken(_: Stage) -> Finding:
    raise LookupError("no such deal")


async def test_each_is_told_in_a_line_as_it_ends() -> None:
    told: list[str] = []
    both = (Scenario("ordinary", "A deal is won", _as_expected), Scenario("odd", "Something", _broken))
    show = Show(both, told.append)
    await show.play(cast(Stage, None), _nowhere)
    assert [line.split(" (")[0].strip() for line in told] == ["1/2  ✔ ordinary", "2/2  ✘ odd"]
    report = show.report()
    assert not report["ok"]
    assert report["scenarios"][1]["found"] == "LookupError: no such deal"


async def _nowhere() -> Stage:
    raise AssertionError("none of them is played where days are short")
