"""`raccord backfill --since`."""

import uuid
from datetime import date

import click
from temporalio.client import WorkflowFailureError

from raccord.domain.rules.modes import Mode
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from starters.cli.common import bold, fail
from starters.cli.display import print_json
from starters.cli.server import connected
from workers.policies import PAYMENT


async def fill(configuration: Configuration, keys: KeyRing, since: date, *, as_json: bool) -> int:
    """Have what was paid shown on the deals won since a date; nobody is told, nothing else begins."""
    if configuration.settings.modes[PAYMENT] is Mode.SHADOW:
        fail(
            "the mode `payment` is in shadow, which writes nothing: set it to draft or live in [modes] first."
        )
    client = await connected(configuration, keys)
    if not as_json:
        click.echo(f"Looking for the deals won since {since}…")
    try:
        count = await client.execute_workflow(
            "Backfill",
            since,
            id=f"backfill/{uuid.uuid4()}",
            task_queue=FLOWS_QUEUE,
            result_type=int,
            static_summary=f"Asked for on the command line: payments of deals won since {since}",
        )
    except WorkflowFailureError as failed:
        fail(f"{failed.cause} Repair it, then try again.", status=1)
    if as_json:
        print_json({"invoices": count})
        return 0
    click.echo(
        f"{bold(str(count))} invoice(s) are looked at now: their deals show what was paid, and nobody "
        "is told. What needs a person is in `raccord inbox list`."
    )
    return 0
