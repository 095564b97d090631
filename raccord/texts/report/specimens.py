"""Weeks that nobody had, to try templates on before a Monday comes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from raccord.domain.proof.gap import Gap, GapKind
from raccord.domain.report.changes import changes
from raccord.domain.report.place import Place
from raccord.domain.report.publication import Publication
from raccord.domain.report.report import Aged, Bucket, Counted, Figures, Point, Report
from raccord.domain.report.week import Week
from raccord.domain.values.money import Money
from raccord.texts.reports import publication
from raccord.texts.voice import Voice

_WEEK, _DAY = Week(monday=date(2026, 11, 23)), date(2026, 11, 30)
_AT = datetime(2026, 11, 30, 8, tzinfo=UTC)
_SUM = Money.of_minor(120_000, "EUR")
_SOME = Counted(count=1, sums=(_SUM,))
PLACES = (Place(name="sheets", at="https://example.com"), Place(name="notion", trouble="503"))


def weeks_of_nobody(language: str, company: str) -> tuple[Publication, Publication]:
    """Return a week without anything, and one with something of all that a mail may name."""
    quiet = Report(week=_WEEK, computed_at=_AT, day=_DAY)
    busy = quiet.model_copy(
        update={
            "figures": Figures(won=_SOME, issued=_SOME, received=_SOME),
            "gaps": tuple(_gap(number) for number in range(11)),
            "gap_counts": {GapKind.NOT_INVOICED: 11},
            "proved_at": _AT,
            "aging": (Aged(bucket=Bucket.TO_30, open=_SOME),),
            "trend": (
                Point(week=_WEEK, won=_SUM, issued=_SUM, received=_SUM, receivable=_SUM, dso=Decimal("40.5")),
            ),
        }
    )
    voice = Voice(language=language)
    told = (each.model_copy(update={"changes": changes(each, None)}) for each in (quiet, busy))
    first, second = (publication(each, voice, company) for each in told)
    return first, second


def _gap(number: int) -> Gap:
    return Gap(
        kind=GapKind.NOT_INVOICED,
        name="Acme",
        deal_id=str(number),
        url="https://example.com",
        here=_SUM,
        since=_DAY,
    )
