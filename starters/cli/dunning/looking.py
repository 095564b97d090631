"""`raccord dunning list | show | preview`: looking, which changes nothing."""

from datetime import datetime
from pathlib import Path

import click

from raccord.domain.dunning.foresight import Coming
from raccord.domain.dunning.letter import Letter, letter_of
from raccord.domain.values.clock import DAY
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts.mails import BadTemplate, Templates, Worded
from raccord.texts.reminders import reminder
from starters.cli.common import bold, fail
from starters.cli.display import fold, print_json, shown
from starters.cli.dunning.books import Books, Known, books
from starters.cli.dunning.finding import found
from starters.cli.dunning.view import View


async def list_all(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """List every customer who is late, or whom a notice may concern."""
    async with books(configuration, keys) as open_books:
        customers = await open_books.owing()
        stopped = await open_books.records.dunning.stopped_since(_month(open_books))
    view = View(open_books.policy, open_books.now)
    if as_json:
        print_json({"customers": [view.document(each) for each in customers], "stopped": stopped})
        return 0
    for line in view.table(customers, sum(stopped.values())):
        click.echo(line)
    return 0


async def show(configuration: Configuration, keys: KeyRing, customer: str, *, as_json: bool) -> int:
    """Show one customer: what it owes, what was sent and said, and what comes next."""
    async with books(configuration, keys) as open_books:
        known = await found(open_books, customer)
    view = View(open_books.policy, open_books.now)
    if as_json:
        print_json(view.whole(known))
        return 0
    for line in view.page(known):
        click.echo(line)
    return 0


async def preview(
    configuration: Configuration, keys: KeyRing, customer: str, *, language: str, html: Path | None
) -> int:
    """Write the mail that would leave next, if nothing changed until then. Sends nothing."""
    async with books(configuration, keys) as open_books:
        known = await found(open_books, customer)
    view = View(open_books.policy, open_books.now)
    if known.next is None:
        fail(f"no mail to {shown(known.name)} comes next. {shown(view.what_follows(known))}", status=1)
    letter = _letter(open_books, known, known.next, language)
    try:
        worded = reminder(letter, Templates(configuration.settings.mail.templates))
    except BadTemplate as error:
        fail(str(error), status=1)
    if html:
        html.write_text(worded.html or worded.text, encoding="utf-8")
        click.echo(f"{bold(str(html))} is the page of it. {shown(view.what_follows(known))}")
        return 0
    for line in _heading(known, worded, view):
        click.echo(line)
    click.echo(shown(worded.text))
    return 0


def _letter(books: Books, known: Known, coming: Coming, language: str) -> Letter:
    account = known.account.model_copy(update={"language": language}) if language else known.account
    return letter_of(coming.due, account, known.memory, books.policy, coming.at)


def _heading(known: Known, worded: Worded, view: View) -> list[str]:
    return [
        *fold(bold(shown(worded.subject))),
        shown(f"{known.account.email or '?'}. {view.what_follows(known)}"),
        "",
    ]


def _month(books: Books) -> datetime:
    """Return the first instant of the business month."""
    return books.policy.clock.end_of(books.today.replace(day=1) - DAY)
