"""`raccord backfill --since`."""

import asyncio
import sys
from datetime import date
from typing import Any

import click
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from raccord.domain.rules.modes import Mode
from raccord.domain.service.backfill import Backfilled, Backfilling, Progress
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from starters.cli.common import bold, fail, warn
from starters.cli.display import print_json
from starters.cli.server import connected
from workers.policies import PAYMENT

LOOK_SECONDS = 1.0


async def fill(configuration: Configuration, keys: KeyRing, since: date, *, dry: bool, as_json: bool) -> int:
    """Link the deals won since a date with their invoices, and have what was paid shown; nobody is told."""
    if not dry and configuration.settings.modes[PAYMENT] is Mode.SHADOW:
        fail(
            "the mode `payment` is in shadow, which writes nothing: set it to draft or live in [modes] first."
        )
    client = await connected(configuration, keys)
    wanted = Backfilling(since=since, dry=dry)
    try:
        # Whoever repeats the command while it runs watches the same run.
        filling = await client.start_workflow(
            "Backfill",
            wanted,
            id=f"backfill/{since}{'/dry' if dry else ''}",
            task_queue=FLOWS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            result_type=Backfilled,
            static_summary=f"Asked for on the command line: deals won since {since}",
        )
        result = await _watched(filling, hidden=as_json)
    except WorkflowFailureError as failed:
        fail(f"{failed.cause} Repair it, then try again.", status=1)
    if not result.seen:
        fail(
            f"nobody has seen what this does: `raccord backfill --since {since} --dry-run` counts it and "
            "changes nothing; then repeat this command.",
            status=1,
        )
    if as_json:
        print_json(result.model_dump(mode="json", exclude={"seen"}))
    else:
        click.echo(_said(result, wanted))
    if result.remark:
        warn(f"{result.remark} Repeat the command: it goes on from there.")
    return 1 if result.remark else 0


async def _watched(filling: WorkflowHandle[Any, Backfilled], *, hidden: bool) -> Backfilled:
    """Wait for the end and show how far it is."""
    waiting = asyncio.ensure_future(filling.result())
    with click.progressbar(length=1, label="Looking at deals", file=sys.stderr, hidden=hidden) as bar:
        while not (await asyncio.wait([waiting], timeout=LOOK_SECONDS))[0]:
            try:
                now = await filling.query("progress", result_type=Progress)
            except RPCError:
                # No worker runs; the flow waits for one, and so does whoever typed this.
                continue
            bar.length = max(now.deals, 1)
            bar.update(now.done - bar.pos)
    return await waiting


def _said(result: Backfilled, wanted: Backfilling) -> str:
    counted = (
        f"{bold(str(result.deals))} deal(s) won since {wanted.since}: {bold(str(result.linked))} "
        f"{'would be' if wanted.dry else 'are now'} linked with their invoice, {result.known} were, "
        f"{result.missing} show one that cannot be found or was never issued."
    )
    if wanted.dry:
        return (
            f"{counted}\nWhat {bold(str(result.invoices))} invoice(s) brought would be shown on their deals, "
            f"and nobody told. Nothing was changed; `raccord backfill --since {wanted.since}` does it."
        )
    return (
        f"{counted}\n{bold(str(result.invoices))} invoice(s) are looked at now: their deals show what was "
        "paid, and nobody is told. What needs a person is in `raccord inbox list`."
    )
