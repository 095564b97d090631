"""What a week came to, as management is told: counts and sums, currencies never added.

Amounts of won deals are as the CRM has them, net or gross by the company's setting; of invoices and payments
gross. An amount that left, as a credit note or a refund, is positive here under a name that says so.
"""

from datetime import date, datetime
from enum import StrEnum

from raccord.domain.dunning.silence import Silence
from raccord.domain.dunning.stopped import Stop
from raccord.domain.proof.gap import Gap, GapKind
from raccord.domain.report.facts import FactKind
from raccord.domain.report.week import Week
from raccord.domain.values.base import Exact, OneLine, Value
from raccord.domain.values.message import Message
from raccord.domain.values.money import Money

WEEKS = 12
"""How far back the trend goes."""
MOST_LINES = 500
"""Deals, invoices, gaps and adjustments that a report names, each; what is beyond it counts."""
DSO_DAYS = 91
"""Days sales outstanding: receivables at the end, by what was invoiced in so many days, times the days."""


class Counted(Value):
    """So many, of such sums: one a currency, in order of the currencies."""

    count: int = 0
    sums: tuple[Money, ...] = ()


class Figures(Value):
    """What was won, issued and received."""

    won: Counted = Counted()
    issued: Counted = Counted()
    """Invoices, at what was invoiced: what was credited later is not taken off."""
    credited: Counted = Counted()
    """Credit notes, voided invoices and those given up."""
    received: Counted = Counted()
    """Payments; what was set off against a credit balance brought no money."""
    refunded: Counted = Counted()
    """Refunds and lost disputes."""


class Group(Value):
    """The figures of one salesperson, or of one pipeline; nobody's where the name is empty."""

    key: str
    name: OneLine = ""
    figures: Figures


class DealLine(Value):
    """One deal of the week, or one invoice of no deal, with what the week brought of it."""

    key: str
    """The deal's id, else the invoice's: the same whenever the week is told."""
    name: OneLine = ""
    url: str = ""
    owner: OneLine = ""
    customer: OneLine = ""
    numbers: tuple[str, ...] = ()
    """Of its invoices that were issued this week."""
    won: Money | None = None
    issued: Money | None = None
    received: Money | None = None
    """What was refunded is taken off."""


class AdjustmentKind(StrEnum):
    LATE = "late"
    """It belongs to a week that was told before, and was not known then."""
    CHANGED = "changed"
    """It has another amount now than was told."""
    GONE = "gone"
    """It was told, and is no more."""


class Adjustment(Value):
    """What is otherwise than an earlier week's report told; that report stays as it is."""

    key: str
    kind: AdjustmentKind
    fact: FactKind
    week: Week
    """To which it belongs."""
    name: OneLine = ""
    url: str = ""
    told: Money | None = None
    now: Money | None = None


class Bucket(StrEnum):
    """How late receivables are, in days after the due date."""

    NOT_DUE = "not_due"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OLDER = "90+"


class Aged(Value):
    bucket: Bucket
    open: Counted = Counted()


class Point(Value):
    """One week of the trend, in one currency."""

    week: Week
    won: Money
    issued: Money
    received: Money
    receivable: Money
    """What customers owed at the end of its Sunday."""
    dso: Exact | None = None
    """Days, to one decimal; None where nothing was invoiced in `DSO_DAYS`."""


class Waits(Value):
    """Questions at the desk of one cause and one owner."""

    cause: Message
    owner: OneLine = ""
    """Empty where nobody owns them."""
    waiting: Counted
    since: datetime
    """Since when the oldest waits, aware."""


class Promised(Value):
    """A customer promised to pay."""

    customer_id: str
    customer: OneLine = ""
    until: date
    amounts: tuple[Money, ...] = ()


class Reminded(Value):
    """Reminders of one level that left in the week."""

    level: int
    count: int


class Stopped(Value):
    """Reminders that did not leave in the week, for a reason."""

    reason: Silence | Stop
    count: int


class Report(Value):
    """One week. It is computed once and kept: told again, it says the same."""

    week: Week
    computed_at: datetime
    """Aware, in the company's zone."""
    day: date
    """The business date on which it was computed: ages of gaps count up to it."""
    late: bool = False
    """Whether it was computed on a later day than the one it was due on."""
    since: date | None = None
    """The business date from which on deals are Raccord's; None before the cut-over is set."""
    figures: Figures = Figures()
    before: Figures = Figures()
    """Of the week before."""
    salespeople: tuple[Group, ...] = ()
    pipelines: tuple[Group, ...] = ()
    lines: tuple[DealLine, ...] = ()
    """The first `MOST_LINES`."""
    more_lines: int = 0
    adjustments: tuple[Adjustment, ...] = ()
    """The first `MOST_LINES`."""
    more_adjustments: int = 0
    gaps: tuple[Gap, ...] = ()
    gap_counts: dict[GapKind, int] = {}
    proved_at: datetime | None = None
    """When both sides were compared last, aware; None where they never were: gaps are unknown then."""
    aging: tuple[Aged, ...] = ()
    """Every bucket, at the end of the week."""
    trend: tuple[Point, ...] = ()
    """`WEEKS` weeks up to this one, the oldest first, each currency's together."""
    waiting: tuple[Waits, ...] = ()
    promises: tuple[Promised, ...] = ()
    reminded: tuple[Reminded, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    by_hand: tuple[DealLine, ...] = ()
    """Won deals of the week whose invoice a person wrote."""
    changes: tuple[Message, ...] = ()
    """What changed since the Monday before, in five sentences."""
    unreadable: int = 0
    """Records that could not be read, and are in no figure."""
