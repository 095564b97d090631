"""Records with their custom fields, and how they were a while ago."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.pipedrive.errors import Json


@dataclass(frozen=True)
class By:
    """Who does something, how, and when: `source` is `app` in the pages and `api` for any program."""

    user: int
    source: str
    agent: str
    at: datetime
    bulk: bool = False

    @property
    def stamp(self) -> str:
        return stamp(self.at)


@dataclass
class Record:
    """One record. `values` are ready for JSON, times as API v2 writes them; `custom` by field code.

    A value is put in the place of another, never changed itself: pictures of the past share them.
    """

    id: int
    kind: str
    values: Json
    custom: Json = field(default_factory=dict)
    deleted: datetime | None = None
    merged_into: int | None = None
    born: float = field(default_factory=time.monotonic)
    _past: list[tuple[float, Json, Json]] = field(default_factory=list)

    def keep(self) -> None:
        """Remember how it is now, for an index that lags behind."""
        self._past.append((time.monotonic(), dict(self.values), dict(self.custom)))

    def seen(self, lag: float) -> "Record | None":
        """As it was `lag` seconds ago; None when it was not there."""
        if lag <= 0:
            return self
        latest = time.monotonic() - lag
        known = [(values, custom) for at, values, custom in self._past if at <= latest]
        return Record(self.id, self.kind, *known[-1], self.deleted) if known else None

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Event:
    """What happened to a record: `data` is how it is now, `previous` what was otherwise (pipedrive.md 4)."""

    action: str
    record: Record
    data: Json | None
    previous: Json | None
    by: By
    merged_to: int | None = None
    merged_from: int | None = None


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_v1(text: str | None) -> str | None:
    """The same as API v1 writes it."""
    return text.replace("T", " ").removesuffix("Z") if text else text
