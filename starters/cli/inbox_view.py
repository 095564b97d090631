"""How the waiting list reads: as a table, as a page, as JSON. Texts of the desk in the desk's language."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

from rich.table import Table

from raccord.domain.desk.problems import Text
from raccord.domain.desk.question import Answer, Choice, Question
from raccord.domain.service.outage import OutageCause
from raccord.domain.values.base import Value
from raccord.records.stuck import StuckFlow
from raccord.records.waiting import Waiting
from starters.cli.display import age, shown

_LOOK_AGAIN = Text(fr="Relire maintenant", en="Look again now")
_ASK_AGAIN = Text(
    fr="Oublier la réponse et relancer le flux", en="Forget the answer and start the flow again"
)


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

    def table(self, rows: Sequence[Waiting], *, with_state: bool) -> Table:
        """Return one line per question."""
        table = Table(box=None, header_style="bold", pad_edge=False)
        table.add_column("incident", no_wrap=True)
        for name in ("age", "cause", "deal", "amount", "salesperson", "asked"):
            table.add_column(name, overflow="fold", justify="right" if name == "amount" else "left")
        if with_state:
            table.add_column("state")
        for row in rows:
            asked = row.question
            cells = (
                age(row.since),
                asked.cause,
                _deal(asked),
                asked.amount.text(self._language) if asked.amount else "",
                _person(asked),
                self._said(asked.title),
            )
            state = (self.state(row),) if with_state else ()
            table.add_row(row.incident, *(shown(cell) for cell in (*cells, *state)))
        return table

    def page(self, row: Waiting) -> Iterator[str]:
        """Yield the lines of everything there is to know about one question, in rich's markup."""
        yield f"[bold]{shown(self._said(row.question.title))}[/]"
        yield f"Question {row.incident}, {shown(self.state(row))}"
        yield ""
        facts = list(self._facts(row))
        width = max(len(name) for name, _ in facts)
        for name, value in facts:
            yield f"[bold]{shown(f'{name:<{width}}')}[/]  {shown(value)}"
        for number, found in enumerate(row.question.problems, start=1):
            where, why = f"{found.record} · {found.field}", self._said(found.reason)
            yield f"\n{number}. [bold]{shown(where)}[/]: {shown(why)}"
            yield f"   → {shown(self._said(found.remedy))}"
        yield ""
        if row.closed_at is None:
            yield "It goes on by itself when a record it is about is repaired, or by an answer:"
        ways = self.ways(row)
        width = max(len(way.command) for way in ways)
        for way in ways:
            yield f"  [bold]{shown(f'{way.command:<{width}}')}[/]  {shown(way.label)}"

    def ways(self, row: Waiting) -> tuple[Way, ...]:
        """Return what may be answered now."""
        asked = row.question
        if row.closed_at is not None:
            return (self._way(row, Choice.RETRY, _ASK_AGAIN),)
        ways = [self._way(row, Choice.CHOOSE, option.label, option.id) for option in asked.options]
        ways.append(self._way(row, Choice.RETRY, _LOOK_AGAIN))
        ways += [self._way(row, Choice.SKIP, asked.skip)] if asked.skip else []
        ways += [self._way(row, Choice.CANCEL, asked.cancel)] if asked.cancel else []
        return tuple(ways)

    def state(self, row: Waiting) -> str:
        """Say whether a question is open, or how it was settled."""
        match row.closed_at, row.answer:
            case None, _:
                return f"open for {age(row.since)}"
            case datetime() as at, Answer(choice=choice) as answer if choice is not Choice.RETRY:
                return f"settled at {self.moment(at)}: {_answer(answer)}"
            case datetime() as at, _:
                return f"settled at {self.moment(at)}, by itself"

    def held_up(self, flows: Sequence[StuckFlow]) -> Iterator[str]:
        """Yield one sentence per connection that holds flows up."""
        for connection, held in _by_connection(flows):
            what = "refuses our credentials" if _refuses(held) else "does not answer"
            waits = f"{len(held)} flows wait" if len(held) > 1 else "1 flow waits"
            yield f"{shown(connection)} {what}: {waits} since {self.moment(held[0].since)}"

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
                    "reason": self._said(p.reason),
                    "remedy": self._said(p.remedy),
                }
                for p in row.question.problems
            ],
            "details": [{"label": self._said(d.label), "value": d.value} for d in row.question.details],
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
                "flows": [row.flow for row in held],
            }
            for connection, held in _by_connection(flows)
        ]

    def _facts(self, row: Waiting) -> Iterator[tuple[str, str]]:
        asked = row.question
        yield "deal", " ".join(filter(None, (_deal(asked), asked.url)))
        if asked.amount:
            yield "amount", asked.amount.text(self._language)
        if asked.owner:
            yield "salesperson", " ".join(filter(None, (_person(asked), asked.owner.email)))
        yield "asked", f"{self.moment(row.since)}, at step {asked.step} ({asked.cause})"
        yield "flow", row.flow
        if row.message:
            yield "message", f"channel {row.message.channel}, message {row.message.message}"
        if row.task_id:
            yield "CRM task", f"{row.task_id}, {'done' if row.task_done else 'open'}"
        if row.escalated_at:
            yield "escalated", self.moment(row.escalated_at)
        if row.answer and row.answered_at:
            yield "last answer", f"{self.moment(row.answered_at)}: {_answer(row.answer)}"
        for detail in asked.details:
            yield self._said(detail.label), detail.value

    def _way(self, row: Waiting, choice: Choice, label: Text, option: str = "") -> Way:
        words = ("raccord", "inbox", choice.value, row.incident, *((option,) if option else ()))
        return Way(choice=choice, option=option, label=self._said(label), command=shlex.join(words))

    def _said(self, text: Text) -> str:
        return text.in_language(self._language)


def _deal(asked: Question) -> str:
    return f"{asked.name} ({asked.subject.id})" if asked.name else asked.subject.id


def _person(asked: Question) -> str:
    return (asked.owner.name or asked.owner.id) if asked.owner else ""


def _answer(answer: Answer) -> str:
    return " ".join(filter(None, (answer.choice.value, answer.option, "by", answer.actor)))


def _by_connection(flows: Sequence[StuckFlow]) -> Iterator[tuple[str, list[StuckFlow]]]:
    ordered = sorted(flows, key=lambda held: (held.connection, held.since))
    for connection, held in groupby(ordered, key=lambda held: held.connection):
        yield connection, list(held)


def _refuses(held: Sequence[StuckFlow]) -> bool:
    # Of two causes the one that needs a person is named.
    return any(row.cause == OutageCause.CREDENTIALS for row in held)
