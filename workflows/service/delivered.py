"""A large delivery, accepted as a whole."""

from datetime import timedelta

from temporalio import workflow

from activities.service.flows import Delivery, FlowActivities
from workflows.steps import run_ours

TELL_WITHIN = timedelta(hours=1)


@workflow.defn(name="Delivered")
class Delivered:
    """Tell each flow that one delivery concerns.

    A flow of its own, so that a delivery about more flows than can be told before its sender loses patience
    is durable in one step.
    """

    @workflow.run
    async def run(self, delivery: Delivery) -> None:
        summary = f"tell {len(delivery.wakings)} flows"
        await run_ours(FlowActivities.deliver, delivery, summary=summary, lasting=TELL_WITHIN)
