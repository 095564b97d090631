"""Proofs, and both sides while one is being made: staged row by row, so that it goes on where it stopped."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from raccord.domain.proof.proof import Proof
from raccord.domain.values.base import Value
from raccord.domain.values.listed import ListedDeal, ListedInvoice
from raccord.domain.values.parties import Customer
from raccord.records.database import Database
from raccord.records.staged import Run, Staged, StagedRow, Stages
from raccord.records.tables import compared, proofs
from raccord.records.work import Work
from raccord.sealing import KeyRing

_ROW, _PROOF = b"compared", b"proof"
_UNREADABLE = "unreadable"
KEPT = 400
"""Proofs that are kept: a year of nights."""
STALE = timedelta(hours=12)
"""What an unfinished one has listed by then is listed anew."""


class Stage(Stages):
    """What a proof lists next."""

    INVOICES = "invoices"
    CUSTOMERS = "customers"
    DEALS = "deals"
    COMPARE = "compare"


_JOINED = (Stage.INVOICES.value, Stage.DEALS.value)


class ProofRun(Run[Stage]):
    since: date
    stage: Stage = Stage.INVOICES


class StagedPair(Value):
    """A deal with its invoices, or invoices of a deal that is not listed."""

    pair: str
    deal: ListedDeal | None = None
    invoices: tuple[ListedInvoice, ...] = ()


class Proofs:
    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys
        self._staged = Staged(compared, "run", keys, _ROW)

    def begin(self, since: date, now: datetime) -> Work[ProofRun]:
        """Return the run that is under way since the same business date, or a new one.

        Whatever else was staged goes.
        """
        open_ = select(proofs).where(proofs.c.ended_at.is_(None)).order_by(proofs.c.began_at.desc())

        def work(tx: Connection) -> ProofRun:
            row = tx.execute(open_.limit(1)).one_or_none()
            if row and row.since == since.isoformat() and now - row.began_at < STALE:
                return ProofRun(began_at=row.began_at, since=since, stage=Stage(row.stage), after=row.after)
            tx.execute(delete(compared))
            tx.execute(delete(proofs).where(proofs.c.ended_at.is_(None)))
            begun = ProofRun(began_at=now, since=since)
            tx.execute(insert(proofs).values(_where_it_is(begun) | {"began_at": now}))
            return begun

        return self._database.writing(work)

    def where(self, run: ProofRun) -> Work[ProofRun | None]:
        """Return how far a run is; None where it has ended, or another one took its place."""
        wanted = select(proofs).where(proofs.c.began_at == run.began_at, proofs.c.ended_at.is_(None))

        def work(tx: Connection) -> ProofRun | None:
            row = tx.execute(wanted).one_or_none()
            if row is None:
                return None
            return run.model_copy(update={"stage": Stage(row.stage), "after": row.after})

        return self._database.reading(work)

    def stage(self, run: ProofRun, rows: Sequence[StagedRow], onward: ProofRun) -> Work[None]:
        """Keep a part of a list, and where the list goes on; a part that comes again replaces itself."""
        ids = [row.id for row in rows]
        read = [row for row in rows if row.content]
        unread = [row for row in rows if not row.content]

        def work(tx: Connection) -> None:
            self._staged.drop(tx, run.began_at, (run.stage.value, _UNREADABLE), ids)
            self._staged.put(tx, run.began_at, run.stage.value, read)
            self._staged.put(tx, run.began_at, _UNREADABLE, unread)
            tx.execute(update(proofs).where(proofs.c.began_at == run.began_at).values(_where_it_is(onward)))

        return self._database.writing(work)

    def adopt(self, run: ProofRun) -> Work[None]:
        """Join invoices without our reference to the deal that shows them."""

        def work(tx: Connection) -> None:
            deals, invoices = Stage.DEALS.value, Stage.INVOICES.value
            self._staged.adopt(tx, run.began_at, deals=deals, invoices=invoices)

        return self._database.writing(work)

    def pairs(self, run: ProofRun, above: str, *, most: int) -> Work[tuple[StagedPair, ...]]:
        """Return deals with their invoices, in order of `pair` above one; those of no deal are left out."""
        of_run = and_(compared.c.run == run.began_at, compared.c.side.in_(_JOINED))
        keys = select(compared.c.pair).where(of_run, compared.c.pair > above).distinct()
        wanted = select(compared).where(
            of_run, compared.c.pair.in_(keys.order_by(compared.c.pair).limit(most))
        )

        def work(tx: Connection) -> tuple[StagedPair, ...]:
            found: dict[str, StagedPair] = {}
            for row in tx.execute(wanted.order_by(compared.c.pair, compared.c.id)):
                pair = found.get(row.pair) or StagedPair(pair=row.pair)
                plain = self._staged.plain(row.sealed)
                if row.side == Stage.DEALS.value:
                    added: dict[str, object] = {"deal": ListedDeal.model_validate_json(plain)}
                else:
                    listed = ListedInvoice.model_validate_json(plain)
                    added = {"invoices": (*pair.invoices, listed)}
                found[row.pair] = pair.model_copy(update=added)
            return tuple(found.values())

        return self._database.reading(work)

    def of_no_deal(self, run: ProofRun, above: str, *, most: int) -> Work[tuple[ListedInvoice, ...]]:
        """Return the invoices that neither name a deal nor are shown by one, in order of their ids."""
        wanted = (
            select(compared.c.sealed)
            .where(
                compared.c.run == run.began_at,
                compared.c.side == Stage.INVOICES.value,
                compared.c.pair == "",
                compared.c.id > above,
            )
            .order_by(compared.c.id)
            .limit(most)
        )

        def work(tx: Connection) -> tuple[ListedInvoice, ...]:
            rows = tx.scalars(wanted)
            return tuple(ListedInvoice.model_validate_json(self._staged.plain(row)) for row in rows)

        return self._database.reading(work)

    def doubled(self, run: ProofRun) -> Work[tuple[tuple[Customer, ...], ...]]:
        """Return the customers that are one company, each company's together, in order of their ids."""
        its = and_(compared.c.run == run.began_at, compared.c.side == Stage.CUSTOMERS.value)
        several = select(compared.c.pair).where(its, compared.c.pair != "").group_by(compared.c.pair)
        wanted = select(compared.c.pair, compared.c.sealed).where(
            its, compared.c.pair.in_(several.having(func.count() > 1))
        )

        def work(tx: Connection) -> tuple[tuple[Customer, ...], ...]:
            found: dict[str, list[Customer]] = {}
            for row in tx.execute(wanted.order_by(compared.c.pair, compared.c.id)):
                plain = self._staged.plain(row.sealed)
                found.setdefault(row.pair, []).append(Customer.model_validate_json(plain))
            return tuple(tuple(each) for each in found.values())

        return self._database.reading(work)

    def unreadable(self, run: ProofRun) -> Work[tuple[str, ...]]:
        """Return the ids of the records that could not be read."""
        its = and_(compared.c.run == run.began_at, compared.c.side == _UNREADABLE)
        wanted = select(compared.c.id).where(its).order_by(compared.c.id)
        return self._database.reading(lambda tx: tuple(tx.scalars(wanted)))

    def count(self, run: ProofRun, stage: Stage) -> Work[int]:
        """Return how many records of a stage are staged."""
        wanted = select(func.count()).where(compared.c.run == run.began_at, compared.c.side == stage.value)
        return self._database.reading(lambda tx: int(tx.scalar(wanted) or 0))

    def finish(self, run: ProofRun, proof: Proof) -> Work[bool]:
        """Keep a proof and drop what was staged for it, and proofs older than the last `KEPT`.

        False where another one kept it: what was compared since then was dropped on the way.
        """
        sealed = self._keys.seal(proof.model_dump_json().encode(), context=_PROOF)
        its = update(proofs).where(proofs.c.began_at == run.began_at, proofs.c.ended_at.is_(None))
        recent = select(proofs.c.began_at).order_by(proofs.c.began_at.desc()).limit(KEPT)

        def work(tx: Connection) -> bool:
            if not tx.execute(its.values(ended_at=proof.ended_at, sealed=sealed)).rowcount:
                return False
            tx.execute(delete(compared))
            tx.execute(delete(proofs).where(proofs.c.began_at.not_in(recent)))
            return True

        return self._database.writing(work)

    def last(self) -> Work[Proof | None]:
        """Return the proof that ended last. Raises `UnknownKey`, `CannotUnseal`."""
        wanted = select(proofs.c.sealed).where(proofs.c.ended_at.is_not(None))

        def work(tx: Connection) -> Proof | None:
            sealed = tx.scalar(wanted.order_by(proofs.c.began_at.desc()).limit(1))
            if sealed is None:
                return None
            return Proof.model_validate_json(self._keys.unseal(sealed, context=_PROOF))

        return self._database.reading(work)


def _where_it_is(run: ProofRun) -> dict[str, str]:
    return {"since": run.since.isoformat(), "stage": run.stage.value, "after": run.after}
