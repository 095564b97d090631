"""The waiting list: the questions that flows ask people, and what people answered.

The question is sealed as a whole. In clear are only opaque things: ids, the subject, the step, one
word for the cause, the amount, instants, and who chose what.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    false,
    insert,
    or_,
    select,
    true,
    update,
)

from raccord.domain.desk.notice import Place
from raccord.domain.desk.question import Answer, Choice, Question, Ticket
from raccord.domain.values.base import Value
from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject
from raccord.records.database import Database, RecordsUnavailable, insert_if_absent, pairs_among
from raccord.records.tables import waiting, waiting_watches
from raccord.records.work import Work
from raccord.sealing import KeyRing

_CONTEXT = b"waiting"
_TRIES = 5


class Waiting(Value):
    """One question and where it stands. Instants are aware; open while `closed_at` is None."""

    incident: str
    flow: str
    """Id of the workflow that asks."""
    revision: int
    question: Question
    since: datetime
    answer: Answer | None = None
    """The last one given to this revision. Closed without one, or after a `retry`: it solved itself."""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    remembered: bool = False
    """Whether the answer stands for whenever this is asked again; `withdraw` ends that."""
    message: Place | None = None
    shown: str = ""
    """A hash of what the message shows."""
    task_id: str = ""
    task_done: bool = False
    escalated_at: datetime | None = None


class Pending(Value):
    """What stands in clear of an open question: read without its key, and whichever release asked it."""

    flow: str
    """Id of the workflow that asks."""
    cause: str
    amount_minor: int | None
    currency: str | None
    since: datetime


class WaitingList:
    """At most one open question per flow; the database itself refuses a second.

    Listing and getting raise `UnknownKey` and `CannotUnseal`; the other methods unseal nothing.
    """

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def open(
        self, flow: str, question: Question, *, known: Ticket | None = None, since: datetime | None = None
    ) -> Work[Ticket]:
        """List a flow's question, or return the answer that is remembered for this very question.

        The same question keeps its revision, though its facts may be newer; another one takes over
        the flow's open place under the next revision. `known` is the place that the flow has held `since` an
        aware instant: a list that lost it has it back. Safe to repeat.
        """
        asked = {**_clear(question), "sealed": self._sealed(question)}

        def work(tx: Connection) -> Ticket:
            if answered := _remembered(tx, flow, question.fingerprint):
                return answered
            for _ in range(_TRIES):
                row = _locked(tx, _open(flow))
                ticket = _asked_again(tx, row, asked) if row else _listed(tx, flow, asked, known, since)
                if ticket:
                    _watch(tx, ticket.incident, question.watched)
                    return ticket
            raise RecordsUnavailable(message("records.not_listed"))

        return self._database.writing(work)

    def answer(self, incident: str, revision: int, answer: Answer) -> Work[None]:
        """Note an answer. All but `retry` close the question and are remembered for it.

        Nothing happens on a closed question, or when the question has changed since.
        """
        now, ends = datetime.now(UTC), answer.choice is not Choice.RETRY
        given = {"choice": answer.choice.value, "option": answer.option, "actor": answer.actor}
        asked = and_(
            waiting.c.incident == incident, waiting.c.revision == revision, waiting.c.closed_at.is_(None)
        )
        noted = update(waiting).where(asked).values(**given, answered_at=now, remembered=ends)

        def work(tx: Connection) -> None:
            if (tx.execute(noted)).rowcount and ends:
                _close(tx, incident, now)

        return self._database.writing(work)

    def close(self, flow: str) -> Work[str | None]:
        """Close a flow's open question, which solved itself, and return its incident.

        Repeated, it returns the last closed one for as long as its message or task does not say so:
        a caller that died before it passed the incident on gets it again. Else None.
        """
        now = datetime.now(UTC)

        def work(tx: Connection) -> str | None:
            row = _locked(tx, _open(flow))
            if row is None:
                return tx.scalar(_untold(flow))
            _close(tx, row.incident, now)
            return str(row.incident)

        return self._database.writing(work)

    def answered(self, flow: str, question: Question) -> Work[Answer | None]:
        """Return the answer that stands for a flow's question; None when it would be asked."""

        def work(tx: Connection) -> Answer | None:
            ticket = _remembered(tx, flow, question.fingerprint)
            return ticket.answer if ticket else None

        return self._database.reading(work)

    def skipped(self, flow: str, step: str) -> Work[bool]:
        """Whether a person skipped this step of a flow, whatever the facts were then; it stands."""
        wanted = select(waiting.c.incident).where(
            waiting.c.flow == flow,
            waiting.c.step == step,
            waiting.c.choice == Choice.SKIP.value,
            waiting.c.remembered.is_(True),
        )
        return self._database.reading(lambda tx: tx.scalar(wanted.limit(1)) is not None)

    def withdraw(self, flow: str) -> Work[int]:
        """Forget the answers remembered for a flow, so that it asks again; return how many."""
        known = and_(waiting.c.flow == flow, waiting.c.remembered.is_(True))
        forgotten = update(waiting).where(known).values(remembered=False)
        return self._database.writing(lambda tx: tx.execute(forgotten).rowcount)

    def get(self, incident: str) -> Work[Waiting | None]:
        """Return one question, open or closed."""
        return self._one(waiting.c.incident == incident)

    def of_flow(self, flow: str) -> Work[Waiting | None]:
        """Return the open question of a flow."""
        return self._one(_open(flow))

    def list(self, *, open_only: bool = True) -> Work[tuple[Waiting, ...]]:
        """Return the questions, the oldest first."""
        wanted = select(waiting).where(waiting.c.closed_at.is_(None) if open_only else true())
        ordered = wanted.order_by(waiting.c.since, waiting.c.incident)
        return self._database.reading(lambda tx: tuple(self._waiting(row) for row in tx.execute(ordered)))

    def pending(self) -> Work[tuple[Pending, ...]]:
        """Return what stands in clear of the open questions, the oldest first. Unseals nothing."""
        columns = (waiting.c[name] for name in Pending.model_fields)
        wanted = select(*columns).where(waiting.c.closed_at.is_(None)).order_by(waiting.c.since)
        return self._database.reading(
            lambda tx: tuple(Pending.model_validate(row._asdict()) for row in tx.execute(wanted))
        )

    def about(self, subjects: Collection[Subject]) -> Work[tuple[Waiting, ...]]:
        """Return every question about one of these, open or closed, the oldest first."""
        its = or_(
            false(),
            *(
                and_(
                    waiting.c.subject_kind == each.kind.value,
                    waiting.c.subject_connection == each.connection,
                    waiting.c.subject_id == each.id,
                )
                for each in subjects
            ),
        )
        wanted = select(waiting).where(its).order_by(waiting.c.since, waiting.c.incident)
        return self._database.reading(lambda tx: tuple(self._waiting(row) for row in tx.execute(wanted)))

    def watching(self, keys: Collection[str]) -> Work[dict[str, str]]:
        """Return the flows whose open question a change of one of these records may settle, each with it."""
        joined = waiting.join(waiting_watches, waiting.c.incident == waiting_watches.c.incident)
        wanted = select(waiting.c.flow, waiting_watches.c.key).select_from(joined)
        ordered = wanted.where(waiting.c.closed_at.is_(None)).order_by(waiting.c.since, waiting.c.incident)
        return self._database.reading(lambda tx: pairs_among(tx, ordered, waiting_watches.c.key, keys))

    def told(self, incident: str, place: Place, shown: str) -> Work[None]:
        """Note where the question's message is and what it shows."""
        where = {"message_channel": place.channel, "message_id": place.message}
        return self._note(incident, **where, shown=shown, told_at=datetime.now(UTC))

    def tasked(self, incident: str, task_id: str) -> Work[None]:
        """Note the question's task in the CRM."""
        return self._note(incident, task_id=task_id)

    def task_done(self, incident: str) -> Work[None]:
        """Note that the task is marked as done."""
        return self._note(incident, task_done=True)

    def escalated(self, incident: str) -> Work[None]:
        """Note that the next people were called."""
        return self._note(incident, escalated_at=datetime.now(UTC))

    def _note(self, incident: str, **values: Any) -> Work[None]:
        noted = update(waiting).where(waiting.c.incident == incident).values(**values)
        return self._database.writing(lambda tx: tx.execute(noted).close())

    def _one(self, which: ColumnElement[bool]) -> Work[Waiting | None]:
        def work(tx: Connection) -> Waiting | None:
            row = tx.execute(select(waiting).where(which)).one_or_none()
            return None if row is None else self._waiting(row)

        return self._database.reading(work)

    def _sealed(self, question: Question) -> bytes:
        return self._keys.seal(question.model_dump_json().encode(), context=_CONTEXT)

    def _waiting(self, row: Row[Any]) -> Waiting:
        values = row._asdict()
        answer = Answer(choice=row.choice, option=row.option, actor=row.actor) if row.choice else None
        message = Place(channel=row.message_channel, message=row.message_id) if row.message_id else None
        question = Question.model_validate_json(self._keys.unseal(row.sealed, context=_CONTEXT))
        return Waiting.model_validate({**values, "question": question, "answer": answer, "message": message})


