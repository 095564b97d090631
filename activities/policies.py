"""What each flow may do now. A restart with other settings changes it."""

from temporalio import activity

from raccord.domain.deal_won.policy import DealWonPolicy


class Policies:
    def __init__(self, deal_won: DealWonPolicy) -> None:
        self._deal_won = deal_won

    @activity.defn(name="policies.deal_won")
    async def deal_won(self) -> DealWonPolicy:
        """Return mode, rollout and rules in force, read right before a flow acts on them."""
        return self._deal_won
