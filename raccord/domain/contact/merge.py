"""The three-way merge of one pair, field by field: what both say, against what they last agreed on."""

from datetime import datetime
from enum import StrEnum

from raccord.domain.contact.agreed import LAG, Pair
from raccord.domain.contact.meant import nobody_judges
from raccord.domain.contact.validity import Flaw, entities, entity, flaw
from raccord.domain.rules.contact import Standing
from raccord.domain.values.base import Value
from raccord.domain.values.details import Edit, Field, Side


class What(StrEnum):
    """What is to be done about a field."""

    NOTHING = "nothing"
    AGREE = "agree"
    """Remember what both say: the same, or what nobody wants carried over."""
    WRITE = "write"
    """The value of `origin` goes over."""
    CONFLICT = "conflict"
    """Both were edited, and a person says whose value stands."""
    ENTITY = "entity"
    """The numbers name another legal entity now: a person says whether it is still this customer."""
    INVALID = "invalid"
    """The value of `origin` would go over and cannot be right."""
    STALE = "stale"
    """A side may not show our own write yet: it is looked at again `until` then."""


class Verdict(Value):
    what: What
    origin: Side | None = None
    flaw: Flaw | None = None
    until: datetime | None = None


NOTHING, AGREE = Verdict(what=What.NOTHING), Verdict(what=What.AGREE)


def judge(pair: Pair, field: Field, standing: Standing, now: datetime) -> Verdict:
    """Judge one field that both sides keep, `now` an aware instant."""
    if until := _stale_until(pair, field, now):
        return Verdict(what=What.STALE, until=until)
    known, said = pair.agreed.get(field), pair.now(field)
    edited = tuple(side for side in Side if _edited(pair, field, side))
    if said.alike or not edited:
        same = known is not None and (known.crm, known.billing) == (said.crm, said.billing)
        return NOTHING if same else AGREE
    if len(edited) > 1:
        origin = _prevails(pair, field, standing)
        return carried(pair, field, origin) if origin else Verdict(what=What.CONFLICT)
    (origin,) = edited
    if origin in pair.shared and not (known and known.alike):
        # One address of several sites, or one customer of several companies: it never was this pair's.
        return AGREE
    return carried(pair, field, origin)


def carried(pair: Pair, field: Field, origin: Side, *, confirmed: bool = False) -> Verdict:
    """Say what carrying a value over comes to; `confirmed`: a person said that it is this customer still."""
    if left_out(pair, field, origin):
        return AGREE
    if found := flaw(pair.sight(origin), field):
        return Verdict(what=What.INVALID, origin=origin, flaw=found)
    if not confirmed and _another_entity(pair, field, origin):
        return Verdict(what=What.ENTITY, origin=origin)
    return Verdict(what=What.WRITE, origin=origin)


def left_out(pair: Pair, field: Field, origin: Side) -> bool:
    """Whether a value stays without a question: the other side cannot hold it, or nobody can judge it."""
    return not pair.fits(field, origin) or nobody_judges(pair.sight(origin).details, field)


def _edited(pair: Pair, field: Field, side: Side) -> bool:
    """Whether somebody typed a value since both last agreed. One taken away is never carried over."""
    said, edit, known = pair.says(side, field), pair.sight(side).edits.get(field), pair.agreed.get(field)
    if not said or (edit and edit.ours and not _remembered(pair, field, side, edit)):
        return False
    if known:
        return said != known.of(side)
    return edit is not None and edit.at is not None and edit.at > pair.since


def _remembered(pair: Pair, field: Field, side: Side, edit: Edit) -> bool:
    """Whether we know what came of our own edit: where the side says something else, somebody typed since.

    A side may tell of that later than it shows it.
    """
    known = pair.agreed.get(field)
    if known is None or edit.at is None:
        return False
    wrote = known.written.at if known.written and known.written.side is side else pair.since
    return edit.at <= max(wrote, pair.since)


def _stale_until(pair: Pair, field: Field, now: datetime) -> datetime | None:
    known = pair.agreed.get(field)
    ours = known.written if known else None
    if known is None or ours is None or now >= ours.at + LAG:
        return None
    said, edit = pair.says(ours.side, field), pair.sight(ours.side).edits.get(field)
    if said != ours.before or said == known.of(ours.side):
        return None
    put_back = edit is not None and edit.at is not None and not edit.ours and edit.at > ours.at
    return None if put_back else ours.at + LAG


def _prevails(pair: Pair, field: Field, standing: Standing) -> Side | None:
    match standing:
        case Standing.CRM:
            return Side.CRM
        case Standing.BILLING:
            return Side.BILLING
        case Standing.NEWEST:
            crm, billing = (_typed_at(pair, field, side) for side in Side)
            if crm is None or billing is None or crm == billing:
                return None
            return Side.CRM if crm > billing else Side.BILLING
        case Standing.ASK:
            return None


def _typed_at(pair: Pair, field: Field, side: Side) -> datetime | None:
    edit = pair.sight(side).edits.get(field)
    return edit.at if edit else None


def _another_entity(pair: Pair, field: Field, origin: Side) -> bool:
    named = entity(pair.sight(origin).details, field)
    there = entities(pair.sight(origin.other).details)
    return bool(named and there and named not in there)