def _clear(question: Question) -> dict[str, Any]:
    amount, owner, subject = question.amount, question.owner, question.subject
    return {
        "subject_kind": subject.kind.value,
        "subject_connection": subject.connection,
        "subject_id": subject.id,
        "fingerprint": question.fingerprint,
        "step": question.step,
        "cause": question.cause,
        "owner": owner.id if owner else None,
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
    }


def _open(flow: str) -> ColumnElement[bool]:
    return and_(waiting.c.flow == flow, waiting.c.closed_at.is_(None))


def _locked(tx: Connection, which: ColumnElement[bool]) -> Row[Any] | None:
    return (tx.execute(select(waiting).where(which).with_for_update())).one_or_none()


def _remembered(tx: Connection, flow: str, fingerprint: str) -> Ticket | None:
    same = and_(waiting.c.flow == flow, waiting.c.fingerprint == fingerprint, waiting.c.remembered.is_(True))
    last = select(waiting).where(same).order_by(waiting.c.answered_at.desc()).limit(1)
    row = (tx.execute(last)).one_or_none()
    if row is None:
        return None
    answer = Answer(choice=row.choice, option=row.option, actor=row.actor)
    return Ticket(incident=row.incident, revision=row.revision, answer=answer)


def _asked_again(tx: Connection, row: Row[Any], asked: dict[str, Any]) -> Ticket:
    same = row.fingerprint == asked["fingerprint"]
    revision = row.revision if same else row.revision + 1
    # An answer was given to the question before this one.
    fresh = {} if same else {"choice": None, "option": None, "actor": None, "answered_at": None}
    stored = update(waiting).where(waiting.c.incident == row.incident)
    tx.execute(stored.values(**asked, **fresh, revision=revision))
    return Ticket(incident=row.incident, revision=revision)


