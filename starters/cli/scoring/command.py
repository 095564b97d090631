"""`raccord shadow score`: how often shadow and people agree, before anything is issued by itself."""

import click

from raccord.connectors.connection import Kind
from raccord.connectors.errors import ConnectorError
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.common import fail
from starters.cli.display import opened, print_json
from starters.cli.dunning.books import now
from starters.cli.language import language_of
from starters.cli.scoring.page import document, lines
from starters.cli.scoring.reading import Reader
from workers.connections import opened as connections_of


async def score(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """Print what became of every deal that shadow would have invoiced, in the desk's language."""
    settings, language = configuration.settings, language_of(configuration)
    async with connections_of(configuration) as connections, opened(configuration, keys) as records:
        reader = Reader(
            billing=connections.of(Kind.BILLING),
            connection=configuration.billing.name,
            records=records,
            rules=settings.invoice_policy,
            clock=settings.clock,
            now=now(),
        )
        try:
            found = await reader.score()
        except ConnectorError as error:
            fail(str(error), status=1)
    if as_json:
        print_json(document(found, language))
        return 0
    for line in lines(found, language):
        click.echo(line)
    return 0
