"""The account's records and the rules under which they change. No HTTP here."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.hubspot import account, merging
from sandbox.hubspot.calculations import calculated, stages
from sandbox.hubspot.errors import Problem, Refused, invalid, invalid_values, not_found
from sandbox.hubspot.kinds import KINDS, LINKS, Kind, Link, plain_link
from sandbox.hubspot.merging import Merge, MergedAway
from sandbox.hubspot.pipelines import pipelines
from sandbox.hubspot.records import Actor, Associations, Record, Tie, iso
from sandbox.hubspot.schema import Schema, WrongValue
from sandbox.hubspot.settings import HubSpotSettings

_CALCULATED = Actor("CALCULATED", "")
_REQUIRED = {"tasks": ("hs_timestamp",), "notes": ("hs_timestamp",)}


@dataclass(frozen=True)
class Change:
    """Something that happened, as a webhook would tell it. `what` is creation, deletion, and so on."""

    kind: Kind
    what: str
    object_id: str
    actor: Actor
    at: datetime
    name: str = ""
    value: str = ""
    other_id: str = ""
    link: Link | None = None
    removed: bool = False
    merge: Merge | None = None


class Crm:
    """One account. Writes either happen whole or raise `Refused` and change nothing."""

    def __init__(self, *, settings: Callable[[], HubSpotSettings], tell: Callable[[Change], None]) -> None:
        self._settings = settings
        now = self.settings
        self.schemas = account.schemas(
            custom=now.custom_properties, payment=now.custom_properties and now.payment_properties
        )
        self.pipelines = pipelines()
        self.owners: dict[str, dict[str, Any]] = {}
        self.records: dict[str, dict[str, Record]] = {kind: {} for kind in KINDS}
        self.merged: dict[str, dict[str, MergedAway]] = {kind: {} for kind in KINDS}
        self.links = Associations()
        self._bin: dict[tuple[str, str], list[Tie]] = {}
        self._tell = tell
        self._ids = itertools.count(39_000_000_001)

    @property
    def settings(self) -> HubSpotSettings:
        """As they are now."""
        return self._settings()

    def schema(self, kind: Kind) -> Schema:
        return self.schemas[kind.plural]

    def find(self, kind: Kind, key: str, *, id_property: str | None = None, archived: bool = False) -> Record:
        """The record by id, or by one of its unique properties; 404 when absent or archived.

        The id of a record that was merged away finds the one that remains.
        """
        if id_property in (None, "hs_object_id"):
            record = self.known(kind, key)
        else:
            record = self._by_unique(kind, str(id_property), key)
        if record is None or (record.archived is not None) != archived:
            raise not_found()
        return record

    def known(self, kind: Kind, key: str) -> Record | None:
        """The record an id leads to through all merges, archived or not."""
        away = self.merged[kind.plural]
        while key in away:
            key = away[key].into
        return self.records[kind.plural].get(key)

    def indexed(self, kind: Kind, *, at: datetime | None) -> Iterable[Record]:
        """What search sees: the living ones, or those that lived at an instant, merged away since or not."""
        if at is None:
            return self.living(kind)
        away = (gone.record for gone in self.merged[kind.plural].values() if gone.at > at)
        return (
            record
            for record in itertools.chain(self.records[kind.plural].values(), away)
            if record.born <= at and (record.archived is None or record.archived > at)
        )

    def living(self, kind: Kind) -> Iterable[Record]:
        return (record for record in self.records[kind.plural].values() if record.archived is None)

    def load(self, kind: Kind, record_id: str, values: Mapping[str, str], *, created: datetime) -> Record:
        """Take a seeded record as it is, however dirty; tells nobody."""
        record = Record(kind=kind, id=record_id, created=created, updated=created)
        self.records[kind.plural][record_id] = record
        for name, value in values.items():
            record.put(name, value, at=created, actor=Actor("IMPORT", ""))
        self._derive(record, at=created)
        return record

    def create(
        self, kind: Kind, values: Mapping[str, Any], links: Iterable[tuple[Record, Link]], *, actor: Actor
    ) -> Record:
        """A new record with its associations."""
        given = {"pipeline": "default", **values} if kind.plural == "deals" else values
        now = datetime.now(UTC)
        record = Record(kind=kind, id=str(next(self._ids)), created=now, updated=now)
        if missing := [name for name in _REQUIRED.get(kind.plural, ()) if not given.get(name)]:
            raise invalid(
                f"Error creating {kind.singular.upper()}. Some required properties were not set: {missing}."
            )
        accepted = self._accepted(record, given)
        self.records[kind.plural][record.id] = record
        self._apply(record, accepted, at=now, actor=actor, quiet=True)
        self._tell(Change(kind, "creation", record.id, actor, now))
        for other, link in links:
            self.associate(record, other, link, actor=actor)
        return record

    def update(self, record: Record, values: Mapping[str, Any], *, actor: Actor) -> bool:
        """Change properties; False when every value was there already."""
        return self._apply(record, self._accepted(record, values), at=datetime.now(UTC), actor=actor)

    def archive(self, record: Record, *, actor: Actor) -> None:
        """Move to the recycling bin: gone for every read, its associations with it."""
        record.archived = datetime.now(UTC)
        self._bin[record.kind.plural, record.id] = self.links.clear(record)
        self._tell(Change(record.kind, "deletion", record.id, actor, record.archived))

    def restore(self, record: Record, *, actor: Actor) -> None:
        """Take back out of the recycling bin, with the associations whose other end is still there."""
        record.archived, record.updated = None, datetime.now(UTC)
        self._derive(record, at=record.updated)
        for target, other, link in self._bin.pop((record.kind.plural, record.id), []):
            end = self.known(KINDS[target], other)
            if end is not None and end.archived is None:
                self.links.add(record.kind.plural, record.id, end.id, link)
        self._tell(Change(record.kind, "restore", record.id, actor, record.updated))

    def merge(self, primary: Record, other: Record, *, actor: Actor) -> Record:
        """Make one record of two: a new one, or the primary itself. No property change is told."""
        if primary is other:
            raise invalid(f"Cannot merge {primary.kind.singular} {primary.id} into itself.")
        now, kind, creates_new = datetime.now(UTC), primary.kind, self.settings.merge_creates_new
        gone, survivor = [other], primary
        if creates_new:
            gone = [primary, other]
            survivor = merging.successor(str(next(self._ids)), primary, other, at=now)
            self.records[kind.plural][survivor.id] = survivor
        writable = [name for name, prop in self.schema(kind).properties.items() if not prop.calculated]
        moved = merging.take_values(survivor, primary, other, writable, at=now, actor=actor)
        if self.settings.merge_lists_ids:
            merging.note_merged(survivor, (primary, other), gone, at=now)
        for record in gone:
            merging.move_links(self.links, record, survivor)
            del self.records[kind.plural][record.id]
            self.merged[kind.plural][record.id] = MergedAway(record, survivor.id, now)
        survivor.updated = now
        self._derive(survivor, at=now)
        merge = Merge(primary.id, other.id, survivor.id if creates_new else "", moved)
        for what, subject in (("merge", survivor), ("deletion", other)):
            self._tell(Change(kind, what, subject.id, actor, now, merge=merge))
        return survivor

    def associate(self, record: Record, other: Record, link: Link, *, actor: Actor) -> bool:
        """Add an association type; a labelled one brings the plain one along. False when it was there."""
        if link.primary and link.target != "companies":
            # The one primary company belongs to the deal or contact, whichever end it is set from.
            back = LINKS[link.target, link.origin, link.back]
            return self.associate(other, record, back, actor=actor)
        origin, target = record.kind.plural, other.kind.plural
        if link.primary and other.id not in _primaries(self.links.of(record, target)):
            self.links.demote(origin, record.id, target)
        added = self.links.add(origin, record.id, other.id, link)
        self.links.add(origin, record.id, other.id, plain_link(origin, target))
        if added:
            self._tell_association(record, other, link, actor, removed=False)
        return added

    def dissociate(self, record: Record, other: Record, *, actor: Actor) -> bool:
        """Remove every association between two records; False when there was none."""
        origin, target = record.kind.plural, other.kind.plural
        removed = self.links.discard(origin, record.id, target, other.id)
        if removed:
            self._tell_association(record, other, plain_link(origin, target), actor, removed=True)
        return removed

    def _tell_association(
        self, record: Record, other: Record, link: Link, actor: Actor, *, removed: bool
    ) -> None:
        now, back = datetime.now(UTC), LINKS[link.target, link.origin, link.back]
        for one, two, way in ((record, other, link), (other, record, back)):
            self._tell(
                Change(
                    one.kind, "associationChange", one.id, actor, now,
                    other_id=two.id, link=way, removed=removed,
                )
            )  # fmt: skip

    def _by_unique(self, kind: Kind, name: str, value: str) -> Record | None:
        prop = self.schema(kind).properties.get(name)
        if prop is None or not prop.unique:
            raise invalid(f"{name} is not a unique property of {kind.plural}.")
        return next((record for record in self.living(kind) if record.value(name) == value), None)

    def _accepted(self, record: Record, values: Mapping[str, Any]) -> dict[str, str]:
        """Values as they will be stored; refuses all wrong ones together."""
        accepted, problems = {}, list[Problem]()
        for name, value in values.items():
            try:
                accepted[name] = self._checked(record, name, _text(name, value))
            except WrongValue as wrong:
                problems.append(wrong.problem(name))
        if not problems and record.kind.plural == "deals":
            problems.extend(self._stage_problems(record, accepted))
        if problems:
            raise invalid_values(problems, portal=self.settings.portal)
        return accepted

    def _checked(self, record: Record, name: str, value: str) -> str:
        prop = self.schema(record.kind).properties.get(name)
        if prop is None:
            raise WrongValue("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        if name == "hubspot_owner_id" and value and value not in self.owners:
            raise WrongValue("INVALID_OWNER_ID", f"{value} is not the id of an owner.")
        accepted = prop.accept(value)
        if prop.unique and accepted:
            holder = self._by_unique(record.kind, name, accepted)
            if holder and holder is not record:
                self._taken(record.kind, name, accepted, holder)
        return accepted

    @staticmethod
    def _taken(kind: Kind, name: str, value: str, holder: Record) -> None:
        if (kind.plural, name) == ("contacts", "email"):
            raise Refused(409, f"Contact already exists. Existing ID: {holder.id}", category="CONFLICT")
        raise WrongValue("CONFLICTING_UNIQUE_VALUE", f"{holder.id} already has the value {value} for {name}.")

    def _stage_problems(self, record: Record, accepted: Mapping[str, str]) -> list[Problem]:
        stage = accepted.get("dealstage", record.value("dealstage"))
        pipeline = accepted.get("pipeline", record.value("pipeline"))
        if not stage or stage in {found["id"] for found in stages(self.pipelines, pipeline)}:
            return []
        message = f"{stage} is not a stage of the pipeline {pipeline}"
        return [WrongValue("INVALID_OPTION", message).problem("dealstage")]

    def _apply(
        self, record: Record, values: Mapping[str, str], *, at: datetime, actor: Actor, quiet: bool = False
    ) -> bool:
        was_closed = record.value("hs_is_closed") == "true"
        changed = [name for name, value in values.items() if record.put(name, value, at=at, actor=actor)]
        if not changed and not quiet:
            return False
        record.updated = at
        derived = self._derive(record, at=at)
        if record.value("hs_is_closed") == "true" and not was_closed and "closedate" not in values:
            derived += ["closedate"] * record.put("closedate", iso(at), at=at, actor=_CALCULATED)
        if not quiet:
            for name in changed:
                self._tell(
                    Change(record.kind, "propertyChange", record.id, actor, at, name, record.value(name))
                )
            for name in derived:
                value = record.value(name)
                self._tell(Change(record.kind, "propertyChange", record.id, _CALCULATED, at, name, value))
        return True

    def _derive(self, record: Record, *, at: datetime) -> list[str]:
        """Set what HubSpot calculates; the names of calculated properties that changed their value."""
        values = calculated(record, self.pipelines)
        changed = [
            name for name, value in values.items() if record.put(name, value, at=at, actor=_CALCULATED)
        ]
        record.put("hs_object_id", record.id, at=at, actor=_CALCULATED)
        record.put(record.kind.created, iso(record.created), at=at, actor=_CALCULATED)
        record.put(record.kind.modified, iso(record.updated), at=at, actor=_CALCULATED)
        return changed


def _text(name: str, value: Any) -> str:
    """A JSON value as HubSpot takes it for a property: text, number or truth value."""
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | Decimal():
            return str(value)
    raise invalid(f"Invalid input JSON: cannot read the value of {name} as a text")


def _primaries(found: Mapping[str, list[Link]]) -> set[str]:
    return {other for other, links in found.items() if any(link.primary for link in links)}
