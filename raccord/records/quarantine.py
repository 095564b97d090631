"""Input that could not be read, kept sealed until a person has looked at it."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, insert, select, update

from raccord.domain.values.base import Value
from raccord.domain.values.message import Message, Text
from raccord.records.database import Database
from raccord.records.tables import quarantine
from raccord.records.work import Work
from raccord.sealing import KeyRing

_CONTEXT = b"quarantine"


class Quarantined(Value):
    """One input set aside. `count` is how often it arrived, byte for byte."""

    id: int
    source: str
    """The connection it came from."""
    reason: Text
    """Words where it was kept as words."""
    count: int
    first_at: datetime
    last_at: datetime


class NotQuarantined(LookupError):
    """There is nothing in quarantine under that id."""


class Quarantine:
    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def put(self, source: str, reason: Message, raw: bytes) -> Work[int]:
        """Set input aside and return its id; the same bytes of the same source are counted, not stored again.

        `reason` is kept in clear, the first one given: it names the fault, never the data.
        """
        digest, now = _digest(source, raw), datetime.now(UTC)
        known = quarantine.c.digest == digest
        again = update(quarantine).where(known).values(count=quarantine.c.count + 1, last_at=now)
        first = insert(quarantine).values(
            digest=digest,
            source=source,
            reason=reason.model_dump_json(),
            count=1,
            first_at=now,
            last_at=now,
            sealed=self._keys.seal(raw, context=_CONTEXT),
        )

        def work(tx: Connection) -> int:
            if not tx.execute(again).rowcount:
                tx.execute(first)
            found: int = tx.scalars(select(quarantine.c.id).where(known)).one()
            return found

        return self._database.writing(work)

    def list(self) -> Work[tuple[Quarantined, ...]]:
        """Return what is set aside, the latest arrival first."""
        wanted = select(quarantine).order_by(quarantine.c.last_at.desc())
        return self._database.reading(lambda tx: tuple(_entry(row) for row in tx.execute(wanted)))

    def get(self, id: int) -> Work[bytes]:
        """Return the bytes as they arrived. Raises `NotQuarantined`, `UnknownKey`, `CannotUnseal`."""
        wanted = select(quarantine.c.sealed).where(quarantine.c.id == id)

        def work(tx: Connection) -> bytes:
            sealed = tx.scalar(wanted)
            if sealed is None:
                raise NotQuarantined(f"There is nothing in quarantine under {id}.")
            return self._keys.unseal(sealed, context=_CONTEXT)

        return self._database.reading(work)


def _entry(row: Row[Any]) -> Quarantined:
    return Quarantined.model_validate(row._asdict() | {"reason": _reason(row.reason)})


def _reason(kept: str) -> Text:
    try:
        return Message.model_validate_json(kept)
    except ValidationError:
        return kept


def _digest(source: str, raw: bytes) -> str:
    name = source.encode()
    return hashlib.sha256(len(name).to_bytes(8, "big") + name + raw).hexdigest()
