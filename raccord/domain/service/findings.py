"""What is told by the day and not by the deal: what a shadow run found, and what nobody transmits."""

from datetime import datetime
from enum import StrEnum

from raccord.domain.desk.problems import Problem
from raccord.domain.shadow.computed import Computed
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import Message
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner

LISTED = 10
"""How many findings of a kind a digest names; the others it counts."""


class FindingKind(StrEnum):
    WOULD_INVOICE = "would_invoice"
    WOULD_ASK = "would_ask"
    NOT_FOR_US = "not_for_us"
    NOT_TRANSMITTED = "not_transmitted"
    """An issued invoice that the law wants on an approved platform, where nobody that we know of puts it."""

    @property
    def of_shadow(self) -> bool:
        return self is not FindingKind.NOT_TRANSMITTED


class Finding(Value):
    """What was found about one deal. `net` and `gross` are None where they cannot be told; `at` is aware."""

    kind: FindingKind
    deal: DealRef
    name: str = ""
    url: str = ""
    owner: Owner | None = None
    number: str = ""
    """The issued invoice's."""
    net: Money | None = None
    gross: Money | None = None
    points: tuple[Message | Problem, ...] = ()
    left_out: int = 0
    """How many points a digest does not name."""
    computed: Computed | None = None
    """In shadow: the invoice that would have been made, where the whole deal is invoiced at once."""
    at: datetime

    @property
    def key(self) -> str:
        """What a later finding replaces: a deal has one verdict at a time."""
        return verdict_key(self.deal) if self.kind.of_shadow else f"{self.kind}/{self.deal}/{self.number}"


def verdict_key(deal: DealRef) -> str:
    """Return under which key a deal's verdict in shadow is kept."""
    return f"shadow/{deal}"


class Tally(Value):
    """How many findings there are of a kind; `nets` adds up what is known, one sum per currency."""

    kind: FindingKind
    count: int
    nets: tuple[Money, ...] = ()


class Digest(Value):
    """What is told of the findings at an aware instant: all counted, the first of each kind named."""

    at: datetime
    tallies: tuple[Tally, ...]
    findings: tuple[Finding, ...]

    @property
    def ref(self) -> str:
        """The message's mark: the same however often it is told."""
        return f"digest.{self.at:%Y%m%dT%H%M%S%f}"


def tallied(findings: tuple[Finding, ...]) -> tuple[Tally, ...]:
    """Count findings by kind, in the order of the kinds."""
    return tuple(
        Tally(kind=kind, count=len(found), nets=_sums(found))
        for kind in FindingKind
        if (found := [each for each in findings if each.kind is kind])
    )


def digest_of(findings: tuple[Finding, ...], at: datetime) -> Digest | None:
    """Put findings into one message's worth; None when there is nothing to tell."""
    if not findings:
        return None
    named = [each for kind in FindingKind for each in [f for f in findings if f.kind is kind][:LISTED]]
    return Digest(at=at, tallies=tallied(findings), findings=tuple(map(_shortened, named)))


def _shortened(found: Finding) -> Finding:
    first, others = found.points[:1], found.points[1:]
    return found.model_copy(update={"points": first, "left_out": len(others), "computed": None})


def _sums(findings: list[Finding]) -> tuple[Money, ...]:
    sums = dict[str, Money]()
    for net in (each.net for each in findings):
        if net:
            sums[net.currency] = sums.get(net.currency, Money.zero(net.currency)) + net
    return tuple(sums[currency] for currency in sorted(sums))
