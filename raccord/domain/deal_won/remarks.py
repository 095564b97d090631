"""What a person should know of an invoice although it was issued: told once, nothing to answer."""

from datetime import datetime

from raccord.domain.deal_won.outcome import DealWonEnd, Ending
from raccord.domain.desk.problems import Cause, Problem
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.money import Money


class Remark(Value):
    """An issued invoice with what the gate warned of. `gross` is what it comes to; `at` is aware."""

    deal: DealRef
    deal_name: str = ""
    deal_url: str = ""
    number: str
    gross: Money
    points: tuple[Problem, ...]
    at: datetime

    @property
    def ref(self) -> str:
        """The message's mark: the same however often it is told."""
        return f"note.{self.deal.id}.{self.number}"


def worth_telling(warnings: tuple[Problem, ...], *, dated: bool) -> tuple[Problem, ...]:
    """Leave out that the deal has no service date: in many companies none has.

    `dated`: it has one, so what is said of it is worth telling.
    """
    return tuple(w for w in warnings if dated or w.cause is not Cause.DATE)


def remark_on(deal: Deal, end: DealWonEnd, *, at: datetime) -> Remark | None:
    """Return what is worth telling of an invoice that was issued; None when nothing is."""
    points = worth_telling(end.warnings, dated=deal.service_date is not None)
    if end.ending is not Ending.INVOICED or end.number is None or end.totals is None or not points:
        return None
    return Remark(
        deal=deal.ref,
        deal_name=deal.name,
        deal_url=deal.url,
        number=end.number,
        gross=end.totals.gross,
        points=points,
        at=at,
    )
