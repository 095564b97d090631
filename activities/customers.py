"""Joining the one flow that may create a given customer."""

import asyncio
from datetime import timedelta

from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError

from activities.messages import CustomerOutcome, CustomerRequest

BEAT = timedelta(seconds=2)


class CustomerActivities:
    def __init__(self, task_queue: str) -> None:
        self._task_queue = task_queue

    @activity.defn(name="customers.ensure")
    async def ensure(self, wanted: CustomerRequest) -> CustomerOutcome:
        """Start `EnsureCustomer`, or join it when another deal of the customer already did, and wait.

        An activity and not a child: two deals of one customer must share one run, and only a
        client can join a run that is already there.
        """
        reference = wanted.profile.identity.reference
        handle = await activity.client().start_workflow(
            "EnsureCustomer",
            wanted,
            id=f"customer/{wanted.billing}/{reference}",
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            result_type=CustomerOutcome,
            static_summary=f"Customer of {wanted.profile.crm_company}",
        )
        waiting: asyncio.Future[CustomerOutcome] = asyncio.ensure_future(handle.result())
        try:
            while not (await asyncio.wait([waiting], timeout=BEAT.total_seconds()))[0]:
                activity.heartbeat()
            return waiting.result()
        except WorkflowFailureError as error:
            raise ApplicationError(
                f"Finding or creating customer {reference} was stopped; it is tried again.", type="Transient"
            ) from error
        finally:
            waiting.cancel()
