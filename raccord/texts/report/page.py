"""A report as one HTML page that needs nothing from elsewhere: on a desk, on a phone, on paper, by ear."""

from collections.abc import Sequence

from markupsafe import Markup

from raccord.domain.report.publication import Publication
from raccord.domain.report.week import Week
from raccord.domain.values.message import message
from raccord.texts import formats
from raccord.texts.pages import table_view, template
from raccord.texts.report.drawn import svg
from raccord.texts.report.plotted import plot
from raccord.texts.speech import say


def page(shown: Publication) -> str:
    """Return a week as one page."""
    return template("report.html").render(
        shown=shown,
        changed=say(message("week.changed"), shown.language),
        contents=say(message("week.contents"), shown.language),
        charts=[(each.title, _picture(svg(plot(shown, each)))) for each in shown.charts],
        tables=[table_view(each, shown.language) for each in shown.tables],
    )


def contents(weeks: Sequence[Week], page: str, shown: Publication) -> str:
    """Return a page that leads to those of several weeks, each named `page` in a folder of the week's."""
    return template("reports.html").render(
        shown=shown,
        title=say(message("week.all"), shown.language),
        weeks=[(_named(week, shown.language), f"{week}/{page}") for week in weeks],
    )


def _named(week: Week, language: str) -> tuple[str, str]:
    year, number, _ = week.monday.isocalendar()
    first, last = formats.long_days((week.monday, week.sunday), language)
    title = say(message("week.title", week=str(number), year=str(year)), language)
    return title, say(message("week.span", first=first, last=last), language)


def _picture(drawing: str) -> Markup:
    return Markup(drawing)  # noqa: S704 - it is drawn by us, and what people typed is escaped in it
