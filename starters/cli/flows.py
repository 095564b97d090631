"""`raccord flows start`."""

import click

from raccord.connectors.capabilities import IdShape
from raccord.connectors.connection import Kind
from raccord.connectors.crm import Crm
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.records.work import together
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import DEAL_WON, Changed, wake
from starters.cli.common import bold, fail
from starters.cli.display import shown
from starters.cli.server import WITHIN, connected
from workers.connections import opened


async def start(configuration: Configuration, keys: KeyRing, deal_id: str) -> int:
    """Start the deal's flow, or tell a running one to look again; what a person answered is asked anew."""
    refuse_what_is_no_id(deal_id, await _shape(configuration))
    deal = DealRef(connection=configuration.crm.name, id=deal_id)
    client = await connected(configuration, keys)
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        flow = DEAL_WON.id_of(deal.subject)
        await together(records.waiting.withdraw(flow), records.answers.withdraw(flow))
    finally:
        await records.close()
    handle = await wake(
        client, DEAL_WON, deal.subject, Changed(key="command line", thorough=True), within=WITHIN
    )
    click.echo(f"Started {bold(handle.id)}; watch it in the Temporal UI.")
    return 0


def refuse_what_is_no_id(typed: str, shape: IdShape) -> None:
    """End the command where no deal can have this id; nobody would ever look at its flow."""
    if shape.fits(typed):
        return
    *_, last = typed.strip().rstrip("/").split("/")
    meant = f" Did you mean {last}?" if shape.fits(last) else ""
    fail(f"{shown(typed) or 'nothing'} is no id of a deal: it is {shape.said}.{meant}")


async def _shape(configuration: Configuration) -> IdShape:
    async with opened(configuration) as connections:
        crm: Crm = connections.of(Kind.CRM)
        return crm.capabilities.deal_id
