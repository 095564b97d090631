"""What a scenario is: something that happens to a company, and what it was found to come to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starters.demo.stage import Stage
from starters.demo.vendors import eventually


@dataclass(frozen=True)
class Finding:
    """What was expected and what the vendors show, in one line each."""

    ok: bool
    expected: str
    found: str


@dataclass(frozen=True)
class Scenario:
    name: str
    says: str
    """What a newcomer reads while it is played."""
    play: Callable[[Stage], Awaitable[Finding]]
    flow: str = field(default="deal won")
    in_short_days: bool = False
    """Whether it is played in the company whose days last seconds, beside all others."""


async def invoiced(stage: Stage, *deals: str) -> bool:
    """Wait until each of these deals shows the number of its invoice; False when time is up."""

    async def shown() -> bool:
        return all([(await stage.vendors.crm.shown(d))["billing_invoice_number"] for d in deals])

    return await eventually(shown)
