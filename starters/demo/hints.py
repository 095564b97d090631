"""What a demo says that goes on: what runs where, and what to try there. Marked up as `rich` reads it."""

import shlex
from collections.abc import Callable, Iterator, Sequence

from raccord.domain.values.message import Text, message
from raccord.temporal.flows import DUNNING
from raccord.temporal.views import View
from raccord.texts import say_param
from starters.demo.place import Place

REMINDERS = View("reminders", f'WorkflowType = "{DUNNING.name}"')
_LABELS, _PLACES = 15, 21
"""Columns that labels take, and those of views and of where a report is, where none needs more."""
Say = Callable[[Text], str]


def next_step(place: Place, days: Place | None, language: str) -> str:
    """Say it in a language; `days`: where they are short."""

    def said(text: Text) -> str:
        return say_param(text, language)

    beside = _of_short_days(days, said) if days else ()
    return "\n".join((*_running(place, said), *beside, said(message("demo.stop"))))


def _running(place: Place, said: Say) -> Iterator[str]:
    vendors, data = _bold((message("demo.vendors"), message("demo.data")), said)
    views = tuple(place.ui.links(place.pair.connections))
    labels = _columns([label for label, _ in views], _PLACES, said)
    yield f"\n[bold]{said(message('demo.running'))}[/]\n"
    yield f"{vendors}{place.url('sandbox', '/')}"
    yield f"[bold]{said(message('demo.ui'))}[/]"
    yield from (f"  {label}{url}" for label, (_, url) in zip(labels, views, strict=True))
    yield f"{data}{place.directory}\n"
    crm, billing = place.pair.crm, place.pair.billing
    win = message("demo.win" if crm.first_on_page else "demo.win_in", win="[bold]Win[/]", crm=crm.title)
    yield f"[bold]{said(message('demo.now'))}[/] {said(win)}"
    yield said(message("demo.mailed") if billing.tells else message("demo.swept", billing=billing.title))
    if crm.first_on_page:
        yield said(message("demo.dirty"))
    yield f"{said(message('demo.beside'))}\n"
    yield f"  . {shlex.quote(str(place.shell_file))}"
    yield "  raccord inbox list\n"


def _of_short_days(place: Place, said: Say) -> Iterator[str]:
    page = place.url("sandbox", "/")
    headings = (message("demo.short.vendors"), message("demo.short.flows"), message("demo.short.report"))
    vendors, flows, report = _bold(headings, said)
    kinds = (
        message("demo.short.sheet"),
        message("demo.short.notion"),
        message("demo.short.mail"),
        message("demo.short.page"),
    )
    sheet, notion, mail, kept = _columns(kinds, _PLACES, said)
    below = " " * max(_LABELS, *(len(said(each)) + 2 for each in headings))
    yield f"[bold]{said(message('demo.short.where'))}[/] {said(message('demo.short.company'))}\n"
    yield f"{vendors}{page}"
    yield f"{flows}{place.ui.view(REMINDERS)}"
    yield f"{report}{sheet}{page}#google-panel"
    yield f"{below}{notion}{page}#notion-panel"
    yield f"{below}{mail}{page}#mailbox-panel"
    yield f"{below}{kept}{place.reports.as_uri()}/index.html\n"
    yield f"{said(message('demo.short.win'))}\n"
    yield f"  . {shlex.quote(str(place.shell_file))}"
    yield "  raccord dunning list"
    yield "  raccord report\n"


def _bold(labels: Sequence[Text], said: Say) -> list[str]:
    return [f"[bold]{each}[/]" for each in _columns(labels, _LABELS, said)]


def _columns(labels: Sequence[Text], least: int, said: Say) -> list[str]:
    """Say labels, each as wide as the widest and with room after it."""
    texts = [said(each) for each in labels]
    width = max(least, *(len(each) + 2 for each in texts))
    return [f"{each:<{width}}" for each in texts]
