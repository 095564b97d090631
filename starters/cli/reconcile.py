"""`raccord reconcile --once`."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import click
from temporalio.client import WorkflowFailureError, WorkflowHandle

from raccord.domain.service.sweep import Sweep, SweepResult
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from starters.cli.common import bold, fail, warn
from starters.cli.display import print_json
from starters.cli.server import connected

LONG = timedelta(seconds=15)


async def _patiently(sweeping: WorkflowHandle[Any, SweepResult]) -> SweepResult:
    """Wait for the end of the sweep, and say so when it takes long: a vendor may be away for hours."""
    waiting = asyncio.ensure_future(sweeping.result())
    done, _ = await asyncio.wait([waiting], timeout=LONG.total_seconds())
    if not done:
        warn(
            "it takes long: the CRM has many won deals, does not answer or refuses the credentials "
            "(raccord doctor says which), or no worker runs. Ctrl-C leaves it to go on by itself."
        )
    return await waiting


async def sweep(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """Look at every won deal since the cut-over once, and wait until all flows have been told."""
    if configuration.settings.invoice_deals_won_from is None:
        fail(
            "invoice_deals_won_from is not set, so no deal is due to be looked at: set the date from which "
            "won deals are Raccord's to invoice."
        )
    client = await connected(configuration, keys)
    if not as_json:
        click.echo("Looking for won deals without an invoice…")
    try:
        sweeping = await client.start_workflow(
            "Reconciliation",
            Sweep(full=True),
            id=f"reconciliation/{uuid.uuid4()}",
            task_queue=FLOWS_QUEUE,
            result_type=SweepResult,
            static_summary="Asked for on the command line: look at every won deal",
        )
        result = await _patiently(sweeping)
    except WorkflowFailureError as failed:
        fail(f"{failed.cause} Repair it, then sweep again; the hourly sweep tries by itself.", status=1)
    if as_json:
        print_json(result.model_dump(mode="json"))
        return 0
    click.echo(
        f"{bold(str(result.won))} won deal(s) since the cut-over. The flows look now at "
        f"{bold(str(result.without_invoice))} without an invoice, {bold(str(result.changed))} invoiced and "
        f"changed since the last sweep, {bold(str(result.no_longer_won))} invoiced but won no more, "
        f"{bold(str(result.corrected))} whose invoice was credited or voided, and at "
        f"{bold(str(result.waiting))} open question(s).\n"
        "Watch them in the Temporal UI; what needs a person is in `raccord inbox list`."
    )
    if result.remark:
        warn(result.remark)
    return 0
