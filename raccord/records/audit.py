"""The audit: what Raccord was about to do, and what came of it. Rows are only ever appended.

What is personal (before, after, detail) is sealed; everything else is in clear, so callers put only
opaque ids there.
"""

import json
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import Field
from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select

from raccord.domain.values.base import Value
from raccord.records.database import Database
from raccord.records.ledger import Verification, append, locked_head, rows_of, verify
from raccord.records.tables import audit, sent
from raccord.records.work import Work
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey

_CONTEXT = b"audit"
_REPEATED = ("key", "effect", "object", "actor", "cause", "request_hash")


class Kind(StrEnum):
    INTENT = "intent"
    OUTCOME = "outcome"
    NOTE = "note"


class Verdict(StrEnum):
    """How an external write ended."""

    DONE = "done"
    FOUND = "found"
    """It was there already; nothing was written."""
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    """The vendor answered with an error of its own, or unreadably: this request is over and may have had
    its effect."""


HAPPENED = (Verdict.DONE, Verdict.FOUND)


class Intent(Value):
    """One external write, before it happens. Everything but `before` and `after` is kept in clear."""

    key: str = Field(min_length=1)
    """Derives from the business; the same for every attempt."""
    effect: str
    """`invoice.create_draft`"""
    object: str
    """Opaque id of what it is about: `<connection>:123`."""
    actor: str
    cause: str
    request_hash: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}


class Standing(Value):
    """What had happened under a key when an intent was stated."""

    outcomes: int
    """Number of closed pairs, whatever their verdict."""
    last_outcome: Verdict | None = None
    last_outcome_at: datetime | None = None
    first_intent_at: datetime
    """Since it last came about, where it did: what is wanted again after something else is wanted anew."""
    resumed: bool = False
    """An earlier attempt stated this intent and did not come to an outcome."""
    sent_at: datetime | None = None
    """When the last request under this key was about to leave of which no end is known."""

    @property
    def first(self) -> bool:
        """Nothing was ever asked for under this key."""
        return self.outcomes == 0 and not self.resumed

    @property
    def came_to_nothing(self) -> bool:
        """Whatever was asked for under this key is known not to have happened."""
        return self.first or (not self.resumed and self.last_outcome is Verdict.REFUSED)


class OpenIntent(Value):
    """A write that was about to happen and of which no end is known (yet)."""

    sequence: int
    at: datetime
    key: str
    effect: str
    object: str
    actor: str
    cause: str


class AuditedWrite(Value):
    """A write by the row that stated it, and what it was to replace."""

    sequence: int
    effect: str
    object: str
    cause: str
    before: dict[str, Any]


