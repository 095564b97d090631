"""What is remembered of customers who owe: the mails that left, what people said, what was stopped.

`customer` is `<connection>:<id>` throughout: opaque. What was said and sent is sealed.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from raccord.domain.dunning.backlog import LateBefore
from raccord.domain.dunning.memory import Memory, Round
from raccord.domain.dunning.words import Word, WordKind
from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import dunning
from raccord.records.work import Work
from raccord.sealing import KeyRing

_CONTEXT = b"dunning"


class Entry(StrEnum):
    ROUND = "round"
    WORD = "word"
    LATE_BEFORE = "late_before"
    """A customer who was late before reminders began and waits for an approval."""
    STOPPED = "stopped"
    """A mail that was due and did not leave: the money had come, or somebody had said something."""


_REMEMBERED = (Entry.ROUND, Entry.WORD)
"""What makes a customer's memory."""
_DECIDES = (WordKind.APPROVED, WordKind.LEFT_ALONE, WordKind.REMIND, WordKind.STOP)
"""What a person says of a customer whose approval was waited for."""


class DunningRecords:
    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def memory(self, customer: str) -> Work[Memory]:
        """Return all that is remembered of a customer."""
        wanted = select(dunning.c.entry, dunning.c.sealed).where(
            dunning.c.customer == customer, dunning.c.entry.in_(_REMEMBERED)
        )
        return self._database.reading(lambda tx: self._memory([tuple(row) for row in tx.execute(wanted)]))

    def keep(self, customer: str, memory: Memory) -> Work[Memory]:
        """Remember this too, and return all that is remembered; nothing that is known is undone."""

        def work(tx: Connection) -> Memory:
            for word in memory.words:
                self._insert(tx, customer, word)
            for sent in memory.rounds:
                self._insert(tx, customer, sent)
            wanted = select(dunning.c.entry, dunning.c.sealed).where(
                dunning.c.customer == customer, dunning.c.entry.in_(_REMEMBERED)
            )
            return self._memory([tuple(row) for row in tx.execute(wanted)])

        return self._database.writing(work)

    def note(self, customer: str, sent: Round) -> Work[None]:
        """Remember what became of a round, in place of what was known of it.

        One that leaves after all is not counted any more as stopped.
        """
        sealed = self._sealed(sent.model_dump_json())
        its = and_(dunning.c.customer == customer, dunning.c.entry == Entry.ROUND, dunning.c.key == sent.key)

        def work(tx: Connection) -> None:
            if sent.left:
                tx.execute(delete(dunning).where(*_stopped(customer, sent.key)))
            if not self._insert(tx, customer, sent):
                tx.execute(update(dunning).where(its).values(at=sent.at, sealed=sealed))

        return self._database.writing(work)

    def forget(self, customer: str, key: str) -> Work[None]:
        """Forget a round of which it is known now that nothing left."""
        its = and_(dunning.c.customer == customer, dunning.c.entry == Entry.ROUND, dunning.c.key == key)
        return self._database.writing(lambda tx: tx.execute(delete(dunning).where(its)).close())

    def said(self, customer: str, word: Word) -> Work[bool]:
        """Remember what a person said; False when it was remembered already.

        Whoever is approved, left alone, or stopped, waits for no approval any more, however it was said.
        """

        def work(tx: Connection) -> bool:
            if word.kind in _DECIDES:
                tx.execute(delete(dunning).where(*_waits(customer)))
            return self._insert(tx, customer, word)

        return self._database.writing(work)

    def waits(self, customer: str, late: LateBefore, at: datetime) -> Work[bool]:
        """Remember that a customer waits for an approval, and what it owes now; False if that is known."""
        known = select(dunning.c.sealed).where(*_waits(customer))

        def work(tx: Connection) -> bool:
            sealed = tx.scalar(known)
            if sealed and self._late(sealed) == late:
                return False
            tx.execute(delete(dunning).where(*_waits(customer)))
            its = {"customer": customer, "entry": Entry.LATE_BEFORE, "key": "", "at": at}
            return insert_if_absent(tx, dunning, **its, sealed=self._sealed(late.model_dump_json()))

        return self._database.writing(work)

    def waits_no_more(self, customer: str) -> Work[None]:
        """Forget that a customer waits for an approval."""
        return self._database.writing(lambda tx: tx.execute(delete(dunning).where(*_waits(customer))).close())

    def awaits(self, customer: str) -> Work[bool]:
        """Whether a customer waits for an approval."""
        wanted = select(dunning.c.customer).where(*_waits(customer))
        return self._database.reading(lambda tx: tx.scalar(wanted) is not None)

    def waiting(self) -> Work[tuple[LateBefore, ...]]:
        """Return the customers who wait for an approval, by their ids."""
        wanted = select(dunning.c.sealed).where(dunning.c.entry == Entry.LATE_BEFORE)

        def work(tx: Connection) -> tuple[LateBefore, ...]:
            found = map(self._late, tx.scalars(wanted))
            return tuple(sorted(found, key=lambda each: each.customer_id))

        return self._database.reading(work)

    def stopped(self, customer: str, key: str, at: datetime, why: str) -> Work[None]:
        """Count a round that was due and did not leave; the same once for each reason."""

        def work(tx: Connection) -> None:
            its = {"customer": customer, "entry": Entry.STOPPED, "key": f"{key} {why}", "at": at}
            insert_if_absent(tx, dunning, **its, sealed=self._sealed(why))

        return self._database.writing(work)

    def rounds_between(self, since: datetime, until: datetime) -> Work[tuple[Round, ...]]:
        """Return what left, or may have, from an aware instant up to another one."""
        wanted = select(dunning.c.sealed).where(
            dunning.c.entry == Entry.ROUND, dunning.c.at >= since, dunning.c.at < until
        )

        def work(tx: Connection) -> tuple[Round, ...]:
            plain = (self._keys.unseal(sealed, context=_CONTEXT) for sealed in tx.scalars(wanted))
            return tuple(each for each in map(Round.model_validate_json, plain) if each.left)

        return self._database.reading(work)

    def promises(self) -> Work[tuple[tuple[str, Word], ...]]:
        """Return who promised to pay, alone or in parts, and was not thanked or found to have paid since."""
        wanted = select(dunning.c.customer, dunning.c.key, dunning.c.sealed).where(
            dunning.c.entry == Entry.WORD
        )

        def work(tx: Connection) -> tuple[tuple[str, Word], ...]:
            found: list[tuple[str, Word]] = []
            settled: set[str] = set()
            for customer, key, sealed in tx.execute(wanted.order_by(dunning.c.at)):
                word = Word.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))
                if word.kind in (WordKind.PROMISE, WordKind.INSTALMENTS):
                    found.append((customer, word))
                elif word.kind in (WordKind.THANKED, WordKind.UNTHANKED):
                    settled.add(key)
            return tuple((customer, word) for customer, word in found if f"thanked/{word.id}" not in settled)

        return self._database.reading(work)

    def stopped_since(self, since: datetime, until: datetime | None = None) -> Work[dict[str, int]]:
        """Return how many rounds did not leave since an aware instant, up to another one, by reason."""
        wanted = select(dunning.c.sealed).where(dunning.c.entry == Entry.STOPPED, dunning.c.at >= since)
        if until is not None:
            wanted = wanted.where(dunning.c.at < until)

        def work(tx: Connection) -> dict[str, int]:
            counted: dict[str, int] = {}
            for sealed in tx.scalars(wanted):
                why = self._keys.unseal(sealed, context=_CONTEXT).decode()
                counted[why] = counted.get(why, 0) + 1
            return counted

        return self._database.reading(work)

    def _insert(self, tx: Connection, customer: str, what: Round | Word) -> bool:
        entry, key = (Entry.ROUND, what.key) if isinstance(what, Round) else (Entry.WORD, what.id)
        sealed = self._sealed(what.model_dump_json())
        return insert_if_absent(
            tx, dunning, customer=customer, entry=entry, key=key, at=what.at, sealed=sealed
        )

    def _sealed(self, text: str) -> bytes:
        return self._keys.seal(text.encode(), context=_CONTEXT)

    def _late(self, sealed: bytes) -> LateBefore:
        return LateBefore.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))

    def _memory(self, rows: list[tuple[str, bytes]]) -> Memory:
        rounds: list[Round] = []
        words: list[Word] = []
        for entry, sealed in rows:
            text = self._keys.unseal(sealed, context=_CONTEXT)
            if entry == Entry.ROUND:
                rounds.append(Round.model_validate_json(text))
            else:
                words.append(Word.model_validate_json(text))
        return Memory(rounds=tuple(rounds), words=tuple(words)).with_(Memory())


def _stopped(customer: str, key: str) -> tuple[ColumnElement[bool], ...]:
    its = dunning.c.key.startswith(f"{key} ", autoescape=True)
    return dunning.c.customer == customer, dunning.c.entry == Entry.STOPPED, its


def _waits(customer: str) -> tuple[ColumnElement[bool], ...]:
    return dunning.c.customer == customer, dunning.c.entry == Entry.LATE_BEFORE
