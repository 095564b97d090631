"""Our own memory and rules: quick, local, and never a vendor's business."""

from temporalio import activity

from activities.messages import Conclusion, InvoicesQuery
from raccord.domain.outcome import Ending
from raccord.domain.policy import DealWonPolicy
from raccord.records.links import DealLink
from raccord.records.records import Records

ACTOR = "raccord"


class RecordsActivities:
    """`policy` is what the settings say now; a restart with other settings changes it."""

    def __init__(self, records: Records, policy: DealWonPolicy) -> None:
        self._records = records
        self._policy = policy

    @activity.defn(name="records.deal_won_policy")
    async def deal_won_policy(self) -> DealWonPolicy:
        """Return mode, rollout and rules in force, read right before a flow acts on them."""
        return self._policy

    @activity.defn(name="records.deal_link")
    async def deal_link(self, wanted: InvoicesQuery) -> DealLink:
        """Return what is remembered about a deal's invoice."""
        return await self._records.links.deal(wanted.deal, wanted.billing)

    @activity.defn(name="records.conclude")
    async def conclude(self, conclusion: Conclusion) -> None:
        """Write a flow's end with all its problems to the audit; deals that are not ours leave no row."""
        if conclusion.result.ending is Ending.NOT_FOR_US:
            return
        info = activity.info()
        await self._records.audit.note(
            effect="deal_won.end",
            object=str(conclusion.deal),
            actor=ACTOR,
            cause=f"{info.workflow_id} {info.workflow_run_id}",
            detail=conclusion.result.model_dump(mode="json"),
        )
