"""Looking for what no webhook told: what a sweep was asked for and what it found."""

from datetime import datetime

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef


class Sweep(Value):
    """`full`: every won deal since the cut-over; otherwise what changed, and all of them once a day."""

    full: bool = False


class SweepResult(Value):
    """What a sweep came to, in numbers of deals."""

    won: int = 0
    """Won deals it looked at."""
    without_invoice: int = 0
    """Those among them that show no invoice: their flows were told to look."""
    changed: int = 0
    """Invoiced deals that changed since the last sweep: their flows were told to look."""
    waiting: int = 0
    """Open questions whose flows were told to look again."""
    no_longer_won: int = 0
    """Invoiced deals that are won no more, or gone: their flows were told to look."""
    corrected: int = 0
    """Deals whose invoice a person voided or credited: their flows were told to look."""
    remark: str = ""
    """What could not be looked for, and why; the rest was."""


class Corrected(Value):
    """An invoice that was voided or credited; `deal` is what it says of itself, where it is ours."""

    invoice_id: str
    deal: DealRef | None = None


class SweepPlan(Value):
    """The window of one sweep; `changed_since` is None when there was none before."""

    crm: str
    full: bool = False
    changed_since: datetime | None = None
    corrected_since: datetime | None = None
    """From when on credit notes and voided invoices are looked for; None where no deal is ours yet."""
    began_at: datetime


class Corrections(Value):
    """The invoices that people voided or credited in the billing system."""

    invoices: tuple[Corrected, ...] = ()
    refused: str = ""
    """Why they could not be listed."""
