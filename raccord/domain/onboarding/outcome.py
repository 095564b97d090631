"""How flow 2b ends, and what became of each of its steps."""

from enum import StrEnum

from raccord.domain.onboarding.money import NotPaid
from raccord.domain.values.base import Value
from raccord.domain.values.end import End
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.domain.values.subject import Subject

FLOW = "CustomerOnboarding"
"""The workflow's type, as questions name it."""


class Ending(StrEnum):
    """The named ends of flow 2b."""

    DONE = "onboarded"
    NOT_PAID = "not_paid"
    """The money is not (all) there any more: what was not begun is not begun."""
    KNOWN = "known_customer"
    """The customer paid for an earlier deal, and onboarding is for new ones."""
    NOT_LIVE = "not_live"
    """Payments are in another mode by now: nobody is told, and nothing is begun."""
    DELETED = "deleted"
    CLOSED = "closed"
    """A person gave up the rest."""


class StepState(StrEnum):
    """What became of a step that is over."""

    DONE = "done"
    HELD = "held"
    """A mail that does not leave with test credentials."""
    UNDELIVERED = "undelivered"
    """An event whose endpoint did not take it for days."""
    SKIPPED = "skipped"
    """A person goes on without it."""


class StepEnd(Value):
    name: str
    state: StepState


class OnboardingEnd(Value):
    """What a run of flow 2b came to."""

    ending: Ending
    reason: NotPaid | None = None
    steps: tuple[StepEnd, ...] = ()
    customer_id: str = ""
    invoices: tuple[str, ...] = ()
    amounts: tuple[Money, ...] = ()

    @property
    def cause(self) -> str:
        """One word for what kept it from more; empty when nothing did."""
        if self.reason:
            return self.reason.value
        undelivered = any(step.state is StepState.UNDELIVERED for step in self.steps)
        return StepState.UNDELIVERED.value if undelivered else ""

    def told(self, subject: Subject) -> End:
        """Say how it ended, as every flow does."""
        return End(
            flow="onboarding",
            subject=subject,
            state=self.ending.value,
            cause=self.cause,
            customer=self.customer_id,
            invoices=self.invoices,
            amount=self.amounts[0] if len(self.amounts) == 1 else None,
            summary=self._summary,
            points=tuple(message(_POINTS[step.state], step=step.name) for step in self.steps),
            record=self.model_dump(mode="json"),
        )

    @property
    def _summary(self) -> Message:
        return message(_REASONS[self.reason] if self.reason else _SUMMARIES[self.ending])


_SUMMARIES = {
    Ending.DONE: "onboarding.done",
    Ending.NOT_PAID: "onboarding.open",
    Ending.KNOWN: "onboarding.known",
    Ending.NOT_LIVE: "onboarding.not_live",
    Ending.DELETED: "onboarding.deleted",
    Ending.CLOSED: "onboarding.closed",
}
_REASONS = {
    NotPaid.NOTHING_TO_PAY: "onboarding.nothing_to_pay",
    NotPaid.VOID: "onboarding.void",
    NotPaid.CREDITED: "onboarding.credited",
    NotPaid.REFUNDED: "onboarding.refunded",
    NotPaid.DISPUTED: "onboarding.disputed",
    NotPaid.OPEN: "onboarding.open",
}
_POINTS = {
    StepState.DONE: "onboarding.step_done",
    StepState.HELD: "onboarding.step_held",
    StepState.UNDELIVERED: "onboarding.step_undelivered",
    StepState.SKIPPED: "onboarding.step_skipped",
}