class AuditRow(Value):
    """One row, unsealed. `before`, `after` and `detail` are empty where they cannot be unsealed."""

    sequence: int
    at: datetime
    kind: Kind
    key: str
    effect: str
    object: str
    actor: str
    cause: str
    verdict: str
    """Of an outcome; empty on any other row."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    detail: dict[str, Any] = {}


class Audit:
    """Appends are serialised by the head row, over all processes."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def intend(self, intent: Intent) -> Work[Standing]:
        """State an intent before its external write. While one of the same key is open, nothing is added."""
        clear = {"kind": Kind.INTENT.value, **intent.model_dump(exclude={"before", "after"})}
        sealed = self._sealed({"before": intent.before, "after": intent.after})

        def work(tx: Connection) -> Standing:
            head = locked_head(tx)
            history, now = _history(tx, intent.key), datetime.now(UTC)
            if not _open(history):
                append(tx, head, clear, at=now, sealed=sealed)
            found = tx.scalar(_SENT_AT, {"wanted": intent.key})
            return _standing(history, now).model_copy(update={"sent_at": found})

        return self._database.writing(work)

    def sent(self, key: str, at: datetime | None) -> Work[None]:
        """Note that a request under a key leaves now; None: that whatever left came to nothing."""

        def work(tx: Connection) -> None:
            tx.execute(_NOT_SENT, {"wanted": key})
            if at is not None:
                tx.execute(insert(sent), {"key": key, "at": at})

        return self._database.writing(work)

    def conclude(self, key: str, verdict: Verdict, detail: dict[str, Any]) -> Work[None]:
        """Close the open intent of a key. Without one nothing happens: an earlier attempt closed it."""
        sealed = self._sealed({"detail": detail})

        def work(tx: Connection) -> None:
            head = locked_head(tx)
            tx.execute(_NOT_SENT, {"wanted": key})
            history = _history(tx, key)
            if not _open(history):
                return
            intent = history[-1]._asdict()
            repeated = {name: intent[name] for name in _REPEATED}
            clear = {"kind": Kind.OUTCOME.value, "verdict": verdict.value, **repeated}
            append(tx, head, clear, at=datetime.now(UTC), sealed=sealed)

        return self._database.writing(work)

    def note(
        self, effect: str, object: str, actor: str, cause: str, detail: dict[str, Any], *, key: str = ""
    ) -> Work[None]:
        """Add a row of its own for what was decided or shown without an external write.

        A repeat under the same key adds nothing; without a key each note is a row.
        """
        clear = {
            "kind": Kind.NOTE.value,
            "key": key,
            "effect": effect,
            "object": object,
            "actor": actor,
            "cause": cause,
        }
        sealed = self._sealed({"detail": detail})

        def work(tx: Connection) -> None:
            head = locked_head(tx)
            if key and tx.scalar(_NOTED, {"key": key}):
                return
            append(tx, head, clear, at=datetime.now(UTC), sealed=sealed)

        return self._database.writing(work)

    def unheard_of(self, key: str) -> Work[bool]:
        """Whether no row has this key."""
        return self._database.reading(lambda tx: not _history(tx, key))

    async def verify(self) -> Verification:
        """Walk the whole chain and say where it first breaks. Writers are not held up."""
        return await verify(self._database)

    async def export(self) -> AsyncIterator[dict[str, Any]]:
        """Yield each row as JSON-ready values: the clear columns, then `before` and `after`, or `detail`.

        These show as `"sealed": <key id>` when their key is unknown, as `"damaged": True` when
        they do not unseal.
        """
        async for row in rows_of(self._database):
            sealed = row.pop("sealed")
            yield row | self._unsealed(sealed)

    def about(self, objects: Collection[str]) -> Work[tuple[AuditRow, ...]]:
        """Return the rows about these objects, by the ids that they have in the audit; the oldest first."""
        wanted = select(audit).where(audit.c.object.in_(list(objects))).order_by(audit.c.sequence)
        return self._database.reading(lambda tx: tuple(map(self._row, tx.execute(wanted))))

    def stated_between(
        self, effects: Collection[str], since: datetime, until: datetime
    ) -> Work[tuple[AuditRow, ...]]:
        """Return all rows of the keys that were intended in a time, whenever they are from; the oldest first.

        `since` and `until` are aware instants, and the second one is outside.
        """
        stated = select(audit.c.key).where(
            audit.c.kind == Kind.INTENT.value,
            audit.c.effect.in_(list(effects)),
            audit.c.at >= since,
            audit.c.at < until,
        )
        wanted = select(audit).where(audit.c.key.in_(stated)).order_by(audit.c.sequence)
        return self._database.reading(lambda tx: tuple(map(self._row, tx.execute(wanted))))

    def write_of(self, sequence: int) -> Work[AuditedWrite | None]:
        """Return the write that a row is the intent or the outcome of; None where it is of none.

        Raises `UnknownKey` and `CannotUnseal`.
        """
        its = select(audit.c.key, audit.c.kind).where(audit.c.sequence == sequence)

        def work(tx: Connection) -> AuditedWrite | None:
            row = tx.execute(its).one_or_none()
            if row is None or row.kind == Kind.NOTE:
                return None
            stated = select(audit).where(
                audit.c.key == row.key, audit.c.kind == Kind.INTENT.value, audit.c.sequence <= sequence
            )
            intent = tx.execute(stated.order_by(audit.c.sequence.desc()).limit(1)).one()
            values = json.loads(self._keys.unseal(intent.sealed, context=_CONTEXT))
            return AuditedWrite.model_validate(intent._asdict() | {"before": values["before"]})

        return self._database.reading(work)

    def open_intents(self) -> Work[tuple[OpenIntent, ...]]:
        """Return the intents without an outcome, the oldest first."""
        later = audit.alias("later")
        outcome = exists().where(
            later.c.key == audit.c.key,
            later.c.sequence > audit.c.sequence,
            later.c.kind == Kind.OUTCOME.value,
        )
        wanted = select(audit).where(audit.c.kind == Kind.INTENT.value, ~outcome).order_by(audit.c.sequence)
        return self._database.reading(
            lambda tx: tuple(OpenIntent.model_validate(row._asdict()) for row in tx.execute(wanted))
        )

    def _row(self, row: Row[Any]) -> AuditRow:
        plain = self._unsealed(row.sealed)
        values = {name: plain[name] for name in ("before", "after", "detail") if name in plain}
        return AuditRow.model_validate(row._asdict() | values)

    def _sealed(self, values: dict[str, Any]) -> bytes:
        # An odd value is described rather than refused: refusing here would leave a write unrecorded.
        plain = json.dumps(values, default=partial(to_jsonable_python, fallback=str))
        return self._keys.seal(plain.encode(), context=_CONTEXT)

    def _unsealed(self, sealed: bytes) -> dict[str, Any]:
        try:
            values: dict[str, Any] = json.loads(self._keys.unseal(sealed, context=_CONTEXT))
        except UnknownKey as unknown:
            return {"sealed": unknown.key_id}
        except (CannotUnseal, TypeError):
            return {"damaged": True}
        return values


_NOTED = select(audit.c.sequence).where(audit.c.key == bindparam("key"), audit.c.kind == Kind.NOTE.value)
_PAIRS = (
    select(*(column for column in audit.c if column is not audit.c.sealed))
    .where(audit.c.key == bindparam("key"), audit.c.kind != Kind.NOTE.value)
    .order_by(audit.c.sequence)
)
_SENT_AT = select(sent.c.at).where(sent.c.key == bindparam("wanted"))
_NOT_SENT = delete(sent).where(sent.c.key == bindparam("wanted"))


def _history(tx: Connection, key: str) -> list[Row[Any]]:
    return list(tx.execute(_PAIRS, {"key": key}))


def _open(history: list[Row[Any]]) -> bool:
    return bool(history) and history[-1].kind == Kind.INTENT


def _wanted_since(history: list[Row[Any]]) -> datetime | None:
    """Return when the intent was stated that nothing fulfilled since."""
    since: datetime | None = None
    for row in history:
        if row.kind == Kind.INTENT:
            since = since or row.at
        elif Verdict(row.verdict) in HAPPENED:
            since = None
    return since


def _standing(history: list[Row[Any]], now: datetime) -> Standing:
    outcomes = [row for row in history if row.kind == Kind.OUTCOME]
    last = outcomes[-1] if outcomes else None
    return Standing(
        outcomes=len(outcomes),
        last_outcome=Verdict(last.verdict) if last else None,
        last_outcome_at=last.at if last else None,
        first_intent_at=_wanted_since(history) or now,
        resumed=_open(history),
    )
