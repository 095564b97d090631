"""How far flow 1 goes for whom: shadow, draft, live up to an amount, live; up by one rung, down by any."""

from decimal import Decimal
from enum import StrEnum

from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Exact, Value
from raccord.domain.values.deal import Deal
from raccord.domain.values.message import Message, message

_MODES = tuple(Mode)


class Rung(Value):
    """How far a deal may go. `up_to`: a larger net amount, in its own currency, is issued by a person."""

    mode: Mode
    up_to: Exact | None = None

    @property
    def height(self) -> tuple[int, Decimal]:
        """What tells the higher of two rungs."""
        return _MODES.index(self.mode), Decimal("Infinity") if self.up_to is None else self.up_to


SHADOW, DRAFT, LIVE = (Rung(mode=mode) for mode in Mode)


class ScopeKind(StrEnum):
    OWNER = "owner"
    PIPELINE = "pipeline"
    EVERYBODY = "everybody"
    """Whoever has no rung of their own, and whose pipeline has none."""


class Scope(Value):
    """Whose rung it is: a salesperson's or a pipeline's, by its id in the CRM."""

    kind: ScopeKind
    id: str = ""
    name: str = ""
    """What people call it, to be shown."""
    email: str = ""
    """A salesperson's address, by which people name them where the CRM cannot be asked."""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"

    def covers(self, deal: Deal) -> bool:
        """Whether a deal is the salesperson's, by id or e-mail address, or in the pipeline."""
        match self.kind:
            case ScopeKind.OWNER:
                owner = deal.owner
                # Ids are compared as they are: some CRMs tell two users apart by case alone.
                return owner is not None and (
                    self.id == owner.id or self.id.casefold() == owner.email.casefold()
                )
            case ScopeKind.PIPELINE:
                return self.id == deal.pipeline
            case _:
                return False


EVERYBODY = Scope(kind=ScopeKind.EVERYBODY)


class Place(Value):
    """Who stands on which rung."""

    scope: Scope
    rung: Rung


class Refused(ValueError):
    """A step that the ladder does not have; `said` is the reason for a person."""

    def __init__(self, said: Message) -> None:
        super().__init__(said.code)
        self.said = said


def rung_for(deal: Deal, places: tuple[Place, ...], begin: Mode | None, ceiling: Mode) -> Rung:
    """Return a deal's rung: the lower of its salesperson's and its pipeline's, else everybody's.

    `begin` is the mode of whoever has none, `ceiling` that of the settings, which nobody gets past.
    """
    own = [place.rung for place in places if place.scope.covers(deal)]
    return _lowest(*(own or [of_everybody(places, begin, ceiling)]), Rung(mode=ceiling))


def of_everybody(places: tuple[Place, ...], begin: Mode | None, ceiling: Mode) -> Rung:
    """Return the rung of whoever has none."""
    return _lowest(_of_others(places, begin, ceiling), Rung(mode=ceiling))


def standing(scope: Scope, places: tuple[Place, ...], begin: Mode | None, ceiling: Mode) -> Rung:
    """Return the rung on which a salesperson or a pipeline stands now, with a rung of its own or without."""
    own = own_rung(scope, places)
    if own is None:
        return of_everybody(places, begin, ceiling)
    return _lowest(own, Rung(mode=ceiling))


def own_rung(scope: Scope, places: tuple[Place, ...]) -> Rung | None:
    """Return the rung that was given to a salesperson, a pipeline or everybody; None where none was."""
    return next((each.rung for each in places if each.scope.key == scope.key), None)


def promoted(now: Rung, under: Decimal | None, ceiling: Mode) -> Rung:
    """Return the next rung up. Raises `Refused`: with an amount where none belongs, or past the ceiling."""
    up = _above(now, under)
    if up.height > Rung(mode=ceiling).height:
        raise Refused(message("ladder.ceiling", mode=ceiling.value))
    return up


def demoted(
    scope: Scope,
    to: Rung,
    places: tuple[Place, ...],
    begin: Mode | None,
    ceiling: Mode,
    *,
    checked: bool = True,
) -> tuple[Place, ...]:
    """Return who goes down to a rung; no deal goes further than before.

    Raises `Refused` where that is not lower, or would be higher for some. Everybody brings down all those
    that stand higher. Without `checked` nobody knows who is meant, nor where they stand under another name.
    """
    others = _of_others(places, begin, ceiling)
    if scope.kind is ScopeKind.EVERYBODY:
        _must_be_lower(to, others, *(each.rung for each in places))
        # Whoever stands lower stays there: a place for everybody else would take them up.
        named = (each for each in places if each.scope.kind is not ScopeKind.EVERYBODY)
        stand = (Place(scope=EVERYBODY, rung=others), *named)
        return tuple(Place(scope=each.scope, rung=to) for each in stand if each.rung.height > to.height)
    if rung := own_rung(scope, places):
        _must_be_lower(to, rung)
    else:
        if checked:
            _must_be_lower(to, others, *(e.rung for e in places if _meet(e.scope, scope)))
        if to.height > others.height:
            raise Refused(message("ladder.up_by_demotion", rung=rung_in_words(others)))
    return (Place(scope=scope, rung=to),)


def held_back(new: Place, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return who stands higher than a new rung, and goes no further where both meet: a deal has the lower."""
    return tuple(
        each for each in places if _meet(each.scope, new.scope) and each.rung.height > new.rung.height
    )


def rung_in_words(rung: Rung) -> Message:
    """Name a rung."""
    match rung.mode:
        case Mode.SHADOW:
            return message("ladder.rung.shadow")
        case Mode.DRAFT:
            return message("ladder.rung.draft")
        case _ if rung.up_to is not None:
            return message("ladder.rung.live_up_to", amount=rung.up_to)
        case _:
            return message("ladder.rung.live")


def _above(now: Rung, under: Decimal | None) -> Rung:
    match now:
        case Rung(mode=Mode.SHADOW) if under is None:
            return DRAFT
        case Rung(mode=Mode.SHADOW):
            raise Refused(message("ladder.draft_first"))
        case Rung(mode=Mode.DRAFT) if under is None:
            raise Refused(message("ladder.how_much"))
        case Rung(mode=Mode.DRAFT):
            return Rung(mode=Mode.LIVE, up_to=under)
        case Rung(up_to=None):
            raise Refused(message("ladder.top"))
        case Rung(up_to=before) if under is not None and before is not None and under <= before:
            raise Refused(message("ladder.not_higher", amount=before))
        case _:
            return Rung(mode=Mode.LIVE, up_to=under)


def _of_others(places: tuple[Place, ...], begin: Mode | None, ceiling: Mode) -> Rung:
    return own_rung(EVERYBODY, places) or Rung(mode=begin or ceiling)


def _must_be_lower(to: Rung, *now: Rung) -> None:
    highest = max(now, key=lambda rung: rung.height)
    if to.height >= highest.height:
        raise Refused(message("ladder.not_lower", rung=rung_in_words(highest)))


def _meet(one: Scope, other: Scope) -> bool:
    """Whether a deal may be in both."""
    return {one.kind, other.kind} == {ScopeKind.OWNER, ScopeKind.PIPELINE}


def _lowest(*rungs: Rung) -> Rung:
    return min(rungs, key=lambda rung: rung.height)
