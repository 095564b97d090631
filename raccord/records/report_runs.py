"""A week's report while it is made: how far it is, and what was listed for it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    union,
    update,
)

from raccord.domain.report.facts import InvoiceStory
from raccord.domain.report.week import Week
from raccord.domain.values.listed import ListedDeal
from raccord.domain.values.movement import InvoiceMovements, Movement
from raccord.records.database import Database
from raccord.records.staged import Run, Staged, StagedRow, Stages
from raccord.records.tables import reported, reports, told_facts
from raccord.records.work import Work
from raccord.sealing import KeyRing

STALE = timedelta(hours=12)
"""What an unfinished one has listed by then is listed anew."""
ABANDONED = timedelta(days=8)
"""Nobody waits any more for a vendor that an unfinished one of another week was waiting for."""


class Stage(Stages):
    """What a report lists next."""

    MOVEMENTS = "movements"
    OTHERS = "others"
    """The invoices that were not listed, and that movements or earlier reports name."""
    DEALS = "deals"
    RECKON = "reckon"


class Side(StrEnum):
    INVOICE = "invoice"
    MOVEMENT = "movement"
    DEAL = "deal"
    UNREADABLE = "unreadable"
    SEEN = "seen"
    """The keys of what earlier reports told and this one came by."""


class ReportRun(Run[Stage]):
    week: Week
    stage: Stage = Stage.MOVEMENTS


class ReportRuns:
    """One run a week; weeks are known by their Mondays."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._staged = staged_for_reports(keys)

    def begin(self, week: Week, now: datetime) -> Work[ReportRun | None]:
        """Return the run that is under way for a week, or a new one; None when its report is kept."""
        its = reports.c.week == monday_of(week)
        known = select(reports).where(its)

        def work(tx: Connection) -> ReportRun | None:
            row = tx.execute(known).one_or_none()
            if row and row.kept_at:
                return None
            if row and now - row.began_at < STALE:
                return _run(row)
            begun = ReportRun(week=week, began_at=now)
            # With its rows goes the run of another week: it must not go on without them.
            left = and_(reports.c.kept_at.is_(None), reports.c.began_at < now - ABANDONED)
            gone = or_(its, left)
            tx.execute(delete(reported).where(reported.c.week.in_(select(reports.c.week).where(gone))))
            tx.execute(delete(reports).where(gone))
            place = {"week": monday_of(week), "began_at": now}
            tx.execute(insert(reports).values(place | _where_it_is(begun)))
            return begun

        return self._database.writing(work)

    def where(self, run: ReportRun) -> Work[ReportRun | None]:
        """Return how far a run is; None where it has ended, or another one took its place."""
        wanted = select(reports).where(under_way(run))

        def work(tx: Connection) -> ReportRun | None:
            row = tx.execute(wanted).one_or_none()
            return _run(row) if row else None

        return self._database.reading(work)

    def stage(
        self, run: ReportRun, rows: Mapping[Side, Sequence[StagedRow]], onward: ReportRun
    ) -> Work[None]:
        """Keep a part of a list, and where the list goes on; a row that comes again replaces itself.

        Nothing of a run that has ended, or whose place another one took.
        """
        going_on = update(reports).where(under_way(run)).values(_where_it_is(onward))

        def work(tx: Connection) -> None:
            if tx.execute(going_on).rowcount:
                for side, found in rows.items():
                    self._staged.put(tx, monday_of(run.week), side.value, found)

        return self._database.writing(work)

    def named_only(self, run: ReportRun, since: date) -> Work[tuple[str, ...]]:
        """Return the invoices that are not listed, and that movements name, in order of their ids.

        And those of which reports of earlier weeks told something of a business date or later: a vendor that
        lists them no more has not undone it.
        """
        monday, columns, listed = monday_of(run.week), reported.c, reported.alias("listed")
        here = and_(listed.c.week == monday, listed.c.side == Side.INVOICE)
        named = select(columns.pair.label("invoice")).where(
            columns.week == monday,
            columns.side == Side.MOVEMENT,
            ~exists().where(here, listed.c.id == columns.pair),
        )
        told = select(told_facts.c.invoice).where(
            told_facts.c.told_by < monday,
            told_facts.c.day >= since.isoformat(),
            told_facts.c.invoice != "",
            ~exists().where(here, listed.c.id == told_facts.c.invoice),
        )
        wanted = union(named, told)
        # Sorted here, as the caller compares them: a database may sort by the rules of a language.
        return self._database.reading(lambda tx: tuple(sorted(tx.scalars(wanted))))

    def adopt(self, run: ReportRun) -> Work[None]:
        """Join invoices without our reference to the deal that shows them."""

        def work(tx: Connection) -> None:
            self._staged.adopt(tx, monday_of(run.week), deals=Side.DEAL, invoices=Side.INVOICE)

        return self._database.writing(work)

    def deals(self, run: ReportRun, above: str, *, most: int) -> Work[tuple[ListedDeal, ...]]:
        """Return the deals, in order of their ids above one."""
        wanted = self._above(run, Side.DEAL, above, most)

        def work(tx: Connection) -> tuple[ListedDeal, ...]:
            return tuple(
                ListedDeal.model_validate_json(self._staged.plain(row.sealed)) for row in tx.execute(wanted)
            )

        return self._database.reading(work)

    def invoices(self, run: ReportRun, above: str, *, most: int) -> Work[tuple[InvoiceStory, ...]]:
        """Return the invoices with all their movements and their deals, in order of their ids above one."""
        wanted = self._above(run, Side.INVOICE, above, most)

        def work(tx: Connection) -> tuple[InvoiceStory, ...]:
            rows = tx.execute(wanted).all()
            moved: dict[str, list[Movement]] = {}
            for row in self._paired(tx, run, Side.MOVEMENT, [row.id for row in rows]):
                found = Movement.model_validate_json(self._staged.plain(row.sealed))
                moved.setdefault(row.pair, []).append(found)
            deals = {
                row.pair: ListedDeal.model_validate_json(self._staged.plain(row.sealed))
                for row in self._paired(tx, run, Side.DEAL, [row.pair for row in rows if row.pair])
            }
            return tuple(
                InvoiceStory.of(
                    InvoiceMovements.model_validate_json(self._staged.plain(row.sealed)),
                    moved.get(row.id, ()),
                    deals.get(row.pair),
                )
                for row in rows
            )

        return self._database.reading(work)

    def unreadable(self, run: ReportRun) -> Work[int]:
        """Return how many records could not be read."""
        wanted = select(reported.c.id).where(
            reported.c.week == monday_of(run.week), reported.c.side == Side.UNREADABLE
        )
        return self._database.reading(lambda tx: len(tx.scalars(wanted).all()))

    def _above(self, run: ReportRun, side: Side, above: str, most: int) -> Any:
        columns = reported.c
        its = and_(columns.week == monday_of(run.week), columns.side == side, columns.id > above)
        return select(reported).where(its).order_by(columns.id).limit(most)

    def _paired(self, tx: Connection, run: ReportRun, side: Side, pairs: Sequence[str]) -> Sequence[Row[Any]]:
        its = and_(
            reported.c.week == monday_of(run.week), reported.c.side == side, reported.c.pair.in_(pairs)
        )
        return tx.execute(select(reported).where(its)).all()


def staged_for_reports(keys: KeyRing) -> Staged:
    """Return what is staged for reports."""
    return Staged(reported, "week", keys, b"reported")


def under_way(run: ReportRun) -> ColumnElement[bool]:
    """Whether a row of `reports` is this run's, and has not ended."""
    columns = reports.c
    return and_(
        columns.week == monday_of(run.week), columns.began_at == run.began_at, columns.kept_at.is_(None)
    )


def monday_of(week: Week) -> str:
    """Return a week as the tables have it."""
    return week.monday.isoformat()


def _run(row: Row[Any]) -> ReportRun:
    week = Week(monday=date.fromisoformat(row.week))
    return ReportRun(week=week, began_at=row.began_at, stage=Stage(row.stage), after=row.after)


def _where_it_is(run: ReportRun) -> dict[str, str]:
    return {"stage": run.stage.value, "after": run.after}
