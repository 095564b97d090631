"""How flow 2 ends, in values."""

from enum import StrEnum

from raccord.domain.desk.problems import Problem
from raccord.domain.payment.status import STATUS_NAMES, PaymentStatus
from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.end import End
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.domain.values.subject import Subject


class Ending(StrEnum):
    """The named ends of an invoice's flow."""

    SHOWN = "shown"
    """The deal shows what its invoices brought."""
    OF_NO_DEAL = "of_no_deal"
    NOT_ISSUED = "not_issued"
    """A draft, or no invoice any more: there is nothing to pay."""
    OUTSIDE_ROLLOUT = "outside_rollout"
    DEAL_GONE = "deal_gone"
    PROBLEMS = "problems"
    """In shadow: what a person would have been asked."""
    SHADOW = "shadow"
    CLOSED = "closed"


class PaymentEnd(Value):
    """What a run of an invoice's flow came to."""

    ending: Ending
    mode: Mode = Mode.SHADOW
    number: str = ""
    customer_id: str = ""
    deal: DealRef | None = None
    status: PaymentStatus | None = None
    """Over all invoices of the deal; of the invoice alone where it has none."""
    received: Money | None = None
    due: Money | None = None
    not_shown: tuple[str, ...] = ()
    """Fields that the CRM's account lacks."""
    onboarding: bool = False
    """This run began the onboarding."""
    problems: tuple[Problem, ...] = ()
    changed: bool = True
    """Whether anything differs from what was known before."""

    def told(self, subject: Subject) -> End:
        """Return the end as every flow tells it."""
        return End(
            flow="payment",
            subject=subject,
            state=self.ending.value,
            cause=self.problems[0].cause.value if self.problems else "",
            customer=self.customer_id,
            invoices=(subject.id,),
            amount=self.received,
            summary=self.summary,
            points=(*self.problems, *self._points),
            record=self.model_dump(mode="json") if self.changed else {},
        )

    @property
    def summary(self) -> Message:
        """The end in one sentence."""
        if self.ending not in _TOLD or self.received is None or self.due is None:
            return message(_OTHERWISE.get(self.ending, "payment.end.closed"), number=self.number)
        return message(
            _TOLD[self.ending],
            number=self.number,
            status=STATUS_NAMES[self.status or PaymentStatus.OPEN],
            received=self.received,
            due=self.due,
        )

    @property
    def _points(self) -> tuple[Message, ...]:
        return (message("payment.not_shown", fields=self.not_shown),) if self.not_shown else ()


_TOLD = {Ending.SHOWN: "payment.end.shown", Ending.SHADOW: "payment.end.shadow"}
_OTHERWISE = {
    Ending.OF_NO_DEAL: "payment.end.of_no_deal",
    Ending.NOT_ISSUED: "payment.end.not_issued",
    Ending.OUTSIDE_ROLLOUT: "payment.end.outside_rollout",
    Ending.DEAL_GONE: "payment.end.deal_gone",
    Ending.PROBLEMS: "payment.end.problems",
}


class PlacedEnding(StrEnum):
    """The named ends of the flow of a payment that named no invoice."""

    PLACED = "placed"
    FOR_NO_INVOICE = "for_no_invoice"
    NOT_RECEIVED = "not_received"
    """It did not go through, is still under way, or went back."""
    NOT_OURS = "not_ours"
    """Nobody we invoice paid it, and no invoice waits for this amount."""
    PROBLEMS = "problems"
    """In shadow: what finance would have been asked."""
    CLOSED = "closed"


class PlacedEnd(Value):
    """What a run of a payment's flow came to."""

    ending: PlacedEnding
    mode: Mode = Mode.SHADOW
    invoices: tuple[str, ...] = ()
    amount: Money | None = None
    problems: tuple[Problem, ...] = ()

    def told(self, subject: Subject) -> End:
        """Return the end as every flow tells it."""
        return End(
            flow="payment_placed",
            subject=subject,
            state=self.ending.value,
            cause=self.problems[0].cause.value if self.problems else "",
            invoices=self.invoices,
            amount=self.amount,
            summary=_PLACED[self.ending],
            points=self.problems,
            record=self.model_dump(mode="json"),
        )


_PLACED = {
    PlacedEnding.PLACED: message("placed.end.placed"),
    PlacedEnding.FOR_NO_INVOICE: message("placed.end.for_no_invoice"),
    PlacedEnding.NOT_RECEIVED: message("placed.end.not_received"),
    PlacedEnding.NOT_OURS: message("placed.end.not_ours"),
    PlacedEnding.PROBLEMS: message("placed.end.problems"),
    PlacedEnding.CLOSED: message("placed.end.closed"),
}
