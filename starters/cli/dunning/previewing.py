"""`raccord dunning preview`: the mail that would leave next."""

from pathlib import Path

import click

from raccord.domain.dunning.foresight import Coming
from raccord.domain.dunning.letter import Letter, letter_of
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say
from raccord.texts.mails import BadTemplate, Templates, Worded
from raccord.texts.reminders import reminder
from starters.cli.common import bold, fail
from starters.cli.display import fold, shown
from starters.cli.dunning.books import Books, Known, books
from starters.cli.dunning.finding import found
from starters.cli.dunning.view import View
from starters.cli.language import language_of


async def preview(
    configuration: Configuration, keys: KeyRing, customer: str, *, language: str, html: Path | None
) -> int:
    """Write the mail that would leave next, if nothing changed until then. Sends nothing."""
    async with books(configuration, keys) as open_books:
        known = await found(open_books, customer)
    view = View(open_books.policy, open_books.now, language_of(configuration))
    if known.next is None:
        why = shown(view.what_follows(known))
        fail(message("dunning.cli.none_next", name=shown(known.name), why=why), status=1)
    attached = len(known.next.due.invoices) if open_books.policy.rules.attach_up_to_mb else 0
    letter = _letter(open_books, known, known.next, language)
    try:
        worded = reminder(letter, Templates(configuration.settings.mail.templates), attached=attached)
    except BadTemplate as error:
        fail(error, status=1)
    if html:
        _write(html, worded)
        said = message("dunning.cli.page", file=bold(str(html)), why=shown(view.what_follows(known)))
        click.echo(say(said, language_of(configuration)))
        return 0
    for line in _heading(known, worded, view):
        click.echo(line)
    click.echo(shown(worded.text))
    return 0


def _write(file: Path, worded: Worded) -> None:
    file.write_text(worded.html or worded.text, encoding="utf-8")


def _letter(books: Books, known: Known, coming: Coming, language: str) -> Letter:
    account = known.account.model_copy(update={"language": language}) if language else known.account
    return letter_of(coming.due, account, known.memory, books.policy, coming.at)


def _heading(known: Known, worded: Worded, view: View) -> list[str]:
    return [
        *fold(bold(shown(worded.subject))),
        shown(f"{known.account.email or '?'}. {view.what_follows(known)}"),
        "",
    ]
