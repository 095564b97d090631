"""What flow 2b asks: every step that failed, at once."""

from collections.abc import Iterable

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Ask, Option, Question, watch_key
from raccord.domain.onboarding.facts import Facts
from raccord.domain.onboarding.outcome import FLOW
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import Quote, RecordKind, RecordName, message

SKIP, ARRIVED, AGAIN = "skip", "arrived", "again"
"""What an option begins with; the name of its step follows."""


class Failure(Value):
    """A step that came to no good end. `times`: what came of its mail before, counted."""

    step: str
    problem: Problem
    unknown: bool = False
    """Nobody knows whether the mail left."""
    times: int = 0


def step_name(name: str) -> RecordName:
    return RecordName(kind=RecordKind.STEP, id=name)


def no_address(step: str) -> Problem:
    """Nobody knows where the customer reads mail."""
    return problem(Cause.EMAIL, step_name(step), "billing_email", "onboarding.no_address")


def may_have_left(step: str, addresses: tuple[str, ...]) -> Problem:
    """A mail was handed over, and the server never said that it took it."""
    return problem(
        Cause.ONBOARDING, step_name(step), "", "onboarding.mail_unknown", addresses=", ".join(addresses)
    )


def not_taken(step: str, said: str) -> Problem:
    """A system put the step off for days."""
    return problem(Cause.ONBOARDING, step_name(step), "", "onboarding.not_taken", quote=Quote(quote=said))


def failed(failures: Iterable[Failure]) -> Ask:
    """Ask about all steps that failed. An answer is for one of them, or for all."""
    found = tuple(failures)
    return Ask(
        step="onboarding",
        cause=Cause.ONBOARDING,
        title=message("onboarding.failed", count=len(found)),
        problems=tuple(each.problem for each in found),
        # The answer to a mail that may have left is not the answer to the same mail sent again.
        content=" ".join(f"{each.step}:{each.times}" for each in found if each.times),
        options=tuple(option for each in found for option in _options(each, alone=len(found) == 1)),
        skip=message("onboarding.skip_all", count=len(found)),
        cancel=message("onboarding.cancel"),
    )


def _options(failure: Failure, *, alone: bool) -> Iterable[Option]:
    if failure.unknown:
        yield Option(id=f"{ARRIVED} {failure.step}", label=message("onboarding.arrived", step=failure.step))
        yield Option(id=f"{AGAIN} {failure.step}", label=message("onboarding.again", step=failure.step))
    if not alone:
        yield Option(id=f"{SKIP} {failure.step}", label=message("onboarding.skip_one", step=failure.step))


def chosen(option: str) -> tuple[str, str]:
    """Return what an option does, and to which step."""
    what, _, step = option.partition(" ")
    return what, step


def question_about(ref: DealRef, facts: Facts | None, ask: Ask) -> Question:
    """Put an ask into the context of its deal. Who waits is the salesperson."""
    deal = facts.deal if facts else None
    parts = [("deal", ref.id)]
    parts += [("company", company.id) for company in deal.companies] if deal else []
    parts += [("contact", contact.id) for contact in deal.contacts] if deal else []
    return Question(
        **dict(ask),
        flow=FLOW,
        subject=ref.subject,
        watched=tuple(watch_key(ref.connection, kind, id) for kind, id in parts),
        name=deal.name if deal else "",
        url=deal.url if deal else "",
        owner=deal.owner if deal else None,
        amount=facts.amounts[0] if facts and len(facts.amounts) == 1 else None,
        task_on=ref.id if deal else "",
    )
