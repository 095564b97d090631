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
from raccord.domain.values.message import Day, Message, message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from raccord.texts import say
from starters.cli.common import bold, fail, warn
from starters.cli.display import print_json
from starters.cli.language import language_of, spoken
from starters.cli.server import connected, end_of
from workers.policies import PAYMENT

LOOK_SECONDS = 1.0


async def fill(configuration: Configuration, keys: KeyRing, since: date, *, dry: bool, as_json: bool) -> int:
    """Link the deals won since a date with their invoices, and have what was paid shown; nobody is told."""
    if not dry and configuration.settings.modes[PAYMENT] is Mode.SHADOW:
        fail(message("backfill.shadow"))
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
        fail(message("backfill.failed", why=str(failed.cause)), status=1)
    if not result.seen:
        fail(
            message("backfill.unseen", since=str(since)),
            status=1,
        )
    if as_json:
        print_json(result.model_dump(mode="json", exclude={"seen"}))
    else:
        for line in _said(result, wanted):
            click.echo(say(line, language_of(configuration)))
    if result.remark:
        warn(message("backfill.repeat", why=str(result.remark)))
    return 1 if result.remark else 0


async def _watched(filling: WorkflowHandle[Any, Backfilled], *, hidden: bool) -> Backfilled:
    """Wait for the end and show how far it is."""
    waiting = asyncio.ensure_future(end_of(filling))
    with click.progressbar(
        length=1, label=say(message("backfill.looking"), spoken()), file=sys.stderr, hidden=hidden
    ) as bar:
        while not (await asyncio.wait([waiting], timeout=LOOK_SECONDS))[0]:
            try:
                now = await filling.query("progress", result_type=Progress)
            except RPCError:
                # No worker runs; the flow waits for one, and so does whoever typed this.
                continue
            bar.length = max(now.deals, 1)
            bar.update(now.done - bar.pos)
    return await waiting


def _said(result: Backfilled, wanted: Backfilling) -> tuple[Message, Message]:
    counted = {
        "deals": result.deals,
        "since": Day(day=wanted.since),
        "linked": result.linked,
        "known": result.known,
        "missing": result.missing,
    }
    invoices, since = bold(str(result.invoices)), str(wanted.since)
    if wanted.dry:
        return (
            Message(code="backfill.would_link", params=counted),
            message("backfill.would_show", invoices=invoices, since=since),
        )
    return (
        Message(code="backfill.linked", params=counted),
        message("backfill.looked_at", invoices=invoices),
    )
