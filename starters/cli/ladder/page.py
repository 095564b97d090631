"""How the ladder reads: who stands on which rung, since when, by whose word and why."""

from collections.abc import Iterator

from raccord.domain.rules.ladder import Rung, Scope, ScopeKind, of_everybody, rung_in_words
from raccord.domain.rules.modes import Mode
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import Day, Message, Text, message
from raccord.records.rungs import Placed
from raccord.texts import say, say_param
from starters.cli.common import bold
from starters.cli.display import fold, table

_HEADINGS = (
    "ladder.heading.who",
    "ladder.heading.rung",
    "ladder.heading.since",
    "ladder.heading.by",
    "ladder.heading.why",
)


def whose(scope: Scope) -> Text:
    """Name whose rung it is."""
    name = scope.name or scope.id
    match scope.kind:
        case ScopeKind.OWNER:
            return name
        case ScopeKind.PIPELINE:
            return message("ladder.pipeline", name=name)
        case _:
            return message("ladder.everybody")


def summary(placed: tuple[Placed, ...], begin: Mode | None, ceiling: Mode) -> tuple[Message, ...]:
    """Say in one line each where everybody stands, everybody else first."""
    places = tuple(each.place for each in placed)
    others = message(
        "ladder.stands",
        who=message("ladder.everybody"),
        rung=rung_in_words(of_everybody(places, begin, ceiling)),
    )
    own = (each for each in places if each.scope.kind is not ScopeKind.EVERYBODY)
    return (others, *(message("ladder.stands", who=whose(e.scope), rung=rung_in_words(e.rung)) for e in own))


def lines(
    placed: tuple[Placed, ...], begin: Mode | None, ceiling: Mode, clock: BusinessClock, language: str
) -> Iterator[str]:
    """Write the whole ladder."""
    places = tuple(each.place for each in placed)
    others = rung_in_words(of_everybody(places, begin, ceiling))
    said = message("ladder.now", mode=ceiling.value, rung=others)
    yield from map(bold, fold(say(said, language)))
    if not placed:
        return
    yield ""
    headings = [say(message(code), language) for code in _HEADINGS]
    yield from table(headings, [_row(each, clock, language) for each in placed])


def document(placed: tuple[Placed, ...], begin: Mode | None, ceiling: Mode) -> dict[str, object]:
    """Return the same for a machine."""
    places = tuple(each.place for each in placed)
    return {
        "ceiling": ceiling.value,
        "everybody": _rung(of_everybody(places, begin, ceiling)),
        "places": [
            {
                "kind": each.place.scope.kind.value,
                "id": each.place.scope.id,
                "name": each.place.scope.name,
                **_rung(each.place.rung),
                "since": each.at.isoformat(),
                "actor": each.actor,
                "reason": each.reason,
            }
            for each in placed
        ],
    }


def _rung(rung: Rung) -> dict[str, object]:
    return {"mode": rung.mode.value, "up_to": None if rung.up_to is None else str(rung.up_to)}


def _row(placed: Placed, clock: BusinessClock, language: str) -> list[str]:
    return [
        say_param(whose(placed.place.scope), language),
        say(rung_in_words(placed.place.rung), language),
        say_param(Day(day=clock.date_of(placed.at)), language),
        placed.actor,
        placed.reason,
    ]
