"""Customers who were late already when reminders began."""

import hashlib
from enum import StrEnum

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.desk.question import Ask, Detail, Option, Question
from raccord.domain.payment.status import sums
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.end import End
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.domain.values.money import Money
from raccord.domain.values.subject import Subject, SubjectKind

FLOW = "DunningBacklog"
"""The workflow's type, as questions name it."""
BACKLOG = "backlog"
"""Stands for a customer in the subject of the one flow that is about all of them."""
ALL = "all"
"""The option by which all of them may be reminded."""
MOST_NAMED = 10


class LateBefore(Value):
    """A customer who was late before reminders began, and was never reminded."""

    customer_id: str
    name: OneLine = ""
    owed: tuple[Money, ...] = ()


class Ending(StrEnum):
    """How the flow ends."""

    APPROVED = "approved"
    LEFT = "left"
    """They are left alone; `raccord dunning approve` lets one be reminded."""
    EMPTY = "empty"


class BacklogEnd(Value):
    ending: Ending
    count: int = 0

    def told(self, subject: Subject) -> End:
        """Say how it ended, as every flow does."""
        return End(
            flow="dunning_backlog",
            subject=subject,
            state=self.ending.value,
            summary=message(_SUMMARIES[self.ending], count=self.count),
            record=self.model_dump(mode="json") if self.count else {},
        )


def subject_of(billing: str) -> Subject:
    """Return what the flow about them all is about."""
    return Subject(kind=SubjectKind.CUSTOMER, connection=billing, id=BACKLOG)


def may_they_be_reminded(late: tuple[LateBefore, ...], per_day: int) -> Ask:
    """Ask for all of them at once; the largest debts are named."""
    owed = sums(each for customer in late for each in customer.owed)
    largest = sorted(late, key=lambda each: max((m.amount for m in each.owed), default=0), reverse=True)
    record = RecordName(kind=RecordKind.CUSTOMER, id=BACKLOG)
    said = "|".join(sorted(each.customer_id for each in late))
    return Ask(
        step="backlog",
        cause=Cause.BACKLOG,
        title=message("dunning.backlog.title", count=len(late), owed=owed),
        problems=(problem(Cause.BACKLOG, record, "", "dunning.backlog", count=len(late), per_day=per_day),),
        details=tuple(
            Detail(
                label=message("label.customer"),
                value=message("dunning.backlog.of", customer=_record(each), owed=each.owed),
                listed=True,
                moving=True,
            )
            for each in largest[:MOST_NAMED]
        ),
        content=hashlib.sha256(said.encode()).hexdigest()[:16],
        options=(Option(id=ALL, label=message("dunning.backlog.all")),),
        skip=message("dunning.backlog.none"),
    )


def about_backlog(subject: Subject, late: tuple[LateBefore, ...], ask: Ask) -> Question:
    """Put the ask into its context."""
    owed = sums(each for customer in late for each in customer.owed)
    return Question(
        **dict(ask),
        flow=FLOW,
        subject=subject,
        amount=owed[0] if len(owed) == 1 else None,
    )


def _record(late: LateBefore) -> RecordName:
    return RecordName(kind=RecordKind.CUSTOMER, id=late.customer_id, name=late.name)


_SUMMARIES = {
    Ending.APPROVED: "dunning.backlog.approved",
    Ending.LEFT: "dunning.backlog.left",
    Ending.EMPTY: "dunning.backlog.empty",
}
