"""The mail that brings a report to management: sentences, figures, gaps, charts, and where to read on.

The words are `report.<language>.txt`, the page is `report.mjml`; a company may replace each by its own. A
place that was down is named, so that nobody takes what stands there for this week.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from raccord.domain.report.place import Place
from raccord.domain.report.publication import Publication, Row, Table
from raccord.domain.values.base import Value
from raccord.domain.values.mail import Picture
from raccord.domain.values.message import Quote, message
from raccord.texts.mails import Templates, Worded
from raccord.texts.report.cells import link, said
from raccord.texts.report.drawn import png
from raccord.texts.report.plotted import plot
from raccord.texts.speech import say

NAME = "report"
_MOST_GAPS = 10
_MOST_CHARTS = 8
"""Two currencies' worth: each takes some 30 KB of every mailbox."""


class Illustrated(Value):
    """What a mail says, and the pictures in its page."""

    worded: Worded
    pictures: tuple[Picture, ...] = ()


def letter(shown: Publication, places: Sequence[Place], templates: Templates) -> Illustrated:
    """Word the mail about a week, once all places were tried. Raises `BadTemplate`."""
    charts = shown.charts[:_MOST_CHARTS]
    pictures = tuple(Picture(name=f"{each.key}.png", content=png(plot(shown, each))) for each in charts)
    named = {
        **_named(shown, places),
        "charts": [
            {"title": chart.title, "alternative": f"{chart.title}. {chart.alternative}", "cid": picture.cid}
            for chart, picture in zip(charts, pictures, strict=True)
        ],
    }
    worded = templates.words(NAME, shown.language, named)
    page = templates.page(NAME, {**named, "subject": worded.subject, "text": worded.text})
    return Illustrated(worded=worded.model_copy(update={"html": page}), pictures=pictures)


def _named(shown: Publication, places: Sequence[Place]) -> Mapping[str, Any]:
    table, language = shown.table(shown.gaps), shown.language
    gaps = [_gap(table, row, language) for row in table.rows[:_MOST_GAPS]]
    left = len(table.rows) - len(gaps)
    return {
        "company": shown.company,
        "mark": shown.mark,
        "title": shown.title,
        "subtitle": shown.subtitle,
        "sentences": shown.sentences,
        "totals": shown.totals,
        "gaps": gaps,
        "gaps_note": table.note,
        "more_gaps": say(message("week.more_gaps", count=left), language) if left else "",
        "open_at": [each for each in places if each.at and not each.trouble],
        "down": [_down(each, language) for each in places if each.trouble],
        "language": language,
        "label": {
            "changed": say(message("week.changed"), language),
            "figures": say(message("week.in_figures"), language),
            "gaps": table.title,
            "open": say(message("week.open"), language),
        },
    }


def _gap(table: Table, row: Row, language: str) -> Mapping[str, str]:
    """Name what a template may say of a gap: the columns of its table, both amounts in one, and its link."""
    cells = {column.key: cell for column, cell in zip(table.columns, row.cells, strict=True)}
    words = {key: said(cell, language) for key, cell in cells.items()}
    if isinstance(days := cells["age"], int):
        words["age"] = say(message("proof.days", count=days), language)
    return {**words, "amounts": _amounts(words["here"], words["there"], language), "url": link(cells["name"])}


def _amounts(here: str, there: str, language: str) -> str:
    match bool(here), bool(there):
        case True, True:
            return say(message("week.gap.both", here=here, there=there), language)
        case True, False:
            return say(message("week.gap.here", here=here), language)
        case False, True:
            return say(message("week.gap.there", there=there), language)
        case _:
            return ""


def _down(place: Place, language: str) -> str:
    return say(message("week.place_down", place=place.name, why=Quote(quote=place.trouble)), language)
