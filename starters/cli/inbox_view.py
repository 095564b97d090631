"""How the waiting list reads: as a table, as a page, as JSON. Everything in the desk's language."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Answer, Choice, Question
from raccord.domain.service.outage import OutageCause
from raccord.domain.values.base import Value
from raccord.domain.values.message import Param, message
from raccord.records.stuck import StuckFlow
from raccord.records.waiting import Waiting
from raccord.texts import called, say, say_fact, say_field, say_kept, say_record
from raccord.texts.problems import say_reason, say_remedy
from raccord.texts.questions import LOOK_AGAIN, answer_label, list_of, table_of
from starters.cli import display
from starters.cli.common import bold
from starters.cli.display import age, shown, table

_COLUMNS = ("inbox.age", "inbox.cause", "inbox.subject", "inbox.amount", "inbox.salesperson", "inbox.asked")
_NEEDED = ("inbox.subject", "inbox.amount", "inbox.asked")
"""What a terminal shows that has no room for all of them."""
_WIDE = 120


class Way(Value):
    """One possible answer, with the exact command that gives it."""

    choice: Choice
    option: str = ""
    label: str
    command: str


class View:
    """`language` of the desk, `zone` of the company."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self._language = language
        self._zone = zone

    def table(self, rows: Sequence[Waiting], *, with_state: bool) -> Iterator[str]:
        """Yield the questions below their headings: everything, or what a narrow terminal has room for."""
        columns = _COLUMNS if display.columns() >= _WIDE else _NEEDED
        codes = ("inbox.incident", *columns[:-1], *(("inbox.state",) if with_state else ()), columns[-1])
        cells = [self._cells(row) for row in rows]
        return table(
            [self.say(code) for code in codes],
            [[each[code] for code in codes] for each in cells],
            right={self.say("inbox.amount")},
            folds={self.say("inbox.subject"), self.say("inbox.state")},
        )

    def page(self, row: Waiting) -> Iterator[str]:
        """Yield the lines of everything there is to know about one question."""
        yield bold(shown(self._said(row.question.title)))
        yield shown(self.say("inbox.question", incident=row.incident, state=self.state(row)))
        yield ""
        facts = list(self._facts(row))
        width = max(len(name) for name, _ in facts)
        for name, value in facts:
            yield f"{bold(shown(f'{name:<{width}}'))}  {shown(value)}"
        for number, found in enumerate(row.question.problems, start=1):
            yield from self._told(f"{number}.", found)
        for found in row.question.warnings:
            yield from self._told("⚠️", found)
        yield ""
        if row.closed_at is None:
            yield shown(self.say("waits.how"))
        ways = self.ways(row)
        width = max(len(way.command) for way in ways)
        for way in ways:
            yield f"  {bold(shown(f'{way.command:<{width}}'))}  {shown(way.label)}"

    def _told(self, mark: str, found: Problem) -> Iterator[str]:
        where = self._where(found)
        why = say_fact(where, say_reason(found, self._language), self._language)
        yield ""
        yield f"{mark} {bold(shown(where))}{shown(why.removeprefix(where))}"
        yield f"   → {shown(say_remedy(found, self._language))}"

    def ways(self, row: Waiting) -> tuple[Way, ...]:
        """Return what may be answered now."""
        asked = row.question
        if row.closed_at is not None:
            return (self._way(row, Choice.RETRY, message("inbox.ask_again")),)
        ways = [self._way(row, Choice.CHOOSE, option.label, option.id) for option in asked.options]
        ways += [self._way(row, Choice.RETRY, LOOK_AGAIN)] if asked.again else []
        ways += [self._way(row, Choice.SKIP, asked.skip)] if asked.skip else []
        ways += [self._way(row, Choice.CANCEL, asked.cancel)] if asked.cancel else []
        return tuple(ways)

    def state(self, row: Waiting) -> str:
        """Say whether a question is open, or how it was settled."""
        match row.closed_at, row.answer:
            case None, _:
                return self.say("inbox.open_for", age=age(row.since, self._language))
            case datetime() as at, Answer(choice=choice) as answer if choice is not Choice.RETRY:
                said = self._answer(row.question, answer)
                return self.say("inbox.settled_with", at=self.moment(at), answer=said)
            case datetime() as at, _:
                return self.say("inbox.settled_alone", at=self.moment(at))

    def held_up(self, flows: Sequence[StuckFlow]) -> Iterator[str]:
        """Yield one sentence per connection that holds flows up."""
        for connection, held in _by_connection(flows):
            trouble = message(
                "vendor.credentials" if _refuses(held) else "vendor.down", connection=connection
            )
            since = self.moment(held[0].since)
            yield shown(self.say("inbox.held_up", trouble=trouble, count=len(held), since=since))

    def moment(self, at: datetime) -> str:
        """Write an instant in the company's zone; the day only when it is not today."""
        local = at.astimezone(self._zone)
        today = datetime.now(self._zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"

    def document(self, row: Waiting) -> dict[str, Any]:
        """Return one question as JSON-ready values; amounts are decimal texts, instants ISO 8601."""
        told = {
            "since",
            "closed_at",
            "answered_at",
            "escalated_at",
            "message",
            "task_id",
            "task_done",
            "answer",
        }
        asked = row.question.model_dump(mode="json", include={"step", "cause", "owner", "amount", "watched"})
        subject = row.question.subject.model_dump(include={"connection", "id"}) | {
            "name": row.question.name,
            "url": row.question.url,
        }
        return {
            **row.model_dump(mode="json", include={"incident", "revision", "flow"}),
            "state": "open" if row.closed_at is None else "closed",
            "title": self._said(row.question.title),
            row.question.subject.kind.value: subject,
            **asked,
            "problems": [
                {
                    **p.model_dump(mode="json", include={"cause", "record", "field"}),
                    "code": p.message.code,
                    "reason": say_reason(p, self._language),
                    "remedy": say_remedy(p, self._language),
                }
                for p in (*row.question.problems, *row.question.warnings)
            ],
            "details": [
                {"label": self._said(d.label), "value": self._said(d.value)} for d in row.question.details
            ],
            "answers": [way.model_dump(mode="json") for way in self.ways(row)],
            **row.model_dump(mode="json", include=told),
        }

    def held_up_document(self, flows: Sequence[StuckFlow]) -> list[dict[str, Any]]:
        """Return the held-up connections as JSON-ready values."""
        return [
            {
                "connection": connection,
                "cause": (OutageCause.CREDENTIALS if _refuses(held) else OutageCause.DOWN).value,
                "since": held[0].since.isoformat(),
                "said": next((row.said for row in held if row.said), ""),
                "flows": [row.flow for row in held],
            }
            for connection, held in _by_connection(flows)
        ]

    def _cells(self, row: Waiting) -> dict[str, str]:
        asked = row.question
        return {
            "inbox.incident": row.incident,
            "inbox.age": age(row.since, self._language),
            "inbox.cause": self._cause(asked),
            "inbox.subject": _subject(asked),
            "inbox.amount": self._said(asked.amount) if asked.amount else "",
            "inbox.salesperson": _person(asked),
            "inbox.state": self.state(row),
            "inbox.asked": self._point(asked),
        }

    def _point(self, asked: Question) -> str:
        """Say what is wrong first of all, and how many points there are beside it."""
        if not asked.problems:
            return self._said(asked.title)
        first, *others = asked.problems
        said = say_fact(self._where(first), say_reason(first, self._language), self._language)
        return f"{said} (+{len(others)})" if others else said

    def _where(self, found: Problem) -> str:
        record = say_record(found.record, self._language)
        return f"{record} · {say_field(found.field, self._language)}" if found.field else record

    def _facts(self, row: Waiting) -> Iterator[tuple[str, str]]:
        asked = row.question
        yield self.say("inbox.subject"), " ".join(filter(None, (_subject(asked), asked.url)))
        if asked.amount:
            yield self.say("inbox.amount"), self._said(asked.amount)
        if asked.owner:
            person = " ".join(filter(None, (_person(asked), asked.owner.email)))
            yield self.say("inbox.salesperson"), person
        at = self.moment(row.since)
        yield self.say("inbox.asked"), self.say("inbox.asked_at", at=at, cause=self._cause(asked))
        yield self.say("inbox.flow"), row.flow
        if place := row.message:
            where = self.say("inbox.message_at", channel=place.channel, message=place.message)
            yield self.say("inbox.message"), where
        if row.task_id:
            code = "inbox.task_done" if row.task_done else "inbox.task_open"
            yield self.say("inbox.task"), self.say(code, task=row.task_id)
        if row.escalated_at:
            yield self.say("inbox.escalated"), self.moment(row.escalated_at)
        if row.answer and row.answered_at:
            answer, at = self._answer(asked, row.answer), self.moment(row.answered_at)
            yield self.say("inbox.last_answer"), self.say("inbox.answered_at", at=at, answer=answer)
        for detail in table_of(asked):
            yield self._said(detail.label), self._said(detail.value)
        listed, count = list_of(asked)
        for detail in listed:
            yield self._said(detail.label), self._said(detail.value)
        if len(listed) < count:
            yield "", self.say("points.first_of", shown=len(listed), total=count)
        for page in asked.links:
            yield self._said(page.label), page.url

    def _answer(self, asked: Question, answer: Answer) -> str:
        label = self._said(answer_label(asked, answer))
        return self.say("inbox.answer_by", answer=label, actor=answer.actor)

    def _way(self, row: Waiting, choice: Choice, label: Param, option: str = "") -> Way:
        words = ("raccord", "inbox", choice.value, row.incident, *((option,) if option else ()))
        return Way(choice=choice, option=option, label=self._said(label), command=shlex.join(words))

    def say(self, code: str, /, **params: Param) -> str:
        """Say one entry of the catalogs."""
        return say(message(code, **params), self._language)

    def _cause(self, asked: Question) -> str:
        return self.say(f"cause.{asked.cause}")

    def _said(self, value: Param) -> str:
        return say_kept(value, self._language)


def _subject(asked: Question) -> str:
    return called(asked.name, asked.subject.id, asked.url)


def _person(asked: Question) -> str:
    return (asked.owner.name or asked.owner.id) if asked.owner else ""


def _by_connection(flows: Sequence[StuckFlow]) -> Iterator[tuple[str, list[StuckFlow]]]:
    ordered = sorted(flows, key=lambda held: (held.connection, held.since))
    for connection, held in groupby(ordered, key=lambda held: held.connection):
        yield connection, list(held)


def _refuses(held: Sequence[StuckFlow]) -> bool:
    # Of two causes the one that needs a person is named.
    return any(row.cause == OutageCause.CREDENTIALS for row in held)
