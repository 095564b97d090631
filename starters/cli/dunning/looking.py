"""`raccord dunning list | show`: looking, which changes nothing."""

from datetime import datetime

import click

from raccord.domain.values.clock import DAY
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.display import print_json
from starters.cli.dunning.books import Books, books
from starters.cli.dunning.finding import found
from starters.cli.dunning.view import View
from starters.cli.language import language_of


async def list_all(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """List every customer who is late, or whom a notice may concern."""
    async with books(configuration, keys) as open_books:
        customers = await open_books.owing()
        stopped = await open_books.records.dunning.stopped_since(_month(open_books))
    view = View(open_books.policy, open_books.now, language_of(configuration))
    if as_json:
        print_json({"customers": [view.document(each) for each in customers], "stopped": stopped})
        return 0
    for line in view.table(customers, stopped):
        click.echo(line)
    return 0


async def show(configuration: Configuration, keys: KeyRing, customer: str, *, as_json: bool) -> int:
    """Show one customer: what it owes, what was sent and said, and what comes next."""
    async with books(configuration, keys) as open_books:
        known = await found(open_books, customer)
    view = View(open_books.policy, open_books.now, language_of(configuration))
    if as_json:
        print_json(view.whole(known))
        return 0
    for line in view.page(known):
        click.echo(line)
    return 0


def _month(books: Books) -> datetime:
    """Return the first instant of the business month."""
    return books.policy.clock.end_of(books.today.replace(day=1) - DAY)
