"""The conversation: what an account holds side by side, and an answer to each question."""

import sys
from collections.abc import Iterator, Mapping

import click

from raccord.domain.proposal.candidates import Candidate
from raccord.domain.proposal.questions import Choice, Question
from raccord.domain.values.message import message
from raccord.texts import say
from starters.cli.common import bold
from starters.cli.display import fold, shown, table


class Conversation:
    """Asks on the terminal. Whoever has nothing more to say gets the proposals."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._silent = False

    def answers(self, asked: tuple[Question, ...]) -> dict[str, str]:
        """Ask what somebody has to decide; the rest is decided already."""
        open_questions = [each for each in asked if each.asked]
        self._tell(say(message("init.intro", count=len(open_questions)), self._language))
        found = {each.name: each.default for each in asked}
        for number, question in enumerate(open_questions, 1):
            found[question.name] = self._answer(number, question)
        return found

    def _answer(self, number: int, question: Question) -> str:
        self._tell("", bold(f"{number}. {say(question.text, self._language)}"))
        self._tell(*fold(f"   {say(question.why, self._language)}", indent="   "))
        for line in self._choices(question):
            self._tell(f"   {line}")
        while True:
            given = self._typed(self._place(question, question.default))
            if given is None:
                return question.default
            if (answer := _meant(question, given)) is not None:
                return answer
            self._tell(self._refusal(question, given))

    def _choices(self, question: Question) -> Iterator[str]:
        if any(each.candidate for each in question.choices):
            headings = ["", *(say(each, self._language) for each in _HEADINGS)]
            rows = [[f"{place}.", *self._row(choice)] for place, choice in enumerate(question.choices, 1)]
            yield from table(headings, rows, right=headings[2:4])
            return
        for place, choice in enumerate(question.choices, 1):
            yield f"{place}. {self._text(choice)}"

    def _row(self, choice: Choice) -> list[str]:
        if (found := choice.candidate) is None:
            return [self._text(choice), "", "", ""]
        return [self._called(found), *self._counted(found), self._examples(found)]

    def _called(self, found: Candidate) -> str:
        name = found.field.name
        return name if found.field.label in ("", name) else f"{found.field.label} ({name})"

    def _counted(self, found: Candidate) -> tuple[str, str]:
        return f"{found.filled}/{found.field.records}", str(len(found.fitting))

    def _examples(self, found: Candidate) -> str:
        parts = list(found.samples)
        if found.odd:
            parts.append(say(message("init.odd", odd=found.oddity), self._language))
        if found.spoilt:
            parts.append(say(message("init.spoilt"), self._language))
        return " · ".join(parts) or say(message("init.empty"), self._language)

    def _text(self, choice: Choice) -> str:
        return say(choice.text, self._language) if choice.text else choice.key

    def _place(self, question: Question, key: str) -> str:
        """Write an answer as it is typed: the number of its line, or itself."""
        keys = [each.key for each in question.choices]
        return str(keys.index(key) + 1) if key in keys else key

    def _refusal(self, question: Question, given: str) -> str:
        if question.choices:
            return say(message("init.refused", answer=given), self._language)
        if question.day:
            return say(message("init.refused_day", answer=given), self._language)
        return say(message("init.refused_text"), self._language)

    def _typed(self, default: str) -> str | None:
        """Read a line; None for an empty one, and once there is nothing more to read."""
        if self._silent:
            return None
        click.echo(
            f"   {shown(say(message('init.your_answer', default=default), self._language))} ", nl=False
        )
        sys.stdout.flush()
        if not (line := sys.stdin.readline()):
            self._silent = True
            self._tell("", say(message("init.taken"), self._language))
        return line.strip() or None

    def _tell(self, *lines: str) -> None:
        for line in lines:
            click.echo(line)


_HEADINGS = (
    message("init.field"),
    message("init.filled"),
    message("init.plausible"),
    message("init.examples"),
)


def _meant(question: Question, given: str) -> str | None:
    """Return the answer that was typed: a line's number, or an answer as the answers file has it."""
    keys = [each.key for each in question.choices]
    if keys and given.isdecimal() and 1 <= int(given) <= len(keys):
        return keys[int(given) - 1]
    return None if question.refuses(given) else given


def checked(
    asked: tuple[Question, ...], given: Mapping[str, object], file: str, language: str
) -> dict[str, str]:
    """Return an answer to every question. Raises `ValueError` with a sentence for one that is none."""
    names = tuple(each.name for each in asked)
    for name in given:
        if name not in names:
            raise ValueError(say(message("init.unknown_answer", file=file, name=name, names=names), language))
    found = {}
    for question in asked:
        answer = str(given.get(question.name, question.default))
        if question.name in given and question.refuses(answer):
            raise ValueError(
                say(
                    message(
                        "init.bad_answer",
                        file=file,
                        name=question.name,
                        answer=answer,
                        choices=_possible(question, language),
                    ),
                    language,
                )
            )
        found[question.name] = answer
    return found


def _possible(question: Question, language: str) -> tuple[str, ...]:
    if question.choices:
        return tuple(each.key for each in question.choices)
    return (say(message("init.any_day" if question.day else "init.any_text"), language),)
