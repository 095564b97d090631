"""How any flow ends, for the audit, the search attributes and the Temporal UI."""

from typing import Any

from raccord.domain.desk.problems import Problem
from raccord.domain.values.base import Value
from raccord.domain.values.message import Message
from raccord.domain.values.money import Money
from raccord.domain.values.subject import Subject


class End(Value):
    """What a run of a flow came to."""

    flow: str
    subject: Subject
    state: str
    """One word, for filters: `invoiced`, `not_for_us`."""
    cause: str = ""
    """One word for what kept it from more; empty when nothing did."""
    customer: str = ""
    """The billing customer's id."""
    invoices: tuple[str, ...] = ()
    amount: Money | None = None
    summary: Message
    """The end in one sentence."""
    points: tuple[Message | Problem, ...] = ()
    """What there is to know beside it."""
    record: dict[str, Any] = {}
    """What the audit keeps, sealed; empty when the end tells nothing new and leaves no row."""
