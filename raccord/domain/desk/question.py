"""The desk's words: what a flow asks a person, and what the person answers."""

import hashlib
from datetime import datetime
from enum import StrEnum

from raccord.domain.desk.problems import Cause, Problem
from raccord.domain.values.base import Value
from raccord.domain.values.message import Message, Param, identity
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.subject import Subject


class Choice(StrEnum):
    """The four answers. What each does to the step at hand is said by the question's own labels."""

    RETRY = "retry"
    SKIP = "skip"
    CANCEL = "cancel"
    CHOOSE = "choose"


class Option(Value):
    """One thing to choose. `id` is what comes back: a vendor's id, or a word of ours."""

    id: str
    label: Message


class Detail(Value):
    """One fact beside a question: amount, customer, a line of the invoice."""

    label: Message
    value: Param
    listed: bool = False
    """One of many alike, told below the table of the others; of a long list only the first are."""
    moving: bool = False
    """True of what changes by itself from day to day: it is shown, and no part of what is asked."""


class WebPage(Value):
    """Where to see what a question is about."""

    label: Message
    url: str


class Ask(Value):
    """What a step needs to know from a person, and everything that may be answered."""

    step: str
    """Which step waits: `quality`, `customer`, `approval`..."""
    cause: Cause
    title: Message
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What a person should know before they answer; none of it has to be settled."""
    details: tuple[Detail, ...] = ()
    content: str = ""
    """A hash of what is part of what is asked and too long to be shown here."""
    links: tuple[WebPage, ...] = ()
    """What to open before an answer is given, beside the records of the problems."""
    again: bool = True
    """Whether reading everything again may help."""
    options: tuple[Option, ...] = ()
    """What `choose` may name."""
    skip: Message | None = None
    """What skipping does; None when the step cannot be skipped."""
    cancel: Message | None = None
    """What giving up does; None when there is nothing to give up."""

    @property
    def fingerprint(self) -> str:
        """The same for the same question, however often it is asked; an answer stands as long as it does.

        Made of codes and parameters: no wording is part of it.
        """
        said = [self.step, *(p.identity for p in self.problems), *(w.on_any_day for w in self.warnings)]
        said += [f"{d.label.identity} {identity(d.value)}" for d in self.details if not d.moving]
        said += [*(o.id for o in self.options), *filter(None, (self.content,))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

    def allows(self, choice: Choice, option: str = "") -> bool:
        """Whether this is one of the answers."""
        match choice:
            case Choice.RETRY:
                return self.again
            case Choice.SKIP:
                return self.skip is not None
            case Choice.CANCEL:
                return self.cancel is not None
            case Choice.CHOOSE:
                return option in {o.id for o in self.options}


class Question(Ask):
    """An ask of one flow about its subject: everything a person needs to decide at once."""

    flow: str
    """The workflow type that asks."""
    subject: Subject
    watched: tuple[str, ...] = ()
    """Records whose change answers the question by itself, as `watch_key` writes them."""
    name: str = ""
    """What people call the subject."""
    url: str = ""
    owner: Owner | None = None
    amount: Money | None = None
    task_on: str = ""
    """Id of the CRM's deal on which a task asks its salesperson too; empty when there is none."""


class Answer(Value):
    """What was decided and by whom; `actor` is an opaque id such as `slack:U01` or `cli:anne`."""

    choice: Choice
    option: str = ""
    actor: str


class Decision(Value):
    """An answer to one question at one moment: it counts only while that question is still asked."""

    incident: str
    revision: int
    answer: Answer


class Ticket(Value):
    """A flow's place at the desk. `revision` rises whenever the question changes."""

    incident: str
    revision: int
    answer: Answer | None = None
    """Given when a person answered this very question before: nobody is asked twice."""


class Asking(Value):
    """A question as its flow asks it.

    `ticket`: the place that the flow has already, `since` an aware instant; the list may have lost it, while
    message and task still carry its number.
    """

    question: Question
    ticket: Ticket | None = None
    since: datetime | None = None


def watch_key(connection: str, kind: str, id: str) -> str:
    """Name a record for watching: `hubspot/company/12`."""
    return f"{connection}/{kind}/{id}"


def button_value(incident: str, revision: int, choice: Choice, option: str = "") -> str:
    """Write an answer as the value of a button."""
    return "|".join((incident, str(revision), choice.value, option))


def decision_of(value: str, actor: str) -> Decision | None:
    """Read the value of a button; None when it is none of ours."""
    match value.split("|", 3):
        case [incident, revision, choice, option] if (
            revision.isascii() and revision.isdigit() and len(revision) < 10 and choice in list(Choice)
        ):
            answer = Answer(choice=Choice(choice), option=option, actor=actor)
            return Decision(incident=incident, revision=int(revision), answer=answer)
        case _:
            return None
