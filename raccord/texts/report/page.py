"""A report as one HTML page that needs nothing from elsewhere: on a desk, on a phone, on paper, by ear."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from raccord.domain.report.publication import Cell, ColumnKind, Publication, Table
from raccord.domain.report.week import Week
from raccord.domain.values.message import message
from raccord.texts import formats
from raccord.texts.report.cells import link, said
from raccord.texts.report.drawn import svg
from raccord.texts.report.plotted import plot
from raccord.texts.speech import say

_MANY = 8
"""A table of more columns is set in smaller type on paper."""
_SHORT = 12
"""A table of so many rows stays on one sheet."""
_WHOLE = 14
"""A number or a day of so many letters is not broken into lines."""
_RIGHT = (ColumnKind.MONEY, ColumnKind.NUMBER)


def page(shown: Publication) -> str:
    """Return a week as one page."""
    return _template("report.html").render(
        shown=shown,
        changed=say(message("week.changed"), shown.language),
        contents=say(message("week.contents"), shown.language),
        charts=[(each.title, _picture(svg(plot(shown, each)))) for each in shown.charts],
        tables=[_table(each, shown.language) for each in shown.tables],
    )


def contents(weeks: Sequence[Week], page: str, shown: Publication) -> str:
    """Return a page that leads to those of several weeks, each named `page` in a folder of the week's."""
    return _template("reports.html").render(
        shown=shown,
        title=say(message("week.all"), shown.language),
        weeks=[(_named(week, shown.language), f"{week}/{page}") for week in weeks],
    )


def _named(week: Week, language: str) -> tuple[str, str]:
    year, number, _ = week.monday.isocalendar()
    first, last = formats.long_days((week.monday, week.sunday), language)
    title = say(message("week.title", week=str(number), year=str(year)), language)
    return title, say(message("week.span", first=first, last=last), language)


def _template(name: str) -> Template:
    source = files("raccord.texts").joinpath("templates", name).read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)


def _picture(drawing: str) -> Markup:
    return Markup(drawing)  # noqa: S704 - it is drawn by us, and what people typed is escaped in it


def _table(table: Table, language: str) -> dict[str, Any]:
    kinds = [each.kind for each in table.columns]
    sizes = ("many" if len(kinds) > _MANY else "", "short" if len(table.rows) <= _SHORT else "")
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "size": " ".join(filter(None, sizes)),
        "columns": [(each.title, "number" if each.kind in _RIGHT else "") for each in table.columns],
        "rows": [
            [_cell(cell, kind, language) for cell, kind in zip(row.cells, kinds, strict=True)]
            for row in table.rows
        ],
    }


def _cell(cell: Cell, kind: ColumnKind, language: str) -> tuple[str, str, str]:
    """Return what a cell says, where it leads and how it looks."""
    text = said(cell, language)
    whole = kind is ColumnKind.DATE or (len(text) <= _WHOLE and " " not in text)
    return text, link(cell), "number" if kind in _RIGHT else "whole" if whole else ""
