"""Starting flows from within flows."""

from temporalio import activity

from raccord.domain.values.deal import DealRef
from raccord.temporal.flows import deal_changed


class FlowActivities:
    @activity.defn(name="flows.look_at_deal")
    async def look_at_deal(self, deal: DealRef) -> None:
        """Have a deal's own flow look at it."""
        await deal_changed(activity.client(), deal, key="merged")
