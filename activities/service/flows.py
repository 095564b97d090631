"""Waking flows from within flows."""

from temporalio import activity

from raccord.domain.values.base import Value
from raccord.domain.values.subject import Subject
from raccord.temporal.flows import Changed, flow_named, wake


class Waking(Value):
    """Have a flow, by its workflow type, look at a subject."""

    flow: str
    subject: Subject
    key: str


class FlowActivities:
    @activity.defn(name="flows.wake")
    async def wake(self, wanted: Waking) -> None:
        """Have a subject's own flow look at it."""
        why = Changed(key=wanted.key, thorough=True)
        await wake(activity.client(), flow_named(wanted.flow), wanted.subject, why)
