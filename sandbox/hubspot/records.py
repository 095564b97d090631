"""Records with the history of every value, so that a search can look at them as they were a moment ago."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.hubspot.kinds import Kind, Link

Tie = tuple[str, str, Link]


@dataclass(frozen=True)
class Actor:
    """Who writes: HubSpot's `changeSource` and `sourceId`."""

    source: str
    source_id: str


@dataclass(frozen=True)
class Version:
    """One value a property had from `at` on."""

    value: str
    at: datetime
    actor: Actor

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "value": self.value,
            "timestamp": iso(self.at),
            "sourceType": self.actor.source,
            "sourceId": self.actor.source_id,
        }
        if self.actor.source_id.startswith("userId:"):
            body["updatedByUserId"] = int(self.actor.source_id.removeprefix("userId:"))
        return body


@dataclass
class Record:
    """One CRM record. Values are texts; a cleared one is the empty text, and is shown as null."""

    kind: Kind
    id: str
    created: datetime
    updated: datetime
    history: dict[str, list[Version]] = field(default_factory=dict)
    archived: datetime | None = None
    since: datetime | None = None

    @property
    def born(self) -> datetime:
        """When the record came to be; a merged one keeps the creation date of its oldest part, born later."""
        return self.since or self.created

    def value(self, name: str, *, at: datetime | None = None) -> str:
        """The value now, or as it was at an instant; empty when there is none."""
        versions = self.history.get(name, [])
        return next((v.value for v in reversed(versions) if at is None or v.at <= at), "")

    def values(self) -> dict[str, str]:
        return {name: versions[-1].value for name, versions in self.history.items() if versions[-1].value}

    def put(self, name: str, value: str, *, at: datetime, actor: Actor) -> bool:
        """Set a value; False when it was so already."""
        if self.value(name) == value:
            return False
        self.history.setdefault(name, []).append(Version(value, at, actor))
        return True

    def as_json(
        self,
        properties: Iterable[str] = (),
        *,
        with_history: Iterable[str] = (),
        known: Iterable[str] = (),
        at: datetime | None = None,
    ) -> dict[str, Any]:
        """As the objects API shows it: asked (or default) properties that exist, and those always there.

        `at` gives the values of an earlier instant, as an index that lags behind does.
        """
        wanted, existing = tuple(properties) or self.kind.defaults, set(known)
        names = dict.fromkeys((*wanted, *with_history, *self.kind.always))
        body: dict[str, Any] = {
            "id": self.id,
            "properties": {name: self.value(name, at=at) or None for name in names if name in existing},
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "archived": self.archived is not None,
        }
        if self.archived:
            body["archivedAt"] = iso(self.archived)
        if with_history:
            body["propertiesWithHistory"] = {
                name: [version.as_json() for version in reversed(self.history.get(name, []))]
                for name in with_history
                if name in existing
            }
        return body


class Associations:
    """Labelled associations, kept in both directions and in the order in which they were made."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, str, str], dict[str, list[Link]]] = {}

    def of(self, record: Record, target: str) -> Mapping[str, list[Link]]:
        """Ids of the other side with their association types."""
        return self._links.get((record.kind.plural, record.id, target), {})

    def add(self, origin: str, origin_id: str, target_id: str, link: Link) -> bool:
        """Add one association type both ways; False when it was there."""
        back = Link(link.target, link.origin, link.back, link.type_id, link.label, link.primary)
        added = self._put((origin, origin_id, link.target), target_id, link)
        self._put((link.target, target_id, origin), origin_id, back)
        return added

    def discard(self, origin: str, origin_id: str, target: str, target_id: str) -> bool:
        """Remove everything between two records; False when there was nothing."""
        there = self._links.get((origin, origin_id, target), {}).pop(target_id, None)
        self._links.get((target, target_id, origin), {}).pop(origin_id, None)
        return there is not None

    def clear(self, record: Record) -> list[Tie]:
        """Remove everything around a record; what was removed, in order."""
        removed = self.around(record)
        for target, other, _ in removed:
            self.discard(record.kind.plural, record.id, target, other)
        return removed

    def around(self, record: Record) -> list[Tie]:
        """Every association type of a record: target type, target id and the type, in order."""
        return [
            (target, other, link)
            for (kind, record_id, target), found in self._links.items()
            if (kind, record_id) == (record.kind.plural, record.id)
            for other, links in found.items()
            for link in links
        ]

    def demote(self, origin: str, origin_id: str, target: str) -> None:
        """Nobody stays the primary one: HubSpot keeps one primary per record."""
        for target_id, links in self._links.get((origin, origin_id, target), {}).items():
            links[:] = [link for link in links if not link.primary]
            back = self._links[target, target_id, origin][origin_id]
            back[:] = [link for link in back if not link.primary]

    def everything(self, record: Record) -> dict[str, dict[str, list[int]]]:
        """Target type -> target id -> association type ids, for the control API."""
        return {
            target: {other: [link.type_id for link in links] for other, links in found.items()}
            for (kind, record_id, target), found in self._links.items()
            if (kind, record_id) == (record.kind.plural, record.id) and found
        }

    def _put(self, key: tuple[str, str, str], other: str, link: Link) -> bool:
        links = self._links.setdefault(key, {}).setdefault(other, [])
        if link in links:
            return False
        links.append(link)
        return True


def iso(value: datetime) -> str:
    """HubSpot's time stamps: UTC, milliseconds, Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
