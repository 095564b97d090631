"""What a chart of a report draws: numbers, the words beside them, and a scale of round steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor, log10

from raccord.domain.report.publication import Cell, Chart, ChartKind, Linked, Publication
from raccord.domain.values.money import Money
from raccord.texts import formats

_STEPS = (1, 2, 2.5, 5, 10)
_MOST_STEPS = 5
_ROUND = 100
"""From here on a value is written without decimals."""


@dataclass(frozen=True)
class Series:
    name: str
    values: tuple[float | None, ...]
    """One for each label; None where nothing is known."""


@dataclass(frozen=True)
class Plot:
    """A chart with all that it shows."""

    key: str
    title: str
    alternative: str
    kind: ChartKind
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    language: str

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(value for each in self.series for value in each.values if value is not None)

    def said(self, value: float) -> str:
        """Write a value beside its mark: its title says the unit, and cents would crowd it."""
        decimals = 0 if abs(value) >= _ROUND else 2
        return formats.number(Decimal(str(round(value, decimals))), self.language)

    def ticks(self) -> tuple[float, ...]:
        """Return the marks of the axis, from the lowest to the highest, zero among them."""
        least, most = min(0.0, *self.values, 0.0), max(0.0, *self.values, 0.0)
        step = _step((most - least) or 1.0)
        first = floor(least / step)
        last = -floor(-most / step)
        return tuple(step * at for at in range(first, max(last, first + 1) + 1))


def plot(shown: Publication, chart: Chart) -> Plot:
    """Read what a chart draws out of its table."""
    table = shown.table(chart.table)
    places = {each.key: at for at, each in enumerate(table.columns)}
    return Plot(
        key=chart.key,
        title=chart.title,
        alternative=chart.alternative,
        kind=chart.kind,
        labels=tuple(_label(row.cells[places[chart.across]], shown.language) for row in table.rows),
        series=tuple(
            Series(
                name=table.columns[places[key]].title,
                values=tuple(_value(row.cells[places[key]]) for row in table.rows),
            )
            for key in chart.values
        ),
        language=shown.language,
    )


def _step(span: float) -> float:
    rough = span / _MOST_STEPS
    power = 10.0 ** floor(log10(rough))
    return float(next(each for each in _STEPS if each * power >= rough) * power)


def _label(cell: Cell, language: str) -> str:
    match cell:
        case date():
            return formats.short_day(cell, language)
        case Linked(text=text):
            return text
        case _:
            return "" if cell is None else str(cell)


def _value(cell: Cell) -> float | None:
    match cell:
        case Money(amount=amount):
            return float(amount)
        case Decimal() | int():
            return float(cell)
        case _:
            return None


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Cut a line where nothing is known."""
    found: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((at, value))
    return [each for each in found if each]
