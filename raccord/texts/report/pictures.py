"""Which charts a report has: of the twelve weeks and of what is late, for each currency."""

from collections import Counter
from collections.abc import Iterator

from raccord.domain.report.changes import latest
from raccord.domain.report.publication import Chart, ChartKind, Table
from raccord.domain.report.report import Point, Report
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.texts.owed import listed
from raccord.texts.report.columns import currencies_of
from raccord.texts.voice import Voice


def charts(report: Report, aging: Table, voice: Voice) -> tuple[Chart, ...]:
    """Return won, issued and received, receivables, DSO and aging of each currency, the most used first."""
    moved = Counter(point.won.currency for point in report.trend if _moved(point))
    currencies = sorted(currencies_of(point.won for point in report.trend), key=lambda each: -moved[each])
    return tuple(chart for each in currencies for chart in _of(each, report, aging, voice))


def _moved(point: Point) -> bool:
    return any(each.amount for each in (point.won, point.issued, point.received))


def _of(currency: str, report: Report, aging: Table, voice: Voice) -> Iterator[Chart]:
    point = next((each for each in latest(report) if each.won.currency == currency), None)
    if point is None:
        return
    flow = message("week.alt.flow", won=point.won, issued=point.issued, received=point.received)
    yield _weekly("flow", currency, message("week.chart.flow", currency=currency), flow, voice)
    owed = message("week.alt.receivable", receivable=point.receivable)
    yield _weekly("receivable", currency, message("week.chart.receivable", currency=currency), owed, voice)
    if point.dso is not None:
        days = message("week.alt.dso", days=point.dso)
        yield _weekly("dso", currency, message("week.chart.dso", currency=currency), days, voice)
    if any(each.key == f"open_{currency}" for each in aging.columns):
        yield Chart(
            key=f"aging_{currency}",
            title=voice.say("week.chart.aging", currency=currency),
            alternative=_aged(aging, f"open_{currency}", voice),
            kind=ChartKind.COLUMNS,
            table=aging.key,
            across="bucket",
            values=(f"open_{currency}",),
            unit=currency,
        )


def _weekly(what: str, currency: str, title: Message, alternative: Message, voice: Voice) -> Chart:
    drawn = ("won", "issued", "received") if what == "flow" else (what,)
    return Chart(
        key=f"{what}_{currency}",
        title=voice.write(title),
        alternative=voice.write(alternative),
        kind=ChartKind.COLUMNS if what == "flow" else ChartKind.LINE,
        table="weeks",
        across="monday",
        values=tuple(f"{each}_{currency}" for each in drawn),
        unit=voice.say("week.days") if what == "dso" else currency,
    )


def _aged(aging: Table, key: str, voice: Voice) -> str:
    at = next(place for place, each in enumerate(aging.columns) if each.key == key)
    said = tuple(
        f"{row.cells[0]} {voice.write(amount)}"
        for row in aging.rows
        if isinstance(amount := row.cells[at], Money)
    )
    return voice.say("week.alt.aging", parts=listed(said, voice.language))
