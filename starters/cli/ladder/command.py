"""`raccord shadow ladder`, `promote`, `demote`: how far flow 1 goes for whom, by a person's word."""

from collections.abc import Callable
from decimal import Decimal

import click

from raccord.domain.rules.ladder import (
    SHADOW,
    Place,
    Refused,
    Rung,
    demoted,
    held_back,
    own_rung,
    promoted,
    rung_in_words,
    standing,
)
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.records.rungs import Overtaken, Placed
from raccord.records.work import Work, together
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say, say_param
from starters.cli.common import actor, bold, fail, warn
from starters.cli.display import fold, opened, print_json, shown
from starters.cli.dunning.books import now
from starters.cli.ladder.finding import Meant, Typed, found
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
    begin, ceiling = configuration.settings.rollout.begin, configuration.settings.modes[FLOW]

    def moved(meant: Meant, places: tuple[Place, ...]) -> tuple[Place, ...]:
        before = standing(meant.scope, places, begin, ceiling)
        return (Place(scope=meant.scope, rung=promoted(before, under, ceiling)),)

    return await _moved(configuration, keys, typed, moved, reason, downwards=False)


async def down(
    configuration: Configuration, keys: KeyRing, typed: Typed, to: Rung | None, reason: str
) -> int:
    """Have somebody's deals go less far, from their next look on."""
    begin, ceiling = configuration.settings.rollout.begin, configuration.settings.modes[FLOW]

    def moved(meant: Meant, places: tuple[Place, ...]) -> tuple[Place, ...]:
        return demoted(meant.scope, to or SHADOW, places, begin, ceiling, checked=meant.checked)

    return await _moved(configuration, keys, typed, moved, reason, downwards=True)


async def _moved(
    configuration: Configuration,
    keys: KeyRing,
    typed: Typed,
    moved: Callable[[Meant, tuple[Place, ...]], tuple[Place, ...]],
    reason: str,
    *,
    downwards: bool,
) -> int:
    settings = configuration.settings
    async with opened(configuration, keys) as records:
        places = await records.rungs.places()
        meant = await found(typed, places, configuration, down=downwards)
        while True:
            try:
                given = moved(meant, places)
                await _put(records, given, places, reason)
                break
            except Refused as refused:
                fail(refused.said, status=1)
            except Overtaken:
                # What goes up was decided by a ladder that is no more; what goes down goes down from any.
                if not downwards:
                    fail(message("ladder.overtaken"), status=1)
                places = await records.rungs.places()
    _tell(given, places, standing(meant.scope, places, settings.rollout.begin, settings.modes[FLOW]), meant)
    if not downwards:
        _tell_held_back(given[0], places)
    for line in fold(say(message("ladder.down") if downwards else message("ladder.up"), spoken())):
        click.echo(line)
    return 0


async def _put(records: Records, given: tuple[Place, ...], places: tuple[Place, ...], reason: str) -> None:
    """Give all places and say so in the audit, or nothing of it. Raises `Overtaken`."""
    moves = (_move(records, place, own_rung(place.scope, places), reason) for place in given)
    await together(records.rungs.unmoved(places), together(*moves))


def _move(records: Records, place: Place, before: Rung | None, reason: str) -> Work[tuple[None, None]]:
    placed = Placed(place=place, actor=actor(), reason=reason, at=now())
    detail = placed.model_dump(mode="json") | {"before": before.model_dump(mode="json") if before else None}
    noted = records.audit.note(
        effect="ladder.moved",
        object=f"{place.scope.kind}",
        actor=placed.actor,
        cause="command line",
        detail=detail,
    )
    return together(records.rungs.put(placed), noted)


def _tell(given: tuple[Place, ...], places: tuple[Place, ...], before: Rung, meant: Meant) -> None:
    """Say who moved; `before` is the rung of whoever had none of their own."""
    for place in given:
        who = say_param(whose(place.scope), spoken())
        was = own_rung(place.scope, places) or before
        # Where they stood under another name is not known, and beside a pipeline it is not one rung.
        known = (was, place.rung) if meant.checked and was != place.rung else (place.rung,)
        rungs = (say(rung_in_words(rung), spoken()) for rung in known)
        click.echo(f"{bold(shown(who))} · {' → '.join(rungs)}")


def _tell_held_back(place: Place, places: tuple[Place, ...]) -> None:
    if own_rung(place.scope, places):
        return
    for other in held_back(place, places):
        warn(message("ladder.held_back", who=whose(other.scope), rung=rung_in_words(place.rung)))
