"""What is told by the day: one row per deal in shadow, one per invoice that nobody transmits."""

from datetime import datetime

from sqlalchemy import Connection, Select, delete, insert, select, update

from raccord.domain.service.findings import Finding, FindingKind
from raccord.records.database import Database
from raccord.records.tables import findings
from raccord.records.work import Work
from raccord.sealing import KeyRing

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
            "told_at": None,
            "sealed": self._keys.seal(found.model_dump_json().encode(), context=_CONTEXT),
        }
        known = findings.c.key == found.key

        def work(tx: Connection) -> None:
            before = tx.scalar(select(findings.c.sealed).where(known))
            if before is None:
                tx.execute(insert(findings).values(key=found.key, **row))
            elif self._read(before).model_copy(update={"at": found.at}) != found:
                tx.execute(update(findings).where(known).values(**row))

        return self._database.writing(work)

    def forget(self, key: str) -> Work[None]:
        """Drop a finding that is none any more; nothing when there is none."""

        def work(tx: Connection) -> None:
            tx.execute(delete(findings).where(findings.c.key == key))

        return self._database.writing(work)

    def untold(self, until: datetime) -> Work[tuple[Finding, ...]]:
        """Return what was found up to an aware instant and not told yet, the oldest first.

        Raises `UnknownKey`, `CannotUnseal`.
        """
        wanted = select(findings.c.sealed).where(findings.c.told_at.is_(None), findings.c.at <= until)
        return self._listed(wanted.order_by(findings.c.at, findings.c.key))

    def verdicts(self) -> Work[tuple[Finding, ...]]:
        """Return every deal's verdict in shadow, the oldest first. Raises `UnknownKey`, `CannotUnseal`."""
        wanted = select(findings.c.sealed).where(findings.c.kind.in_(_LASTING))
        return self._listed(wanted.order_by(findings.c.at, findings.c.key))

    def told(self, until: datetime, at: datetime) -> Work[None]:
        """Note that all up to `until` was told; what only the digest needed is dropped."""
        covered = (findings.c.told_at.is_(None), findings.c.at <= until)
        drop = delete(findings).where(*covered, findings.c.kind.not_in(_LASTING))
        mark = update(findings).where(*covered).values(told_at=at)

        def work(tx: Connection) -> None:
            tx.execute(drop)
            tx.execute(mark)

        return self._database.writing(work)

    def _listed(self, wanted: Select[bytes]) -> Work[tuple[Finding, ...]]:
        return self._database.reading(lambda tx: tuple(self._read(row) for row in tx.scalars(wanted)))

    def _read(self, sealed: bytes) -> Finding:
        return Finding.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))
