"""What the tables of a report are made of: columns per currency, and rows with keys of their own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from raccord.domain.report.publication import Cell, Column, ColumnKind, Row
from raccord.domain.report.report import Counted, Figures, Report
from raccord.domain.values.money import Money

MONEY, NUMBER, DATE = ColumnKind.MONEY, ColumnKind.NUMBER, ColumnKind.DATE


def column(key: str, title: str, kind: ColumnKind = ColumnKind.TEXT) -> Column:
    return Column(key=key, title=title, kind=kind)


def amounts(key: str, title: str, currencies: Sequence[str]) -> Iterator[Column]:
    """Yield a column of amounts for each currency: what stands in one can be added up."""
    for currency in currencies:
        yield Column(key=f"{key}_{currency}", title=f"{title} {currency}", kind=MONEY, currency=currency)


def spread(sums: Iterable[Money], currencies: Sequence[str]) -> tuple[Money | None, ...]:
    """Return the cells of such columns."""
    found = {each.currency: each for each in sums}
    return tuple(found.get(currency) for currency in currencies)


def currencies_of(sums: Iterable[Money]) -> tuple[str, ...]:
    return tuple(sorted({each.currency for each in sums}))


def currencies_of_report(report: Report) -> tuple[str, ...]:
    """Return the currencies of the week, of the one before and of the trend."""
    counted = (*_counted(report.figures), *_counted(report.before), *(each.open for each in report.aging))
    sums = [each for some in counted for each in some.sums]
    sums += [each for point in report.trend for each in (point.won, point.issued, point.received)]
    return currencies_of(sums)


def rows(found: Iterable[tuple[str, tuple[Cell, ...], str]]) -> tuple[Row, ...]:
    """Build rows of a key, their cells and where they lead; of equal keys, the later ones are counted."""
    seen: Counter[str] = Counter()
    built = []
    for key, cells, url in found:
        seen[key] += 1
        own = key if seen[key] == 1 else f"{key}#{seen[key]}"
        built.append(Row(key=own, cells=cells, url=url))
    return tuple(built)


def _counted(figures: Figures) -> tuple[Counted, ...]:
    return (figures.won, figures.issued, figures.credited, figures.received, figures.refunded)
