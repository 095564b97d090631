"""`raccord flows show | why`: the story of one deal, and why it stands as it does."""

import click

from raccord.connectors.connection import Kind
from raccord.connectors.crm import CrmReader
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.display import opened, print_json
from starters.cli.language import language_of
from starters.cli.story.meant import deal_of
from starters.cli.story.page import Page
from starters.cli.story.reading import known_of
from workers.connections import opened as connections_of


async def show(configuration: Configuration, keys: KeyRing, deal: str, *, as_json: bool) -> int:
    """Print everything that happened to a deal, each fact with where it is written, and what is awaited."""
    page = await _page(configuration, keys, deal)
    if as_json:
        print_json(page.document())
        return 0
    for line in page.story():
        click.echo(line)
    return 0


async def why(configuration: Configuration, keys: KeyRing, deal: str, *, as_json: bool) -> int:
    """Print in a few sentences why a deal is not invoiced, what it waits for, and why nobody is reminded."""
    page = await _page(configuration, keys, deal)
    if as_json:
        print_json(page.document())
        return 0
    for line in page.reasons():
        click.echo(line)
    return 0


async def _page(configuration: Configuration, keys: KeyRing, typed: str) -> Page:
    async with connections_of(configuration) as connections, opened(configuration, keys) as records:
        reader: CrmReader = connections.of(Kind.CRM)
        deal = await deal_of(configuration, typed, reader, records)
        known = await known_of(deal, configuration, keys, connections, records)
    return Page(known, language_of(configuration))
