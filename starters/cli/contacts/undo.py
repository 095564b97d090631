"""`raccord contacts undo`: what a write of ours replaced is written back."""

import click
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from raccord.domain.contact.restoring import Restoring
from raccord.domain.contact.wording import FIELDS
from raccord.domain.rules.modes import CONTACT, Mode
from raccord.domain.values.details import Details, Field, Side
from raccord.domain.values.message import message
from raccord.records.audit import AuditedWrite
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import CONTACT_SYNC, FLOWS_QUEUE
from raccord.texts import say
from starters.cli.common import actor, bold, fail
from starters.cli.display import fold, opened, shown
from starters.cli.language import spoken
from starters.cli.server import WITHIN, connected

_EFFECT = "contact.write"


async def undo(configuration: Configuration, keys: KeyRing, row: int) -> int:
    """Have the customer's flow write the old values back on the side that was overwritten."""
    if configuration.settings.modes[CONTACT] is Mode.SHADOW:
        fail(message("contact.in_shadow"))
    async with opened(configuration, keys) as records:
        found = await records.audit.write_of(row)
    if found is None or found.effect != _EFFECT:
        fail(message("contact.no_write", row=str(row), effect=_EFFECT))
    wanted = _restoring(configuration, found)
    workflow, *_ = found.cause.split(" ")
    subject = CONTACT_SYNC.subject_of(workflow)
    if subject is None:
        fail(message("contact.of_nobody", row=str(row)), status=1)
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
    fields = tuple(FIELDS[each] for each in sorted(wanted.fields))
    said = message("contact.undone", fields=fields, object=bold(shown(found.object)), flow=workflow)
    for line in fold(say(said, spoken())):
        click.echo(line)
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
