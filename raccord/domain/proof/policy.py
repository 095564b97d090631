"""By what both sides are held together, frozen from the settings."""

from datetime import date

from raccord.domain.rules.invoicing import AmountBasis
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock


class ProofPolicy(Value):
    """Connections are their task queues too."""

    crm: str
    billing: str
    since: date | None
    """The cut-over: deals won from this business date on are Raccord's; None where there is none yet."""
    clock: BusinessClock = BusinessClock()
    amount_basis: AmountBasis = AmountBasis.NET
    payments: bool
    """Whether deals show what was paid."""
    reminded_from: int | None
    """The first day after a due date on which customers are reminded; None where nobody is."""
    timing: Timing = Timing()
    language: str = "fr"


class ProofWanted(Value):
    """`since`: another business date than the cut-over; None: that one."""

    since: date | None = None


class ProofDone(Value):
    """What a proof came to, in numbers; the whole of it stands in the records."""

    deals: int
    invoices: int
    gaps: int
    looked_at: int
    """Gaps that flows were told to look at."""
