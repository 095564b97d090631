"""Weekly reports as they are kept, and which facts they told."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, insert, select, update

from raccord.domain.report.facts import Fact, Told
from raccord.domain.report.report import Report
from raccord.domain.report.week import Week
from raccord.records.database import Database
from raccord.records.report_runs import ReportRun, Side, monday_of, staged_for_reports, under_way
from raccord.records.staged import StagedRow
from raccord.records.tables import reported, reports, told_facts
from raccord.records.work import Work
from raccord.sealing import KeyRing

_REPORT, _FACT = b"report", b"told"


class Reports:
    """One report a week; a run (`raccord.records.report_runs`) keeps it, and it stays."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys
        self._staged = staged_for_reports(keys)

    def weeks(self) -> Work[frozenset[Week]]:
        """Return the weeks whose report is kept."""
        wanted = select(reports.c.week).where(reports.c.kept_at.is_not(None))

        def work(tx: Connection) -> frozenset[Week]:
            return frozenset(Week(monday=date.fromisoformat(monday)) for monday in tx.scalars(wanted))

        return self._database.reading(work)

    def told(self, run: ReportRun, keys: Collection[str]) -> Work[dict[str, Told]]:
        """Return what reports of other weeks told of these facts, and note that they were seen."""
        monday = monday_of(run.week)
        its = and_(told_facts.c.key.in_(keys), told_facts.c.told_by != monday)

        def work(tx: Connection) -> dict[str, Told]:
            found = {row.key: self._told(row) for row in tx.execute(select(told_facts).where(its))}
            self._staged.put(tx, monday, Side.SEEN.value, [StagedRow(id=key) for key in found])
            return found

        return self._database.writing(work)

    def unseen(self, run: ReportRun, since: date) -> Work[tuple[Told, ...]]:
        """Return what reports of earlier weeks told of a business date or later, and this run did not see."""
        monday = monday_of(run.week)
        columns = reported.c
        seen = and_(columns.week == monday, columns.side == Side.SEEN, columns.id == told_facts.c.key)
        wanted = select(told_facts).where(
            told_facts.c.told_by < monday,
            told_facts.c.day >= since.isoformat(),
            ~exists().where(seen),
        )

        def work(tx: Connection) -> tuple[Told, ...]:
            return tuple(self._told(row) for row in tx.execute(wanted.order_by(told_facts.c.key)))

        return self._database.reading(work)

    def keep(self, run: ReportRun, report: Report, told: Sequence[Fact], gone: Sequence[Fact]) -> Work[None]:
        """Keep a report with the facts that it told, and drop what was staged for it.

        Nothing of a run that has ended, or whose place another one took: the report that is kept stays.
        """
        monday = monday_of(run.week)
        rows = [self._row(fact, monday) for fact in told]
        sealed = self._keys.seal(report.model_dump_json().encode(), context=_REPORT)
        keys = [fact.key for fact in (*told, *gone)]

        keeping = update(reports).where(under_way(run)).values(kept_at=report.computed_at, sealed=sealed)

        def work(tx: Connection) -> None:
            if not tx.execute(keeping).rowcount:
                return
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                tx.execute(delete(told_facts).where(told_facts.c.key.in_(some)))
            if rows:
                tx.execute(insert(told_facts), rows)
            tx.execute(delete(reported).where(reported.c.week == monday))

        return self._database.writing(work)

    def kept(self, week: Week) -> Work[Report | None]:
        """Return a week's report. Raises `UnknownKey`, `CannotUnseal`."""
        wanted = select(reports.c.sealed).where(
            reports.c.week == monday_of(week), reports.c.kept_at.is_not(None)
        )

        def work(tx: Connection) -> Report | None:
            sealed = tx.scalar(wanted)
            if sealed is None:
                return None
            return Report.model_validate_json(self._keys.unseal(sealed, context=_REPORT))

        return self._database.reading(work)

    def _told(self, row: Row[Any]) -> Told:
        fact = Fact.model_validate_json(self._keys.unseal(row.sealed, context=_FACT))
        return Told(by=Week(monday=date.fromisoformat(row.told_by)), fact=fact)

    def _row(self, fact: Fact, monday: str) -> dict[str, Any]:
        return {
            "key": fact.key,
            "told_by": monday,
            "day": fact.day.isoformat(),
            "invoice": fact.invoice_id,
            "sealed": self._keys.seal(fact.model_dump_json().encode(), context=_FACT),
        }
