"""Making a report: every deal and every invoice goes by once, and what the week came to is left."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from raccord.domain.report.adding import Adder, Sums
from raccord.domain.report.facts import Fact, FactKind, InvoiceStory, Told, fact_of
from raccord.domain.report.report import (
    DSO_DAYS,
    MOST_LINES,
    WEEKS,
    Adjustment,
    AdjustmentKind,
    Aged,
    Bucket,
    DealLine,
    Group,
    Point,
    Report,
)
from raccord.domain.report.week import Week
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.listed import ListedDeal
from raccord.domain.values.money import EXACT, Money, round_half_up

_DSO_WEEKS = DSO_DAYS // 7
_BUCKETS = ((30, Bucket.TO_30), (60, Bucket.TO_60), (90, Bucket.TO_90))
_TAKEN_OFF = (FactKind.REFUNDED,)


def listed_from(week: Week) -> date:
    """Return the business date from which on all is listed: what the oldest DSO of the trend counts."""
    return week.back(WEEKS - 1 + _DSO_WEEKS - 1).monday


class Names(Value):
    """What salespeople and pipelines are called, by their ids."""

    owners: Mapping[str, str] = {}
    pipelines: Mapping[str, str] = {}


@dataclass
class _Line:
    """One deal of the week while its facts go by."""

    line: DealLine
    sums: dict[FactKind, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    numbers: list[str] = field(default_factory=list)
    currency: str = ""

    def done(self) -> DealLine:
        def money(*kinds: FactKind) -> Money | None:
            known = [kind for kind in kinds if kind in self.sums]
            signed = (-self.sums[kind] if kind in _TAKEN_OFF else self.sums[kind] for kind in known)
            return Money(amount=sum(signed, Decimal(0)), currency=self.currency) if known else None

        return self.line.model_copy(
            update={
                "won": money(FactKind.WON),
                "issued": money(FactKind.ISSUED),
                "received": money(FactKind.RECEIVED, FactKind.REFUNDED),
                "numbers": tuple(self.numbers),
            }
        )


class Reckoning:
    """`told`, given with each fact, is what another report said of it; `kept`: the weeks that were told.

    A fact that another report told is in no figure again. Of what belongs to a week that was told, only
    what differs is said: an adjustment.
    """

    def __init__(self, week: Week, clock: BusinessClock, names: Names, kept: frozenset[Week]) -> None:
        self._week = week
        self._clock = clock
        self._names = names
        self._kept = kept
        self._trend = [week.back(weeks) for weeks in reversed(range(WEEKS))]
        self._figures = Adder()
        self._by_owner: dict[str, Adder] = defaultdict(Adder)
        self._by_pipeline: dict[str, Adder] = defaultdict(Adder)
        self._by_week: dict[Week, Adder] = defaultdict(Adder)
        self._receivable: dict[Week, Sums] = defaultdict(Sums)
        self._aging: dict[Bucket, Sums] = defaultdict(Sums)
        self._lines: dict[str, _Line] = {}
        self._left_out: set[str] = set()
        self._adjustments: list[Adjustment] = []
        self._more_adjustments = 0
        self._by_hand: dict[str, None] = {}

    def deal(self, deal: ListedDeal, told: Mapping[str, Told]) -> list[Fact]:
        """Count a deal; return the facts that this report is the first to tell, or tells anew."""
        fact = fact_of(deal)
        return self._told([fact] if fact else [], told, deal, None)

    def invoice(self, story: InvoiceStory, told: Mapping[str, Told]) -> list[Fact]:
        """Count an invoice; see `deal`."""
        currency = story.invoice.listed.invoice.currency
        for week in self._trend:
            if owed := story.owed_at(week.sunday, self._clock):
                self._receivable[week].add(Money(amount=owed, currency=currency))
                if week == self._week:
                    self._aging[self._bucket(story)].add(Money(amount=owed, currency=currency))
        facts = story.facts(self._clock)
        return self._told(facts, told, story.deal, story)

    def gone(self, told: Told) -> None:
        """Say that what an earlier report told is no more."""
        fact = told.fact
        self._adjust(
            Adjustment(
                key=fact.key,
                kind=AdjustmentKind.GONE,
                fact=fact.kind,
                week=fact.week,
                name=fact.name,
                url=fact.url,
                told=fact.amount,
            )
        )

    def report(self, *, computed_at: datetime, late: bool) -> Report:
        """Return what went by, without what stands in the records alone."""
        lines = [each.done() for each in self._lines.values()]
        return Report(
            week=self._week,
            computed_at=computed_at,
            day=self._clock.date_of(computed_at),
            late=late,
            figures=self._figures.figures,
            before=self._by_week[self._week.back(1)].figures,
            salespeople=_groups(self._by_owner, self._names.owners),
            pipelines=_groups(self._by_pipeline, self._names.pipelines),
            lines=tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.key))),
            more_lines=len(self._left_out),
            adjustments=tuple(self._adjustments),
            more_adjustments=self._more_adjustments,
            aging=tuple(Aged(bucket=bucket, open=self._aging[bucket].counted) for bucket in Bucket),
            trend=tuple(self._points()),
            by_hand=tuple(line for line in lines if line.key in self._by_hand),
        )

    def _told(
        self,
        facts: list[Fact],
        told: Mapping[str, Told],
        deal: ListedDeal | None,
        story: InvoiceStory | None,
    ) -> list[Fact]:
        anew = []
        for fact in facts:
            self._by_week[fact.week].add(fact)
            before = told.get(fact.key)
            if before is not None and before.by > self._week:
                # This week is told late: a later one's report had it first.
                continue
            if before is None and fact.week == self._week:
                self._count(fact, deal, story)
                anew.append(fact)
            elif self._adjusted(fact, before):
                anew.append(fact)
        return anew

    def _count(self, fact: Fact, deal: ListedDeal | None, story: InvoiceStory | None) -> None:
        self._figures.add(fact)
        self._by_owner[deal.owner_id if deal else ""].add(fact)
        self._by_pipeline[deal.pipeline_id if deal else ""].add(fact)
        self._list(fact, deal, story)

    def _adjusted(self, fact: Fact, before: Told | None) -> bool:
        """Say what differs from what was told; whether something does."""
        if before is None:
            if fact.week not in self._kept or fact.week > self._week:
                return False
            kind = AdjustmentKind.LATE
        elif before.fact.amount == fact.amount:
            return False
        else:
            kind = AdjustmentKind.CHANGED
        self._adjust(
            Adjustment(
                key=fact.key,
                kind=kind,
                fact=fact.kind,
                week=fact.week,
                name=fact.name,
                url=fact.url,
                told=before.fact.amount if before else None,
                now=fact.amount,
            )
        )
        return True

    def _adjust(self, found: Adjustment) -> None:
        if len(self._adjustments) < MOST_LINES:
            self._adjustments.append(found)
        else:
            self._more_adjustments += 1

    def _list(self, fact: Fact, deal: ListedDeal | None, story: InvoiceStory | None) -> None:
        invoice = story.invoice.listed.invoice if story else None
        key = deal.id if deal else (invoice.id if invoice else fact.id)
        currency = fact.amount.currency if fact.amount else ""
        at = self._lines.get(key)
        if at and at.currency and currency and at.currency != currency:
            key = f"{key}/{currency}"
            at = self._lines.get(key)
        if at is None:
            if len(self._lines) == MOST_LINES:
                self._left_out.add(key)
                return
            at = self._lines[key] = _Line(
                DealLine(
                    key=key,
                    name=fact.name,
                    url=fact.url,
                    owner=self._names.owners.get(deal.owner_id, deal.owner_id) if deal else "",
                    customer=story.invoice.customer if story else "",
                )
            )
        if fact.amount:
            at.currency = currency
            at.sums[fact.kind] += fact.amount.amount
        if story and not at.line.customer:
            at.line = at.line.model_copy(update={"customer": story.invoice.customer})
        if fact.kind is FactKind.ISSUED and invoice:
            at.numbers.append(invoice.number or invoice.id)
            if story and story.by_hand:
                self._by_hand[key] = None

    def _bucket(self, story: InvoiceStory) -> Bucket:
        invoice = story.invoice.listed.invoice
        due_on = invoice.due_on or invoice.issued_on or self._week.sunday
        late = (self._week.sunday - due_on).days
        if late <= 0:
            return Bucket.NOT_DUE
        return next((bucket for most, bucket in _BUCKETS if late <= most), Bucket.OLDER)

    def _points(self) -> list[Point]:
        currencies = frozenset[str]().union(
            *(self._by_week[week].currencies | self._receivable[week].currencies for week in self._trend)
        )
        return [self._point(week, currency) for currency in sorted(currencies) for week in self._trend]

    def _point(self, week: Week, currency: str) -> Point:
        adder = self._by_week[week]
        receivable = self._receivable[week].of(currency)
        issued = sum(
            (self._by_week[week.back(n)].of(FactKind.ISSUED).of(currency).amount for n in range(_DSO_WEEKS)),
            Decimal(0),
        )
        return Point(
            week=week,
            won=adder.of(FactKind.WON).of(currency),
            issued=adder.of(FactKind.ISSUED).of(currency),
            received=adder.of(FactKind.RECEIVED).of(currency),
            receivable=receivable,
            dso=dso(receivable.amount, issued),
        )


def dso(receivable: Decimal, issued: Decimal) -> Decimal | None:
    """Return days sales outstanding to one decimal: receivables by what was invoiced in `DSO_DAYS`, in days.

    None where nothing was invoiced.
    """
    if issued <= 0:
        return None
    return round_half_up(EXACT.divide(EXACT.multiply(receivable, Decimal(DSO_DAYS)), issued), 1)


def _groups(adders: Mapping[str, Adder], names: Mapping[str, str]) -> tuple[Group, ...]:
    """Return a group for each id, by name; what is nobody's goes last."""
    found = [Group(key=id, name=names.get(id, id), figures=each.figures) for id, each in adders.items()]
    return tuple(sorted(found, key=lambda group: (not group.name, group.name.casefold(), group.key)))
