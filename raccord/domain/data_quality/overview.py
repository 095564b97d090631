"""What was found in a CRM, as people read it: how much passes, what is to be cleaned, and by whom."""

from datetime import date, datetime
from decimal import Decimal

from raccord.domain.data_quality.topics import Fix, Topic
from raccord.domain.desk.problems import Problem
from raccord.domain.values.base import Value
from raccord.domain.values.message import RecordKind
from raccord.domain.values.money import Money


class Cause(Value):
    """One kind of work. `alone`: the deals that pass once it alone is done."""

    topic: Topic
    deals: int
    alone: int
    sums: tuple[Money, ...]


class Person(Value):
    """A salesperson. `records`: how many wait to be cleaned; those of nobody have no id."""

    id: str
    name: str = ""
    left: bool = False
    """Whether the CRM does not have them any more."""
    judged: int = 0
    passing: int = 0
    """Those that nothing in the CRM keeps back: what the settings lack is not theirs to mend."""
    sums: tuple[Money, ...] = ()
    """What their other deals are worth, net."""
    records: int = 0
    twins: int = 0


class Job(Value):
    """A record that somebody opens and cleans. `sums`: what the deals that wait for it are worth, net."""

    kind: RecordKind
    id: str
    name: str
    url: str
    owner_id: str
    deals: int
    sums: tuple[Money, ...]
    topics: tuple[Topic, ...]
    problems: tuple[Problem, ...]


class Asked(Value):
    """One problem of one deal, with all that a person sorts a spreadsheet by."""

    owner_id: str
    topic: Topic
    problem: Problem
    record_kind: RecordKind
    record_name: str
    record_url: str
    deal_id: str
    deal_name: str
    deal_url: str
    won_on: date | None
    net: Money | None


class Completion(Value):
    """Something that can be typed without asking anybody, or is worth a look; it keeps no deal back."""

    kind: str
    """`vat_number`, `number` or `billing_email`."""
    company_id: str
    name: str
    url: str
    owner_id: str
    here: str
    """What the CRM says; empty where it says nothing."""
    there: str
    """What it should say, or what the billing system says."""
    problem: Problem | None = None
    net: Money | None = None


class Refused(Value):
    """A won deal that nobody could judge."""

    name: str
    url: str
    why: str


class Overview(Value):
    since: date
    until: date
    made_at: datetime
    """Aware, in the company's zone."""
    stopped: str = ""
    """Why not everything was read; empty where it was."""
    deals: int
    """Won deals that were read."""
    judged: int
    """Those of them that are Raccord's to invoice, and not invoiced yet: the others are in no share."""
    passing: int
    invoiced: int
    not_for_us: int
    sums: tuple[Money, ...]
    """What the deals that would ask are worth, net."""
    companies: int
    fixes: tuple[Fix, ...]
    causes: tuple[Cause, ...]
    people: tuple[Person, ...]
    """Those with most money at stake first."""
    settings: tuple[Problem, ...]
    refused: tuple[Refused, ...]
    refused_count: int
    twins: int
    """How many companies the CRM has more than once."""

    @property
    def share(self) -> Decimal | None:
        """The percentage of deals that pass; None where there is none to judge."""
        return share(self.passing, self.judged)


def share(passing: int, judged: int) -> Decimal | None:
    """Return a percentage without decimals: never 100 while one deal asks, never 0 while one passes."""
    if not judged:
        return None
    rounded = (Decimal(100 * passing) / judged).quantize(Decimal(1))
    least, most = (1 if passing else 0), (100 if passing == judged else 99)
    return min(max(rounded, Decimal(least)), Decimal(most))
