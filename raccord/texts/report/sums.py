"""The tables of a report that add up: the week, by salesperson and pipeline, what is owed, twelve weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from raccord.domain.report.changes import overdue, receivable
from raccord.domain.report.facts import FactKind
from raccord.domain.report.publication import Cell, Column, Table
from raccord.domain.report.report import (
    DSO_DAYS,
    Bucket,
    Counted,
    Figures,
    Group,
    Point,
    Report,
)
from raccord.domain.values.message import message
from raccord.texts.owed import amounts as together
from raccord.texts.report.columns import (
    DATE,
    NUMBER,
    amounts,
    column,
    currencies_of,
    currencies_of_report,
    rows,
    spread,
)
from raccord.texts.voice import Voice

_FACTS = {
    FactKind.WON: message("week.fact.won"),
    FactKind.ISSUED: message("week.fact.issued"),
    FactKind.CREDITED: message("week.fact.credited"),
    FactKind.RECEIVED: message("week.fact.received"),
    FactKind.REFUNDED: message("week.fact.refunded"),
}
_BUCKETS = {
    Bucket.NOT_DUE: message("week.bucket.not_due"),
    Bucket.TO_30: message("week.bucket.to_30"),
    Bucket.TO_60: message("week.bucket.to_60"),
    Bucket.TO_90: message("week.bucket.to_90"),
    Bucket.OLDER: message("week.bucket.older"),
}


def fact(kind: FactKind, voice: Voice) -> str:
    return voice.write(_FACTS[kind])


def figures(report: Report, voice: Voice) -> Table:
    """Hold the week against the one before, a row for each thing that is counted."""
    currencies = currencies_of_report(report)
    return Table(
        key="figures",
        title=voice.say("week.table.figures"),
        columns=(
            column("figure", voice.say("week.column.figure")),
            column("count", voice.say("week.column.count"), NUMBER),
            *amounts("amount", voice.say("week.column.amount"), currencies),
            column("count_before", voice.say("week.column.count_before"), NUMBER),
            *amounts("before", voice.say("week.column.before"), currencies),
        ),
        rows=rows(
            (kind.value, (fact(kind, voice), *_both(now, then, currencies)), "")
            for kind, now, then in _counts(report.figures, report.before)
        ),
        note=voice.say("week.note.figures"),
    )


def _counts(now: Figures, before: Figures) -> Iterator[tuple[FactKind, Counted, Counted]]:
    yield FactKind.WON, now.won, before.won
    yield FactKind.ISSUED, now.issued, before.issued
    yield FactKind.CREDITED, now.credited, before.credited
    yield FactKind.RECEIVED, now.received, before.received
    yield FactKind.REFUNDED, now.refunded, before.refunded


def _both(now: Counted, before: Counted, currencies: Sequence[str]) -> tuple[Cell, ...]:
    return (now.count, *spread(now.sums, currencies), before.count, *spread(before.sums, currencies))


def salespeople(report: Report, voice: Voice) -> Table:
    name, unnamed = column("owner", voice.say("week.column.owner")), voice.say("week.nobody")
    empty = Table(key="salespeople", title=voice.say("week.table.salespeople"), columns=(name,), rows=())
    return _grouped(empty, report.salespeople, unnamed, voice)


def pipelines(report: Report, voice: Voice) -> Table:
    name, unnamed = column("pipeline", voice.say("week.column.pipeline")), voice.say("week.no_pipeline")
    empty = Table(key="pipelines", title=voice.say("week.table.pipelines"), columns=(name,), rows=())
    return _grouped(empty, report.pipelines, unnamed, voice)


def _grouped(table: Table, groups: Sequence[Group], unnamed: str, voice: Voice) -> Table:
    """Fill a table that has only the column of the names."""
    facts = [_shown(group.figures) for group in groups]
    won, issued, received = (
        currencies_of(one for each in facts for one in each[place].sums) for place in range(3)
    )
    return replace(
        table,
        columns=(
            *table.columns,
            column("won", voice.say("week.column.won"), NUMBER),
            *amounts("won", voice.say("week.fact.won"), won),
            column("issued", voice.say("week.column.issued"), NUMBER),
            *amounts("issued", voice.say("week.fact.issued"), issued),
            column("received", voice.say("week.column.received"), NUMBER),
            *amounts("received", voice.say("week.fact.received"), received),
        ),
        rows=rows(
            (each.key, (each.name or unnamed, *_group(each, (won, issued, received))), "") for each in groups
        ),
        note="" if groups else voice.say("week.nothing"),
    )


def _shown(figures: Figures) -> tuple[Counted, ...]:
    return figures.won, figures.issued, figures.received


def _group(group: Group, currencies: Sequence[Sequence[str]]) -> Iterator[Cell]:
    for counted, known in zip(_shown(group.figures), currencies, strict=True):
        yield counted.count
        yield from spread(counted.sums, known)


def aging(report: Report, voice: Voice) -> Table:
    """Show what customers owe by how late it is; what it comes to stands below."""
    currencies = currencies_of(receivable(report))
    owed, late = together(receivable(report), voice.language), together(overdue(report), voice.language)
    note = voice.say("week.note.aging", owed=owed, late=late or "–") if owed else voice.say("week.no_debt")
    return Table(
        key="aging",
        title=voice.say("week.table.aging"),
        columns=(
            column("bucket", voice.say("week.column.bucket")),
            column("count", voice.say("week.column.invoices_count"), NUMBER),
            *amounts("open", voice.say("week.column.open"), currencies),
        ),
        rows=rows(
            (each.bucket.value, _bucket(each.bucket, each.open, currencies, voice), "")
            for each in report.aging
            if currencies
        ),
        note=note,
    )


def _bucket(bucket: Bucket, counted: Counted, currencies: Sequence[str], voice: Voice) -> tuple[Cell, ...]:
    return (voice.write(_BUCKETS[bucket]), counted.count, *spread(counted.sums, currencies))


def weeks(report: Report, voice: Voice) -> Table:
    """Show the trend: a row a week, and columns for each currency."""
    points = {(point.week, point.won.currency): point for point in report.trend}
    currencies = currencies_of(point.won for point in report.trend)
    return Table(
        key="weeks",
        title=voice.say("week.table.weeks"),
        columns=(
            column("week", voice.say("week.column.week")),
            column("monday", voice.say("week.column.monday"), DATE),
            *(each for currency in currencies for each in _trend_columns(currency, voice)),
        ),
        rows=rows(
            (
                str(week),
                (str(week), week.monday, *_trend([points.get((week, each)) for each in currencies])),
                "",
            )
            for week in sorted({point.week for point in report.trend})
        ),
        note=voice.say("week.note.dso", days=DSO_DAYS) if report.trend else voice.say("week.nothing"),
        over_weeks=True,
    )


def _trend_columns(currency: str, voice: Voice) -> Iterator[Column]:
    only = (currency,)
    yield from amounts("won", voice.say("week.fact.won"), only)
    yield from amounts("issued", voice.say("week.fact.issued"), only)
    yield from amounts("received", voice.say("week.fact.received"), only)
    yield from amounts("receivable", voice.say("week.column.receivable"), only)
    title = f"{voice.say('week.column.dso')} {currency}"
    yield Column(key=f"dso_{currency}", title=title, kind=NUMBER)


def _trend(points: Sequence[Point | None]) -> Iterator[Cell]:
    for point in points:
        if point is None:
            yield from (None,) * 5
        else:
            yield from (point.won, point.issued, point.received, point.receivable, point.dso)
