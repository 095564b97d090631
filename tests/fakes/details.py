"""One side of what is kept in step, in memory, as `raccord.connectors.details` describes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from raccord.connectors.errors import Permanent
from raccord.domain.contact.said import essence, taken_over
from raccord.domain.values.details import ChangedRecords, Changes, Details, Edit, Field, Sight
from raccord.domain.values.message import RecordKind, RecordName
from tests.fakes.switches import Switches

PERSON = "anne@hexalab.example"
OURS = "raccord"


@dataclass
class Kept:
    """A record with what every field said in its time: who wrote which value when, the last one last."""

    details: Details
    history: dict[Field, list[Edit]] = field(default_factory=dict)
    before: Details | None = None
    """What is still answered for one reading, where the side lags."""


class KeptInStep(Switches):
    """Records by id. A person edits with `typed`, merges with `unite`, and deletes with `delete`."""

    kind = RecordKind.CUSTOMER

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Kept] = {}
        self.deleted: set[str] = set()
        self.united: dict[str, str] = {}
        """Survivors by the ids that they swallowed."""
        self.keeps = frozenset(Field)
        self.tells_edits = True
        self.has_regions = True
        self.longest: dict[Field, int] = {}
        self.lags = 0
        """How many readings after a write still answer what was said before."""
        self.unverified: set[Field] = set()
        self.owner_id = ""
        self.also: tuple[RecordName, ...] = ()
        self.rewrites: Callable[[Details], Details] = lambda details: details
        """What the vendor makes of what we write."""
        self.wrote: list[tuple[str, frozenset[Field]]] = []
        """Our writes that changed something: the record and the fields."""
        self.clock: Callable[[], datetime] | None = None
        self.answer_holds = 1_000
        """How many changes one answer names."""

    def holds(self, id: str, details: Details) -> None:
        """Let the side have this record, typed before anything."""
        self.kept[id] = Kept(details)

    def typed(self, id: str, at: datetime, *, by: str = PERSON, source: Details, fields: set[Field]) -> None:
        """Let a person type these fields as `source` has them."""
        found = self.kept[id]
        for each in fields:
            part = {"address", "country_text"} if each is Field.ADDRESS else {each.value}
            found.details = found.details.model_copy(update={name: getattr(source, name) for name in part})
            found.history.setdefault(each, []).append(Edit(at=at, by=by))

    def unite(self, loser: str, survivor: str) -> None:
        """Let a person merge two records."""
        self.united[loser] = survivor

    def delete(self, id: str) -> None:
        self.deleted.add(id)

    def sight(self, id: str) -> Sight:
        """Return what a reading answers."""
        while id in self.united:
            id = self.united[id]
        if id in self.deleted or id not in self.kept:
            return Sight(record=RecordName(kind=self.kind, id=id), gone=True)
        found = self.kept[id]
        details = found.details
        if found.before is not None and self.lags:
            self.lags -= 1
            details = found.before
        return Sight(
            record=RecordName(kind=self.kind, id=id, name=found.details.name),
            url=f"https://vendor.example/{id}",
            details=details,
            edits={each: told[-1] for each, told in found.history.items()} if self.tells_edits else {},
            keeps=self.keeps,
            has_regions=self.has_regions,
            longest=self.longest,
            verified=dict.fromkeys(self.unverified, "unverified"),
            owner_id=self.owner_id,
            also=self.also,
        )

    def put(self, id: str, changes: Changes, at: datetime) -> None:
        """Write what is not there already, unless something else is there than was expected."""
        found = self.kept[id]
        other = {
            each for each in changes.fields if essence(found.details, each) != essence(changes.details, each)
        }
        if any(essence(found.details, each) != essence(changes.expected, each) for each in other):
            raise Permanent("It says something else by now.", code="look_again")
        if not other:
            return
        found.before = found.details
        wanted = found.details
        for each in other:
            wanted = taken_over(wanted, each, changes.details)
            found.history.setdefault(each, []).append(Edit(at=at, by=OURS, ours=True))
        found.details = self.rewrites(wanted)
        self.wrote.append((id, frozenset(other)))

    async def read_details(self, record_id: str) -> Sight:
        await self._call("read_details")
        return self.sight(record_id)

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        await self._call("details_changed")
        changes = sorted(
            (max(edit.at for told in found.history.values() for edit in told if edit.at), id)
            for id, found in self.kept.items()
            if any(edit.at and edit.at >= since for told in found.history.values() for edit in told)
        )
        ids, rest = tuple(id for _, id in changes[: self.answer_holds]), changes[self.answer_holds :]
        return ChangedRecords(ids=ids, seen_to=rest[0][0] if rest else until or since, more=bool(rest))

    async def write_details(self, record_id: str, changes: Changes, *, key: str) -> None:
        await self._call("write_details")
        assert key
        now = self.clock() if self.clock else datetime.now().astimezone()
        self.put(record_id, changes, now)
