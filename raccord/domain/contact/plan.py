"""What is to be done about a customer: over all its companies, what goes over and what is asked."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from raccord.domain.contact.agreed import Agreement, Pair
from raccord.domain.contact.merge import AGREE, Verdict, What, judge
from raccord.domain.contact.said import taken_over
from raccord.domain.contact.validity import Flaw
from raccord.domain.rules.contact import Standing
from raccord.domain.values.base import Value
from raccord.domain.values.details import Changes, Field, Side


class Carrying(Value):
    """What goes over from one side of a pair to the other, in one write."""

    company: str
    """Of the pair."""
    origin: Side
    fields: tuple[Field, ...]


class Topic(StrEnum):
    """What a person is asked about."""

    CONFLICT = "conflict"
    RIVALS = "rivals"
    """Several companies of one customer say different things."""
    ENTITY = "entity"
    INVALID = "invalid"


class Doubt(Value):
    """Something that a person has to settle; nothing of it is written before."""

    topic: Topic
    companies: tuple[str, ...]
    """Of the pairs; more than one only for rivals."""
    fields: tuple[Field, ...]
    """More than one only where they name another legal entity together."""
    origin: Side | None = None
    flaw: Flaw | None = None


class Plan(Value):
    agreed: dict[str, dict[Field, Agreement]] = {}
    """What is remembered without a write, by company."""
    writes: tuple[Carrying, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    until: datetime | None = None
    """When to look again, as a side may not show our own writes yet."""


def plan_of(pairs: tuple[Pair, ...], standings: dict[Field, Standing], now: datetime) -> Plan:
    """Judge every field of `standings` in every pair, `now` an aware instant."""
    verdicts = {
        (pair.company, field): judge(pair, field, standing, now)
        for field, standing in standings.items()
        for pair in pairs
        if field in pair.kept
    }
    rivals = tuple(_rivals(pairs, standings, verdicts))
    at_odds = {(company, doubt.fields[0]) for doubt in rivals for company in doubt.companies}
    alone = {key: verdict for key, verdict in verdicts.items() if key not in at_odds}
    return Plan(
        agreed={
            pair.company: found
            for pair in pairs
            if (found := {f: pair.now(f) for f in _fields(alone, pair.company, What.AGREE)})
        },
        writes=tuple(_writes(pairs, alone)),
        doubts=(*_doubts(pairs, alone), *rivals),
        until=max((v.until for v in verdicts.values() if v.until), default=None),
    )


def changes_of(pair: Pair, carrying: Carrying) -> Changes:
    """Return what the write asks for, and what was there when it was decided."""
    source, target = pair.sight(carrying.origin), pair.sight(carrying.origin.other)
    details = target.details
    for field in carrying.fields:
        details = taken_over(details, field, source.details, region=source.has_regions)
    return Changes(fields=frozenset(carrying.fields), details=details, expected=target.details)


def _fields(verdicts: dict[tuple[str, Field], Verdict], company: str, what: What) -> tuple[Field, ...]:
    return tuple(
        field for (its, field), verdict in verdicts.items() if (its, verdict.what) == (company, what)
    )


def _writes(pairs: Iterable[Pair], verdicts: dict[tuple[str, Field], Verdict]) -> Iterator[Carrying]:
    """Yield the writes, one a side of a pair; of a value that several companies share only one."""
    given: set[tuple[Field, str]] = set()
    for pair in pairs:
        for origin in Side:
            fields = tuple(
                field
                for field in _fields(verdicts, pair.company, What.WRITE)
                if verdicts[pair.company, field].origin is origin
                and (field, pair.says(origin, field)) not in given
            )
            if origin is Side.CRM:
                given.update((field, pair.says(origin, field)) for field in fields)
            if fields:
                yield Carrying(company=pair.company, origin=origin, fields=fields)


def _doubts(pairs: Iterable[Pair], verdicts: dict[tuple[str, Field], Verdict]) -> Iterator[Doubt]:
    for pair in pairs:
        its = (pair.company,)
        for origin in Side:
            numbers = tuple(
                field
                for field in _fields(verdicts, pair.company, What.ENTITY)
                if verdicts[pair.company, field].origin is origin
            )
            if numbers:
                yield Doubt(topic=Topic.ENTITY, companies=its, fields=numbers, origin=origin)
        for field in _fields(verdicts, pair.company, What.INVALID):
            found = verdicts[pair.company, field]
            yield Doubt(
                topic=Topic.INVALID, companies=its, fields=(field,), origin=found.origin, flaw=found.flaw
            )
        for field in _fields(verdicts, pair.company, What.CONFLICT):
            yield Doubt(topic=Topic.CONFLICT, companies=its, fields=(field,))


def _rivals(
    pairs: tuple[Pair, ...], fields: Iterable[Field], verdicts: dict[tuple[str, Field], Verdict]
) -> Iterator[Doubt]:
    """Yield the fields that several companies would write differently on their one customer."""
    for field in fields:
        found = {
            pair.company: pair.says(Side.CRM, field)
            for pair in pairs
            if (verdict := verdicts.get((pair.company, field), AGREE)).what is What.WRITE
            and verdict.origin is Side.CRM
        }
        if len(set(found.values())) > 1:
            yield Doubt(topic=Topic.RIVALS, companies=tuple(found), fields=(field,), origin=Side.CRM)
