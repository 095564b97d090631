"""A pressed button becomes a flow of its own before it is acknowledged."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.desk.messages import PressIn
from raccord.connectors.webhooks import PressSource
from raccord.domain.desk.notice import Press
from raccord.domain.rules.timing import Timing
from raccord.temporal.flows import FLOWS_QUEUE

MOST_PRESSES = 200
"""Of one request. More could not be started before the deadline, at no redelivery; Slack sends one."""


@dataclass(frozen=True)
class Buttons:
    """The messenger whose buttons arrive here."""

    connection: str
    source: PressSource
    timing: Timing


async def start_press(client: Client, buttons: Buttons, press: Press, within: timedelta) -> None:
    """Hand a press to Temporal, once however often it is delivered. Raises `RPCError`."""
    digest = hashlib.sha256(press.key.encode()).hexdigest()[:20]
    try:
        await client.start_workflow(
            "Press",
            PressIn(press=press, messenger=buttons.connection, timing=buttons.timing),
            id=f"press/{buttons.connection}/{digest}",
            task_queue=FLOWS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary="Somebody pressed a button",
            rpc_timeout=within,
        )
    except WorkflowAlreadyStartedError:
        return
