"""How two records become one.

HubSpot docs: the primary record's values win, the other's fill what is empty; associations are united, and of
two primary ones the primary record's stays; all former ids lead to the one that remains.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.hubspot.kinds import LINKS
from sandbox.hubspot.records import Actor, Associations, Record, Version

MERGED_IDS = "hs_merged_object_ids"


@dataclass(frozen=True)
class Merge:
    """One merge, as the webhook tells it. `new_id` is empty when the primary record itself remained."""

    primary_id: str
    merged_id: str
    new_id: str
    properties_moved: int


@dataclass(frozen=True)
class MergedAway:
    """A record that is no more: it was merged into another at an instant."""

    record: Record
    into: str
    at: datetime


def successor(record_id: str, primary: Record, other: Record, *, at: datetime) -> Record:
    """A new record for both, as old as the older one, with both histories and no value of its own yet."""
    made = Record(
        kind=primary.kind,
        id=record_id,
        created=min(primary.created, other.created),
        updated=at,
        since=at,
    )
    for name in (*primary.history, *(name for name in other.history if name not in primary.history)):
        versions = (*primary.history.get(name, ()), *other.history.get(name, ()))
        made.history[name] = sorted(versions, key=lambda version: version.at)
    return made


def take_values(
    survivor: Record, primary: Record, other: Record, names: Iterable[str], *, at: datetime, actor: Actor
) -> int:
    """Give the survivor the values it ends with; how many of them came from `other`."""
    moved = 0
    for name in names:
        own = primary.value(name)
        if not own and other.value(name):
            moved += 1
        survivor.put(name, own or other.value(name), at=at, actor=actor)
    return moved


def note_merged(survivor: Record, parts: Iterable[Record], gone: Iterable[Record], *, at: datetime) -> None:
    """List every id that ever became part of the survivor."""
    earlier = [name for part in parts for name in part.value(MERGED_IDS).split(";") if name]
    ids = ";".join(dict.fromkeys([*earlier, *(record.id for record in gone)]))
    survivor.history.setdefault(MERGED_IDS, []).append(Version(ids, at, Actor("CALCULATED", "")))


def move_links(links: Associations, record: Record, survivor: Record) -> None:
    """Hand a record's associations to the survivor, which keeps a primary company it already has."""
    for target, other, link in links.clear(record):
        taken = link.primary and _has_primary(links, survivor, target)
        if not (taken and _one_primary(record.kind.plural, target)):
            links.add(survivor.kind.plural, survivor.id, other, link)


def _has_primary(links: Associations, record: Record, target: str) -> bool:
    return any(link.primary for found in links.of(record, target).values() for link in found)


def _one_primary(origin: str, target: str) -> bool:
    """A deal or contact has one primary company; a company may be the primary one of many."""
    return target == "companies" and any(
        link.primary for (one, two, _), link in LINKS.items() if (one, two) == (origin, target)
    )
