"""How flow 4 ends, in values."""

from enum import StrEnum

from raccord.domain.desk.problems import Problem
from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Value
from raccord.domain.values.end import End
from raccord.domain.values.message import Message, RecordName, message
from raccord.domain.values.subject import Subject


class Ending(StrEnum):
    """The named ends of a customer's flow."""

    IN_STEP = "in_step"
    """Both sides say the same, or agreed to differ."""
    NOT_LINKED = "not_linked"
    """The customer belongs to no company of the CRM."""
    CUSTOMER_GONE = "customer_gone"
    COMPANY_GONE = "company_gone"
    """Every company that the customer belonged to was deleted."""
    SHADOW = "shadow"
    PROBLEMS = "problems"
    """In shadow: what a person would have been asked."""
    CLOSED = "closed"


class ContactEnd(Value):
    """What a run of a customer's flow came to."""

    ending: Ending
    mode: Mode
    customer: RecordName
    carried: tuple[Message, ...] = ()
    """What went over, field by field; in shadow what would have."""
    problems: tuple[Problem, ...] = ()

    def told(self, subject: Subject) -> End:
        """Return the end as every flow tells it."""
        return End(
            flow="contact",
            subject=subject,
            state=self.ending.value,
            cause=self.problems[0].cause.value if self.problems else "",
            customer=subject.id,
            summary=self._summary,
            points=(*self.problems, *self.carried),
            # Most looks find both in step: such an end is no news.
            record=self.model_dump(mode="json") if self._news else {},
        )

    @property
    def _news(self) -> bool:
        return bool(self.carried or self.problems) or self.ending not in (Ending.IN_STEP, Ending.SHADOW)

    @property
    def _summary(self) -> Message:
        if self.carried and self.ending in _CARRIED:
            return message(_CARRIED[self.ending], customer=self.customer, count=len(self.carried))
        return message(_SUMMARIES[self.ending], customer=self.customer)


_CARRIED = {
    Ending.IN_STEP: "contact.end.carried",
    Ending.CLOSED: "contact.end.carried",
    Ending.SHADOW: "contact.end.would_carry",
    Ending.PROBLEMS: "contact.end.would_carry",
}
_SUMMARIES = {
    Ending.IN_STEP: "contact.end.in_step",
    Ending.NOT_LINKED: "contact.end.not_linked",
    Ending.CUSTOMER_GONE: "contact.end.customer_gone",
    Ending.COMPANY_GONE: "contact.end.company_gone",
    Ending.SHADOW: "contact.end.shadow",
    Ending.PROBLEMS: "contact.end.problems",
    Ending.CLOSED: "contact.end.closed",
}
