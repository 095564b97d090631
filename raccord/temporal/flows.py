"""The flows that events start: their names, their ids, what wakes them, and the one way to wake them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.common import (
    Priority,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from raccord.connectors.webhooks import HintKind
from raccord.domain.values.base import Value
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal import search

FLOWS_QUEUE = "flows"
"""Where workflows and our own quick activities run."""
SWEEP = "reconciliation"
"""The schedule of the sweep, and the first part of the ids of its runs."""
PROOF = "proof"
"""The schedule of the proof of both sides, and the first part of the ids of its runs."""
DIGEST = "digest"
"""The schedule of the digest, and the first part of the ids of its runs."""
PROMPTLY = Priority(priority_key=3)
"""For what somebody says happened; Temporal's own default."""
MISSED = Priority(priority_key=4)
"""For what a sweep finds that nobody told: before what is looked at again, to be sure."""
WEEKLY_REPORT = "weekly-report"
"""The schedule of the weekly report, and the first part of the ids of its runs."""
AT_LEISURE = Priority(priority_key=5)
"""For sweeps and for what nobody waits for: what a webhook started about money goes first."""


@dataclass(frozen=True)
class FlowType:
    """A flow that is about a subject: its workflow type, the first part of its ids, and its summary."""

    name: str
    path: str
    about: SubjectKind
    summary: str
    """What an operator reads in the list; names the subject's `connection` and `id`."""
    priority: Priority = PROMPTLY

    def id_of(self, subject: Subject) -> str:
        """Return the workflow id of a subject's flow: `<path>/<connection>/<id>`."""
        return f"{self.path}/{subject.connection}/{subject.id}"

    def subject_of(self, workflow_id: str) -> Subject | None:
        """Return the subject of a workflow id; None when it is not of this flow."""
        match workflow_id.removeprefix(f"{self.path}/").split("/", 1):
            case [connection, id] if workflow_id.startswith(f"{self.path}/"):
                return Subject(kind=self.about, connection=connection, id=id)
            case _:
                return None


class Changed(Value):
    """Why a flow should look again. `key` names the event in the history.

    `thorough`: whoever asks wants everything looked at, also where an event would be taken for the echo
    of what the flow itself wrote.
    `quiet`: nobody is to be told of what such a look finds, nor anything begun that people would notice.
    """

    key: str
    thorough: bool = False
    quiet: bool = False
    rank: int = 3
    """How soon the look is due, as a `priority_key` of Temporal's: small is soon. `wake` sets it."""


DEAL_WON = FlowType(
    name="DealWon",
    path="deal-won",
    about=SubjectKind.DEAL,
    summary="Deal {id} of {connection}: from won to invoiced",
)

PAYMENT_RECEIVED = FlowType(
    name="PaymentReceived",
    path="payment",
    about=SubjectKind.INVOICE,
    summary="Invoice {id} of {connection}: what was paid",
)
PAYMENT_PLACED = FlowType(
    name="PaymentPlaced",
    path="placed",
    about=SubjectKind.PAYMENT,
    summary="Payment {id} of {connection}: what it is for",
)

CUSTOMER_ONBOARDING = FlowType(
    name="CustomerOnboarding",
    path="onboarding",
    about=SubjectKind.DEAL,
    summary="Deal {id} of {connection}: what follows its payment",
)

DUNNING = FlowType(
    name="Dunning",
    path="dunning",
    about=SubjectKind.CUSTOMER,
    summary="Customer {id} of {connection}: reminders of late invoices",
)
DUNNING_BACKLOG = FlowType(
    name="DunningBacklog",
    path="dunning-backlog",
    about=SubjectKind.CUSTOMER,
    summary="Customers of {connection} who were late before reminders began",
)

CONTACT_SYNC = FlowType(
    name="ContactSync",
    path="contact",
    about=SubjectKind.CUSTOMER,
    summary="Customer {id} of {connection}: the same details in CRM and billing",
    priority=AT_LEISURE,
)

FLOWS = (
    DEAL_WON,
    PAYMENT_RECEIVED,
    PAYMENT_PLACED,
    CUSTOMER_ONBOARDING,
    DUNNING,
    DUNNING_BACKLOG,
    CONTACT_SYNC,
)
ROUTES: Mapping[HintKind, tuple[FlowType, ...]] = {
    HintKind.DEAL: (DEAL_WON,),
    HintKind.INVOICE: (PAYMENT_RECEIVED,),
    HintKind.PAYMENT: (PAYMENT_PLACED,),
}
"""Which flows a hint wakes by itself. Hints of other records wake the flows that follow or watch them."""


def flow_named(name: str) -> FlowType:
    """Return a flow by its workflow type. Raises `LookupError` for one that is not registered."""
    return {flow.name: flow for flow in FLOWS}[name]


def flow_of(workflow_id: str) -> tuple[FlowType, Subject] | None:
    """Return which flow a workflow id is of, and its subject; None when it is none of these flows'."""
    for flow in FLOWS:
        if subject := flow.subject_of(workflow_id):
            return flow, subject
    return None


async def wake(
    client: Client,
    flow: FlowType,
    subject: Subject,
    why: Changed,
    *,
    within: timedelta | None = None,
    priority: Priority | None = None,
) -> WorkflowHandle[object, object]:
    """Signal `changed` to the subject's flow, starting it if need be. Safe to repeat at any time.

    `priority`: the flow's own where None; a run that is under way is told it too. Raises
    `temporalio.service.RPCError` when the server does not accept it within `within`.
    """
    its = priority or flow.priority
    return await client.start_workflow(
        flow.name,
        subject,
        id=flow.id_of(subject),
        task_queue=FLOWS_QUEUE,
        start_signal="changed",
        start_signal_args=[why.model_copy(update={"rank": its.priority_key})],
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=flow.summary.format(connection=subject.connection, id=subject.id),
        search_attributes=TypedSearchAttributes([search.about(subject)]),
        rpc_timeout=within,
        priority=its,
    )