def _listed(
    tx: Connection, flow: str, asked: dict[str, Any], known: Ticket | None, since: datetime | None
) -> Ticket | None:
    """Insert a new row; None when the number is taken, or when the flow's place has been taken meanwhile."""
    if known is None or tx.scalar(select(waiting.c.flow).where(waiting.c.incident == known.incident)):
        known, since = Ticket(incident=secrets.token_hex(4), revision=1), None
    ticket = Ticket(incident=known.incident, revision=known.revision)
    at = since or datetime.now(UTC)
    row = {**ticket.model_dump(exclude={"answer"}), **asked, "flow": flow, "since": at}
    blank = {"remembered": False, "shown": "", "task_id": "", "task_done": False}
    return ticket if insert_if_absent(tx, waiting, **row, **blank) else None


def _watch(tx: Connection, incident: str, keys: tuple[str, ...]) -> None:
    tx.execute(delete(waiting_watches).where(waiting_watches.c.incident == incident))
    rows = [{"incident": incident, "key": key} for key in sorted(set(keys))]
    if rows:
        tx.execute(insert(waiting_watches), rows)


def _close(tx: Connection, incident: str, now: datetime) -> None:
    tx.execute(update(waiting).where(waiting.c.incident == incident).values(closed_at=now))
    _watch(tx, incident, ())


def _untold(flow: str) -> Select[str]:
    """Select the last closed question of a flow whose message or task still shows it as open."""
    message = and_(waiting.c.message_id.is_not(None), waiting.c.told_at <= waiting.c.closed_at)
    task = and_(waiting.c.task_id != "", waiting.c.task_done.is_(False))
    closed = and_(waiting.c.flow == flow, waiting.c.closed_at.is_not(None), or_(message, task))
    return select(waiting.c.incident).where(closed).order_by(waiting.c.closed_at.desc()).limit(1)
