"""What both sides of a pair said when they last agreed, or agreed to differ."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from raccord.domain.contact.said import essence, shown
from raccord.domain.values.base import Value
from raccord.domain.values.details import Field, Side, Sight

LAG = timedelta(minutes=2)
"""How long after our own write a side may still answer what it said before."""


class Written(Value):
    """Our last write in a field: on which side, what that said before, and the aware instant of it."""

    side: Side
    before: str
    at: datetime


class Agreement(Value):
    """What each side said in a field, as `essence` writes it. Two texts, so that they may agree to differ."""

    crm: str
    billing: str
    written: Written | None = None

    def of(self, side: Side) -> str:
        """Return what a side said."""
        return self.crm if side is Side.CRM else self.billing

    @property
    def alike(self) -> bool:
        return self.crm == self.billing

    def saying(self, side: Side, text: str) -> "Agreement":
        """Return the same with another text of one side."""
        return self.model_copy(update={side.value: text})


class Linked(Value):
    """A company, `<connection>:<id>`, that a customer is linked with, and what is remembered of both."""

    company: str
    since: datetime
    """Aware."""
    shared: bool
    """Whether the company is another customer too."""
    agreed: dict[Field, Agreement] = {}


class Pair(Value):
    """A company of the CRM and the billing customer that it is linked with, as both live now."""

    company: str
    """`<connection>:<id>` of the company, as the link has it."""
    since: datetime
    """When the link was made, aware: what was typed before says nothing about the other side."""
    crm: Sight
    billing: Sight
    agreed: dict[Field, Agreement] = {}
    shared: frozenset[Side] = frozenset()
    """The sides whose record is in other pairs too: sites of one company, companies of one customer."""

    def sight(self, side: Side) -> Sight:
        return self.crm if side is Side.CRM else self.billing

    def says(self, side: Side, field: Field) -> str:
        """Return what a side says now, as `essence` writes it."""
        return essence(self.sight(side).details, field)

    def fits(self, field: Field, origin: Side) -> bool:
        """Whether the other side takes as long a text as `origin` says."""
        longest = self.sight(origin.other).longest.get(field)
        return longest is None or len(shown(self.sight(origin).details, field)) <= longest

    @property
    def kept(self) -> frozenset[Field]:
        """The fields that both records can keep."""
        return self.crm.keeps & self.billing.keeps

    def now(self, field: Field) -> Agreement:
        """Return what both say of a field now."""
        return Agreement(crm=self.says(Side.CRM, field), billing=self.says(Side.BILLING, field))


def pairs_of(customer: Sight, links: Iterable[Linked], companies: Iterable[Sight]) -> tuple[Pair, ...]:
    """Return the pairs of a customer, given each linked company as it lives now; gone ones make none."""
    living = [(link, sight) for link, sight in zip(links, companies, strict=True) if not sight.gone]
    several = frozenset((Side.BILLING,)) if len(living) > 1 else frozenset()
    return tuple(
        Pair(
            company=link.company,
            since=link.since,
            crm=sight,
            billing=customer,
            agreed=link.agreed,
            shared=several | (frozenset((Side.CRM,)) if link.shared else frozenset()),
        )
        for link, sight in living
    )


def written(pair: Pair, field: Field, origin: Side, after: Sight, now: datetime) -> Agreement:
    """Return what counts as agreed once the value of `origin` was written on the other side.

    `after` is what that side said right afterwards. What the vendor made of it is no edit; what a person
    typed meanwhile is one; and it may still answer what it said before.
    """
    side = origin.other
    meant, before, said = pair.says(origin, field), pair.says(side, field), essence(after.details, field)
    edit = after.edits.get(field)
    by_somebody = edit is not None and edit.at is not None and not edit.ours
    if said == before or by_somebody:
        said = meant
    mark = Written(side=side, before=before, at=now)
    return Agreement(crm=meant, billing=meant, written=mark).saying(side, said)
