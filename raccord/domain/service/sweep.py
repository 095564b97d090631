"""Looking for what no webhook told: what a sweep was asked for and what it found."""

from datetime import date, datetime

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.details import Side

_UNSEEN = "If one is a deal's, `raccord flows start DEAL` shows its credit in the CRM."


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
    paid: int = 0
    """Invoices and payments whose money changed, or is still expected: their flows were told to look."""
    owing: int = 0
    """Customers who owe: the flows of their reminders were told to look."""
    in_step: int = 0
    """Customers who changed on one side: the flows that keep them in step were told to look."""
    corrected: int = 0
    """Deals whose invoice a person voided or credited: their flows were told to look."""
    relinked: int = 0
    """Deals whose invoice the CRM shows and no record knew: it is linked with them again."""
    remark: str = ""
    """What could not be looked for, and why; the rest was."""


class SweepPlan(Value):
    """The window of one sweep; `changed_since` is None when there was none before."""

    crm: str
    full: bool = False
    changed_since: datetime | None = None
    corrected_since: datetime | None = None
    """From when on credit notes and voided invoices are looked for; None where no deal is ours yet."""
    money_since: datetime | None = None
    """From when on payments are looked for; None while flow 2 is in shadow."""
    first_look_at: datetime | None = None
    """When payments were looked for the first time: nobody hears of what changed before."""
    first: bool = False
    """Whether that is now."""
    expected: bool = False
    """Whether what is still expected was last looked at thoroughly a day ago, or never."""
    owing_before: date | None = None
    """Customers who owe something due before this business date are looked for; None: not now."""
    began_at: datetime
    in_step: bool = False
    """Whether customers are kept in step."""
    details_since: dict[Side, datetime] = {}
    """From when on each side's changed customers are looked for; nothing of one that nobody has looked at."""

    @property
    def money_until(self) -> datetime | None:
        """Until when payments are looked for at once, so that all of them are quiet or none is."""
        return self.first_look_at if self.quiet else None

    @property
    def quiet(self) -> bool:
        """Whether nobody hears of the payments that are found."""
        since, first = self.money_since, self.first_look_at
        return since is not None and first is not None and since < first

    def going_on(self, seen_to: datetime) -> "SweepPlan":
        """Return the plan for the payments of after an instant."""
        return self.model_copy(update={"money_since": seen_to})

    def details_going_on(self, side: Side, seen_to: datetime) -> "SweepPlan":
        """Return the plan for one side's changed customers of after an instant."""
        return self.model_copy(update={"details_since": self.details_since | {side: seen_to}})


class Corrections(Value):
    """The deals whose invoice a person voided or credited, and what could not be looked at."""

    deals: tuple[DealRef, ...] = ()
    unreadable: int = 0
    """Invoices, or entries of the vendor's list, that could not be read and may be a deal's."""
    unread: int = 0
    """Invoices that no record knows, beyond those that one sweep reads."""
    refused: str = ""
    """Why the list is not complete: the next sweep asks for all of it again."""

    @property
    def remark(self) -> str:
        """What was left out, and why, in English; nothing when all was seen."""
        said = []
        if self.refused:
            said.append(f"Credit notes were not looked for: {self.refused}")
        if self.unreadable:
            said.append(f"{self.unreadable} credited or voided invoice(s) could not be read. {_UNSEEN}")
        if self.unread:
            said.append(
                f"{self.unread} credited invoice(s) that no record knows were too many to read. {_UNSEEN}"
            )
        return " ".join(said)
