"""The weekly report in words, in the company's language: what every place shows of it."""

from collections.abc import Iterator

from raccord.domain.report.changes import asked, latest, overdue, receivable
from raccord.domain.report.publication import Publication
from raccord.domain.report.report import Counted, Report
from raccord.domain.values.message import Day, Moment, Number
from raccord.texts import formats
from raccord.texts.owed import amounts, listed
from raccord.texts.report import lists, sums
from raccord.texts.report.pictures import charts
from raccord.texts.voice import Voice

_NONE = "–"


def publication(report: Report, voice: Voice, company: str) -> Publication:
    """Say a week; `company` is whose it is."""
    aging = sums.aging(report, voice)
    year, number, _ = report.week.monday.isocalendar()
    return Publication(
        week=report.week,
        language=voice.language,
        company=company,
        mark=voice.test_mark.strip(" []"),
        title=voice.say("week.title", week=str(number), year=str(year)),
        subtitle=subtitle(report, voice),
        computed_at=report.computed_at,
        sentences=tuple(voice.write(each) for each in report.changes),
        totals=tuple(_totals(report, voice)),
        tables=(
            sums.figures(report, voice),
            sums.salespeople(report, voice),
            sums.pipelines(report, voice),
            lists.deals(report, voice),
            lists.gaps(report, voice),
            aging,
            sums.weeks(report, voice),
            lists.waiting(report, voice),
            lists.promises(report, voice),
            lists.reminders(report, voice),
            lists.by_hand(report, voice),
            lists.adjustments(report, voice),
        ),
        charts=charts(report, aging, voice),
    )


def subtitle(report: Report, voice: Voice) -> str:
    """Say from when to when, when it was made and that it was late, and what is in no figure."""
    first, last = formats.long_days((report.week.monday, report.week.sunday), voice.language)
    said = [voice.say("week.span", first=first, last=last)]
    if report.late:
        day = formats.long_day(report.day, voice.language, "EEEE d\u00a0MMMM")
        said.append(voice.say("week.late", day=day))
    else:
        said.append(voice.say("week.made", at=Moment(moment=report.computed_at)))
    if report.since:
        said.append(voice.say("week.since", day=Day(day=report.since)))
    if report.unreadable:
        said.append(voice.say("week.unreadable", count=report.unreadable))
    return " ".join(said)


def _totals(report: Report, voice: Voice) -> Iterator[tuple[str, str]]:
    now = report.figures
    yield voice.say("week.fact.won"), _worth(now.won, voice)
    yield voice.say("week.fact.issued"), _worth(now.issued, voice)
    yield voice.say("week.fact.received"), _worth(now.received, voice)
    yield voice.say("week.total.receivable"), amounts(receivable(report), voice.language) or _NONE
    yield voice.say("week.total.overdue"), amounts(overdue(report), voice.language) or _NONE
    yield voice.say("week.total.dso"), _dso(report, voice)
    gaps = formats.number(sum(report.gap_counts.values()), voice.language)
    yield voice.say("week.table.gaps"), gaps if report.proved_at else _NONE
    yield voice.say("week.total.asked"), formats.number(asked(report), voice.language)


def _worth(counted: Counted, voice: Voice) -> str:
    return amounts(counted.sums, voice.language) or _NONE


def _dso(report: Report, voice: Voice) -> str:
    known = [(each.won.currency, Number(number=each.dso)) for each in latest(report) if each.dso is not None]
    said = tuple(
        voice.say("week.dso_in", days=days, currency=currency)
        if len(known) > 1
        else voice.say("week.dso", days=days)
        for currency, days in known
    )
    return listed(said, voice.language) or _NONE
