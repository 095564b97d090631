"""Everything in the account, and the only ways in which a record changes."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sandbox.pipedrive.errors import Json, Refused, not_found
from sandbox.pipedrive.fields import Field, own_fields
from sandbox.pipedrive.records import By, Event, Record, of_v1
from sandbox.pipedrive.settings import PipedriveSettings

KINDS = ("deal", "organization", "person", "activity", "product", "note", "deal_product")
FIELD_KINDS = ("deal", "organization", "person", "activity")
_FIRST = 1001
_KEPT = timedelta(days=30)
"""A deletion is soft for so long (pipedrive.md 4)."""


def numbers() -> dict[str, Iterator[int]]:
    """Ids of new rows, above the seeded ones. They go on over a reset: a real account reuses none."""
    return {kind: itertools.count(_FIRST) for kind in (*KINDS, "field", "filter", "installment", "option")}


class Account:
    """One company's records, users, pipelines and fields. `tell` hears of every event."""

    def __init__(
        self,
        *,
        settings: Callable[[], PipedriveSettings],
        tell: Callable[[Event], None],
        ids: Mapping[str, Iterator[int]],
    ) -> None:
        self._settings, self._tell, self._ids = settings, tell, ids
        self.records: dict[str, dict[int, Record]] = {kind: {} for kind in KINDS}
        self.fields: dict[str, dict[str, Field]] = {kind: own_fields(kind) for kind in FIELD_KINDS}
        self.users: dict[int, Json] = {}
        self.pipelines: list[Json] = []
        self.stages: list[Json] = []
        self.activity_types: list[Json] = []
        self.discounts: dict[str, Json] = {}
        self.installments: dict[int, Json] = {}
        self.filters: dict[int, Json] = {}
        self.changes: list[Json] = []

    @property
    def settings(self) -> PipedriveSettings:
        return self._settings()

    def new_id(self, kind: str) -> int:
        return next(self._ids[kind])

    def all(self, kind: str) -> list[Record]:
        """Every record that is not deleted, oldest first."""
        return [record for record in self.records[kind].values() if record.deleted is None]

    def find(self, kind: str, id_: int, by: By, *, deleted: bool = False) -> Record:
        """A record by its id; `deleted`: also one that was deleted in the last 30 days. 404 otherwise."""
        record = self.records[kind].get(id_)
        if record is None or not self.visible(record, by.user):
            raise not_found(kind.capitalize())
        if record.deleted and not (deleted and by.at - record.deleted < _KEPT):
            raise not_found(kind.capitalize())
        return record

    def exists(self, kind: str, id_: int) -> bool:
        """Whether a field may point there; `org`, `people` and `user` are names of field types."""
        if kind == "user":
            return id_ in self.users
        record = self.records[{"org": "organization", "people": "person"}.get(kind, kind)].get(id_)
        return record is not None and record.deleted is None

    def visible(self, record: Record, user: int) -> bool:
        """Visible to the owner alone, or to everybody (pipedrive.md 1: events are filtered by that)."""
        if record.values.get("visible_to") != 1 or record.values.get("owner_id") == user:
            return True
        return any(access["admin"] for access in self.users[user]["access"])

    def add(self, kind: str, values: Json, custom: Json, by: By, *, id_: int | None = None) -> Record:
        record = self.load(kind, id_ or self.new_id(kind), values, custom, by)
        self._tell(Event("create", record, self._picture(record), None, by))
        return record

    def load(self, kind: str, id_: int, values: Json, custom: Json, by: By) -> Record:
        """Add a record of which nobody is told."""
        stamps = {"add_time": by.stamp, "update_time": by.stamp}
        record = Record(id_, kind, {**stamps, **values}, dict(custom))
        self.records[kind][id_] = record
        record.keep()
        return record

    def change(
        self, record: Record, values: Json, custom: Json, by: By, *, merged_from: int | None = None
    ) -> None:
        """Change what differs; what is as it was is no change and nobody is told."""
        before, custom_before = dict(record.values), dict(record.custom)
        changed = {name: value for name, value in values.items() if before.get(name) != value}
        own = {code: value for code, value in custom.items() if custom_before.get(code) != value}
        if not changed and not own and merged_from is None:
            return
        record.values.update(changed, update_time=max(by.stamp, before["update_time"]))
        record.custom.update(own)
        record.keep()
        previous: Json = {name: before.get(name) for name in changed}
        if self.settings.previous_update_time:
            previous["update_time"] = before["update_time"]
        if own:
            fields = self.fields[record.kind]
            previous["custom_fields"] = {
                code: fields[code].shown_in_webhook(custom_before.get(code)) for code in own
            }
        self._log(record, {**before, **custom_before}, {**changed, **own}, by)
        self._tell(Event("change", record, self._picture(record), previous, by, merged_from=merged_from))

    def touch(self, record: Record, by: By) -> None:
        """Nothing of its own changes but the time, and it is told."""
        before = record["update_time"]
        record.values["update_time"] = max(by.stamp, before)
        record.keep()
        self._tell(Event("change", record, self._picture(record), {"update_time": before}, by))

    def delete(self, record: Record, by: By, *, merged_to: int | None = None) -> None:
        """Softly: `previous` is the last state, and there is no data (pipedrive.md 4)."""
        last = self._picture(record)
        record.deleted, record.merged_into = by.at, merged_to
        record.values["update_time"] = max(by.stamp, record["update_time"])
        record.keep()
        self._tell(Event("delete", record, None, last, by, merged_to=merged_to))

    def remove(self, record: Record, by: By) -> None:
        """For good, as a line of a deal."""
        del self.records[record.kind][record.id]
        self._tell(Event("delete", record, None, self._picture(record), by))

    def restore(self, record: Record, by: By) -> None:
        if record.merged_into is not None:
            raise Refused(400, "A merged record cannot be restored")
        record.deleted = None
        self.touch(record, by)

    def _picture(self, record: Record) -> Json:
        """Own values as they are, custom ones as webhooks write them, those alone that have a value."""
        fields = self.fields.get(record.kind, {})
        custom = {
            code: fields[code].shown_in_webhook(value)
            for code, value in record.custom.items()
            if code in fields and value is not None
        }
        picture = {"id": record.id, **record.values}
        return picture | {"custom_fields": custom} if record.kind in self.fields else picture

    def _log(self, record: Record, before: Json, changed: Json, by: By) -> None:
        for name, value in changed.items():
            self.changes.append(
                {
                    "kind": record.kind,
                    "id": record.id,
                    "field_key": name,
                    "old_value": _text(before.get(name)),
                    "new_value": _text(value),
                    "actor_user_id": by.user,
                    "time": of_v1(by.stamp),
                    "change_source": by.source,
                    "change_source_user_agent": by.agent,
                    "is_bulk_update_flag": by.bulk,
                }
            )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
