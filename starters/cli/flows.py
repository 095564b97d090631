"""`raccord flows start`."""

import click

from raccord.connectors.connection import Kind
from raccord.connectors.crm import CrmReader
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import message
from raccord.records.work import together
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import DEAL_WON, Changed, wake
from raccord.texts import say
from starters.cli.common import bold
from starters.cli.display import opened
from starters.cli.language import spoken
from starters.cli.server import WITHIN, connected
from starters.cli.story.meant import deal_of
from workers.connections import opened as connections_of


async def start(configuration: Configuration, keys: KeyRing, typed: str) -> int:
    """Start the deal's flow, or tell a running one to look again; what a person answered is asked anew."""
    deal = await _deal(configuration, keys, typed)
    client = await connected(configuration, keys)
    async with opened(configuration, keys) as records:
        flow = DEAL_WON.id_of(deal.subject)
        await together(records.waiting.withdraw(flow), records.answers.withdraw(flow))
    handle = await wake(
        client, DEAL_WON, deal.subject, Changed(key="command line", thorough=True), within=WITHIN
    )
    click.echo(say(message("flows.started", flow=bold(handle.id)), spoken()))
    return 0


async def _deal(configuration: Configuration, keys: KeyRing, typed: str) -> DealRef:
    async with connections_of(configuration) as connections, opened(configuration, keys) as records:
        reader: CrmReader = connections.of(Kind.CRM)
        return await deal_of(configuration, typed, reader, records)
