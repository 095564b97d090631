"""`raccord reconcile`: what no webhook told is found, and both sides are held against each other."""

import asyncio
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from raccord.domain.proof.policy import ProofDone, ProofWanted
from raccord.domain.proof.proof import Proof
from raccord.domain.service.sweep import Sweep, SweepResult
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE, PROOF
from raccord.texts import say
from starters.cli.common import fail, warn
from starters.cli.display import fold, opened, print_json
from starters.cli.language import language_of, spoken
from starters.cli.proof import keep, show
from starters.cli.server import connected, end_of

T = TypeVar("T")
LONG = timedelta(seconds=15)


async def reconcile_now(
    configuration: Configuration, keys: KeyRing, since: date | None, page: Path | None, *, as_json: bool
) -> int:
    """Have every won deal since the cut-over looked at, then compare both sides, and wait for both."""
    if configuration.settings.invoice_deals_won_from is None:
        fail(message("reconcile.no_cut_over"))
    client = await connected(configuration, keys)
    swept = await _swept(client, as_json=as_json)
    await _proven(client, since, as_json=as_json)
    proof = await _last(configuration, keys)
    if as_json:
        print_json(swept.model_dump(mode="json") | {"proof": proof.model_dump(mode="json")})
    else:
        click.echo()
        show(proof, language_of(configuration))
    if page:
        keep(proof, page, configuration)
    return 0


async def show_last(configuration: Configuration, keys: KeyRing, page: Path | None, *, as_json: bool) -> int:
    """Show the last proof as it was made."""
    proof = await _last(configuration, keys)
    if as_json:
        print_json(proof.model_dump(mode="json"))
    else:
        show(proof, language_of(configuration))
    if page:
        keep(proof, page, configuration)
    return 0


async def _last(configuration: Configuration, keys: KeyRing) -> Proof:
    async with opened(configuration, keys) as records:
        if proof := await records.proofs.last():
            return proof
    fail(message("reconcile.no_proof"), status=1)


async def _swept(client: Client, *, as_json: bool) -> SweepResult:
    if not as_json:
        click.echo(say(message("reconcile.looking"), spoken()))
    try:
        sweeping = await client.start_workflow(
            "Reconciliation",
            Sweep(full=True),
            id=f"reconciliation/{uuid.uuid4()}",
            task_queue=FLOWS_QUEUE,
            result_type=SweepResult,
            static_summary="Asked for on the command line: look at every won deal",
        )
        result: SweepResult = await _patiently(sweeping)
    except WorkflowFailureError as failed:
        fail(message("reconcile.sweep_failed", why=str(failed.cause)), status=1)
    if not as_json:
        click.echo("\n".join(told(result, spoken())))
    if result.remark:
        warn(message("check.in_its_words", said=result.remark))
    return result


_LOOKED_AT = {
    "without_invoice": message("reconcile.without_invoice"),
    "changed": message("reconcile.changed"),
    "no_longer_won": message("reconcile.no_longer_won"),
    "corrected": message("reconcile.corrected"),
    "paid": message("reconcile.paid"),
    "owing": message("reconcile.owing"),
    "in_step": message("reconcile.in_step"),
    "waiting": message("reconcile.waiting"),
}
"""What the numbers of a sweep count, of that which has its flows look."""


def told(result: SweepResult, language: str) -> list[str]:
    """Say what a sweep found, line by line."""
    numbers = {say(what, language): getattr(result, name) for name, what in _LOOKED_AT.items()}
    longest = max(len(str(count)) for count in numbers.values())
    again = say(message("reconcile.relinked", count=result.relinked), language)
    return [
        say(message("reconcile.won", count=result.won), language),
        *(
            line
            for what, count in numbers.items()
            for line in fold(f"  {count:>{longest}} {what}", indent=" " * (longest + 3))
        ),
        *([again] if result.relinked else []),
        *fold(say(message("reconcile.watch"), language)),
    ]


async def _proven(client: Client, since: date | None, *, as_json: bool) -> None:
    if not as_json:
        click.echo(say(message("reconcile.comparing"), spoken()))
    try:
        proving = await client.start_workflow(
            "Proof",
            ProofWanted(since=since),
            id=PROOF,
            task_queue=FLOWS_QUEUE,
            result_type=ProofDone,
            # One at a time: whoever asks while one is made waits for that one.
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary="Asked for on the command line: hold both sides against each other",
        )
        await _patiently(proving)
    except WorkflowFailureError as failed:
        fail(message("reconcile.proof_failed", why=str(failed.cause)), status=1)


async def _patiently(running: WorkflowHandle[Any, T]) -> T:
    """Wait for the end, and say so when it takes long: a vendor may be away for hours."""
    waiting = asyncio.ensure_future(end_of(running))
    done, _ = await asyncio.wait([waiting], timeout=LONG.total_seconds())
    if not done:
        warn(message("reconcile.long"))
    return await waiting
