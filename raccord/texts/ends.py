"""How the end of a flow, and what it waits for, read in the Temporal UI."""

import re
from collections.abc import Iterable

from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Question
from raccord.domain.values.end import End
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.texts.problems import say_problem_markdown
from raccord.texts.speech import say

_MARKUP = re.compile(r"[\\`*_\[\]<>#|~]")


def subject_markdown(name: str, net: Money | None, language: str) -> str:
    """Name a deal, and what it comes to; `net` is None where nobody can tell."""
    said = message("page.subject", name=_plain(name), amount=net) if net else None
    return f"### {say(said, language) if said else _plain(name)}"


def money_markdown(name: str, gross: Money | None, language: str) -> str:
    """Name what money is about, and how much: gross, as people pay it."""
    said = message("page.money", name=_plain(name), amount=gross) if gross else None
    return f"### {say(said, language) if said else _plain(name)}"


def _plain(name: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", name)


def end_markdown(end: End, language: str) -> str:
    """Write how a flow ended, and what there is to know beside it."""
    return _titled(end.summary, end.points, language)


def question_markdown(question: Question, incident: str, language: str) -> str:
    """Write what a flow waits for, and every answer with its word for the command line."""
    ways = [("retry", message("button.look_again"))] if question.again else []
    ways += [(f"choose {option.id}", option.label) for option in question.options]
    ways += [("skip", question.skip)] if question.skip else []
    ways += [("cancel", question.cancel)] if question.cancel else []
    listed = "\n".join(f"- {_way(command, label, language)}" for command, label in ways)
    title = _titled(message("waits.question", title=question.title), question.problems, language)
    return f"{title}\n\n{say(message('waits.how'), language)} (`{incident}`)\n\n{listed}"


def waiting_markdown(connection: str, language: str) -> str:
    """Write that a flow is held up by a connection."""
    return f"**{say(message('waits.connection', connection=connection), language)}**"


def _titled(title: Message, points: Iterable[Message | Problem], language: str) -> str:
    listed = "\n".join(f"1. {_point(point, language)}" for point in points)
    return f"**{say(title, language)}**" + (f"\n\n{listed}" if listed else "")


def _way(command: str, label: Message, language: str) -> str:
    return say(message("way", command=f"`{command}`", label=label), language)


def _point(point: Message | Problem, language: str) -> str:
    return say(point, language) if isinstance(point, Message) else say_problem_markdown(point, language)
