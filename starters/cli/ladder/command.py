"""`raccord shadow ladder`, `promote`, `demote`: how far flow 1 goes for whom, by a person's word."""

from collections.abc import Callable
from decimal import Decimal

import click

from raccord.domain.rules.ladder import (
    SHADOW,
    Place,
    Refused,
    Rung,
    Scope,
    ScopeKind,
    brought_down,
    demoted,
    held_back,
    promoted,
    rung_in_words,
    standing,
)
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.records.rungs import Placed
from raccord.records.work import together
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say, say_param
from starters.cli.common import actor, bold, fail, warn
from starters.cli.display import fold, opened, print_json, shown
from starters.cli.dunning.books import now
from starters.cli.ladder.finding import Typed, found
from starters.cli.ladder.page import document, lines, whose
from starters.cli.language import language_of, spoken
from workers.policies import FLOW


async def show(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """Print who stands on which rung."""
    settings = configuration.settings
    async with opened(configuration, keys) as records:
        placed = await records.rungs.placed()
    begin, ceiling = settings.rollout.begin, settings.modes[FLOW]
    if as_json:
        print_json(document(placed, begin, ceiling))
        return 0
    for line in lines(placed, begin, ceiling, settings.clock, language_of(configuration)):
        click.echo(line)
    return 0


async def up(
    configuration: Configuration, keys: KeyRing, typed: Typed, under: Decimal | None, reason: str
) -> int:
    """Have somebody's deals go one rung further, from their next look on."""
    ceiling = configuration.settings.modes[FLOW]
    return await _moved(
        configuration, keys, typed, lambda now: promoted(now, under, ceiling), reason, downwards=False
    )


async def down(
    configuration: Configuration, keys: KeyRing, typed: Typed, to: Rung | None, reason: str
) -> int:
    """Have somebody's deals go less far, from their next look on."""
    return await _moved(
        configuration, keys, typed, lambda now: demoted(now, to or SHADOW), reason, downwards=True
    )


async def _moved(
    configuration: Configuration,
    keys: KeyRing,
    typed: Typed,
    moved: Callable[[Rung], Rung],
    reason: str,
    *,
    downwards: bool,
) -> int:
    settings = configuration.settings
    async with opened(configuration, keys) as records:
        places = await records.rungs.places()
        scope = await found(typed, places, configuration, down=downwards)
        before = standing(scope, places, settings.rollout.begin, settings.modes[FLOW])
        whole = downwards and scope.kind is ScopeKind.EVERYBODY
        try:
            # Of everybody, some may stand higher than those who have no rung of their own.
            after = moved(_highest(places, before) if whole else before)
        except Refused as refused:
            fail(refused.said, status=1)
        given = brought_down(places, after) if whole else (Place(scope=scope, rung=after),)
        for place in given:
            await _put(records, place, places, reason)
    _tell(given, places, before, downwards=downwards)
    return 0


async def _put(records: Records, place: Place, places: tuple[Place, ...], reason: str) -> None:
    """Give a place and say so in the audit, both or neither."""
    scope, before = place.scope, _own(place.scope, places)
    placed = Placed(place=place, actor=actor(), reason=reason, at=now())
    detail = placed.model_dump(mode="json") | {"before": before.model_dump(mode="json") if before else None}
    noted = records.audit.note(
        effect="ladder.moved",
        object=f"{scope.kind}",
        actor=placed.actor,
        cause="command line",
        detail=detail,
    )
    await together(records.rungs.put(placed), noted)


def _highest(places: tuple[Place, ...], others: Rung) -> Rung:
    return max((others, *(each.rung for each in places)), key=lambda rung: rung.height)


def _own(scope: Scope, places: tuple[Place, ...]) -> Rung | None:
    return next((each.rung for each in places if each.scope.key == scope.key), None)


def _tell(given: tuple[Place, ...], places: tuple[Place, ...], before: Rung, *, downwards: bool) -> None:
    """Say what changed, and what follows; `before` is the rung of whoever had none of their own."""
    for place in given:
        was = _own(place.scope, places) or before
        if was != place.rung:
            who = say_param(whose(place.scope), spoken())
            rungs = (say(rung_in_words(rung), spoken()) for rung in (was, place.rung))
            click.echo(f"{bold(shown(who))} · {' → '.join(rungs)}")
    if not downwards and _own(given[0].scope, places) is None:
        for other in held_back(given[0], places):
            rung = rung_in_words(given[0].rung)
            warn(message("ladder.held_back", who=whose(other.scope), rung=rung))
    follows = message("ladder.down") if downwards else message("ladder.up")
    for line in fold(say(follows, spoken())):
        click.echo(line)
