"""What is told by the day: one row per deal in shadow, one per invoice that nobody transmits."""

from datetime import datetime

from sqlalchemy import Connection, Select, delete, insert, select, update

from raccord.domain.service.findings import Finding, FindingKind
from raccord.records.database import Database
from raccord.records.tables import findings
from raccord.records.work import Work
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey

_CONTEXT = b"finding"
_LASTING = [kind.value for kind in FindingKind if kind.of_shadow]


class Findings:
    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def note(self, found: Finding) -> Work[None]:
        """Keep a finding in place of the one before; one that says the same stays as it was, told or not."""
        row = {
            "kind": found.kind.value,
            "at": found.at,
            "taken_at": None,
            "told_at": None,
            "sealed": self._keys.seal(found.model_dump_json().encode(), context=_CONTEXT),
        }
        known = findings.c.key == found.key

        def work(tx: Connection) -> None:
            before = tx.scalar(select(findings.c.sealed).where(known))
            if before is None:
                tx.execute(insert(findings).values(key=found.key, **row))
            elif self._differs(before, found):
                tx.execute(update(findings).where(known).values(**row))

        return self._database.writing(work)

    def forget(self, key: str) -> Work[None]:
        """Drop a finding that is none any more; nothing when there is none."""

        def work(tx: Connection) -> None:
            tx.execute(delete(findings).where(findings.c.key == key))

        return self._database.writing(work)

    def take(self, at: datetime) -> Work[tuple[Finding, ...]]:
        """Return what was not told yet, the oldest first, to be `told` under this aware instant.

        What cannot be unsealed is left out: it would keep everything else from being told.
        """
        waiting = update(findings).where(findings.c.told_at.is_(None)).values(taken_at=at)
        taken = select(findings.c.sealed).where(findings.c.taken_at == at)

        def work(tx: Connection) -> tuple[Finding, ...]:
            tx.execute(waiting)
            rows = tx.scalars(taken.order_by(findings.c.at, findings.c.key))
            return tuple(found for row in rows if (found := self._readable(row)))

        return self._database.writing(work)

    def verdicts(self) -> Work[tuple[Finding, ...]]:
        """Return every deal's verdict in shadow, the oldest first. Raises `UnknownKey`, `CannotUnseal`."""
        wanted = select(findings.c.sealed).where(findings.c.kind.in_(_LASTING))
        return self._listed(wanted.order_by(findings.c.at, findings.c.key))

    def told(self, taken_at: datetime, at: datetime) -> Work[None]:
        """Note that what was taken under `taken_at` was told; what only the digest needed is dropped.

        What was found anew meanwhile is not told by that.
        """
        taken = findings.c.taken_at == taken_at
        drop = delete(findings).where(taken, findings.c.kind.not_in(_LASTING))
        mark = update(findings).where(taken).values(told_at=at)

        def work(tx: Connection) -> None:
            tx.execute(drop)
            tx.execute(mark)

        return self._database.writing(work)

    def forget_verdicts(self) -> Work[None]:
        """Drop every verdict in shadow: no flow is in shadow any more."""

        def work(tx: Connection) -> None:
            tx.execute(delete(findings).where(findings.c.kind.in_(_LASTING)))

        return self._database.writing(work)

    def _differs(self, before: bytes, found: Finding) -> bool:
        known = self._readable(before)
        return known is None or known.model_copy(update={"at": found.at}) != found

    def _readable(self, sealed: bytes) -> Finding | None:
        try:
            return self._read(sealed)
        except (UnknownKey, CannotUnseal):
            return None

    def _listed(self, wanted: Select[bytes]) -> Work[tuple[Finding, ...]]:
        return self._database.reading(lambda tx: tuple(self._read(row) for row in tx.scalars(wanted)))

    def _read(self, sealed: bytes) -> Finding:
        return Finding.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))
