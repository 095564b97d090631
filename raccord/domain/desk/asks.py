"""What any flow may have to ask: a step that was refused, a record that vanishes."""

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Ask
from raccord.domain.values.message import Message, Quote, RecordName, message


def refusal(cause: Cause, record: RecordName, field: str, said: str) -> Problem:
    """A system refused something; `said` are its words, or its connector's."""
    if cause is Cause.UNKNOWN_MAIL:
        return problem(cause, record, field, "step.untold")
    return problem(cause, record, field, _REFUSALS.get(cause, "vendor.refused"), quote=Quote(quote=said))


_REFUSALS = {
    Cause.UNREADABLE_ANSWER: "vendor.unreadable",
    Cause.TOO_LARGE: "step.too_large",
    Cause.BUG: "step.bug",
}


def refused(step: str, found: Problem, *, skip: Message | None = None) -> Ask:
    """A system refused a step, or nobody knows whether its mail left: reading again would not tell either."""
    untold = found.cause is Cause.UNKNOWN_MAIL
    return Ask(
        step=step,
        cause=found.cause,
        title=message("step.untold.title" if untold else "step.title"),
        problems=(found,),
        again=not untold,
        skip=message("answer.mail_settled") if untold and skip else skip,
        cancel=message("answer.by_hand"),
    )


def vanished(record: RecordName) -> Ask:
    """A record is gone each time it is needed."""
    return refused("vanished", problem(Cause.REFUSED, record, "", "step.vanished", record=record))
