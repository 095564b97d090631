"""`raccord contacts undo`: what a write of ours replaced is written back."""

import click
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from raccord.domain.contact.restoring import Restoring
from raccord.domain.rules.modes import CONTACT, Mode
from raccord.domain.values.details import Details, Field, Side
from raccord.records.audit import AuditedWrite
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import CONTACT_SYNC, FLOWS_QUEUE
from starters.cli.common import actor, bold, fail
from starters.cli.display import opened, shown
from starters.cli.server import WITHIN, connected

_EFFECT = "contact.write"


async def undo(configuration: Configuration, keys: KeyRing, row: int) -> int:
    """Have the customer's flow write the old values back on the side that was overwritten."""
    if configuration.settings.modes[CONTACT] is Mode.SHADOW:
        fail("modes.contact is shadow, so nothing is written: set it to draft or live, then come again.")
    async with opened(configuration, keys) as records:
        found = await records.audit.write_of(row)
    if found is None or found.effect != _EFFECT:
        fail(
            f"row {row} of the audit is no write of a customer's details: `raccord audit export` shows each "
            f"with its sequence; those of effect {_EFFECT} can be taken back."
        )
    wanted = _restoring(configuration, found)
    workflow, *_ = found.cause.split(" ")
    subject = CONTACT_SYNC.subject_of(workflow)
    if subject is None:
        fail(f"row {row} does not say whose details they were.", status=1)
    client = await connected(configuration, keys)
    await client.start_workflow(
        CONTACT_SYNC.name,
        subject,
        id=workflow,
        task_queue=FLOWS_QUEUE,
        start_signal="restore",
        start_signal_args=[wanted],
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=CONTACT_SYNC.summary.format(connection=subject.connection, id=subject.id),
        rpc_timeout=WITHIN,
        priority=CONTACT_SYNC.priority,
    )
    fields = ", ".join(sorted(wanted.fields))
    click.echo(
        f"{bold(shown(fields))} of {bold(shown(found.object))} go back to what they were before; the other "
        f"side keeps its own, and nothing is carried over until somebody types again. {workflow} does it now."
    )
    return 0


def _restoring(configuration: Configuration, found: AuditedWrite) -> Restoring:
    of_crm = found.object.startswith(f"{configuration.crm.name}:")
    return Restoring(
        company=found.object if of_crm else "",
        side=Side.CRM if of_crm else Side.BILLING,
        fields=frozenset(field for field in Field if field in found.before),
        details=Details.model_validate(found.before),
        actor=actor(),
        row=found.sequence,
    )
