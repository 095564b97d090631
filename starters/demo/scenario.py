"""What a scenario is: something that happens to a company, and what it was found to come to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from raccord.domain.values.message import Message, Text, message
from starters.demo.stage import Stage
from starters.demo.vendors import eventually


@dataclass(frozen=True)
class Finding:
    """What was expected and what the vendors show, in one line each."""

    ok: bool
    expected: Text
    found: Text


@dataclass(frozen=True)
class Scenario:
    name: str
    says: Text
    """What a newcomer reads while it is played."""
    play: Callable[[Stage], Awaitable[Finding]]
    flow: str = field(default="deal won")
    in_short_days: bool = False
    """Whether it is played in the company whose days last seconds, beside all others."""


@dataclass(frozen=True)
class LeftOut:
    """A scenario that a pair cannot play, and why."""

    name: str
    why: Message


def decimal(text: str) -> Text:
    """Say a number that is written with a point, with all its digits; any other text stays as it is."""
    whole, point, part = text.partition(".")
    return message("demo.decimal", whole=whole, part=part) if point else text


def amount(minor: int) -> Text:
    """Say an amount in minor units of a currency that has cents."""
    return decimal(f"{minor / 100:.2f}")


async def invoiced(stage: Stage, *deals: str) -> bool:
    """Wait until each of these deals shows the number of its invoice; False when time is up."""

    async def shown() -> bool:
        return all([(await stage.vendors.crm.shown(deal)).number for deal in deals])

    return await eventually(shown)
