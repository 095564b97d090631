"""What each flow may do now. A restart with other settings changes it, a promotion or demotion at once."""

from temporalio import activity

from raccord.domain.contact.policy import ContactPolicy
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.payment.policy import PaymentPolicy
from raccord.records.rungs import Rungs


class Policies:
    def __init__(
        self,
        deal_won: DealWonPolicy,
        payment: PaymentPolicy,
        dunning: DunningPolicy,
        contact: ContactPolicy,
        rungs: Rungs,
    ) -> None:
        self._deal_won = deal_won
        self._payment = payment
        self._dunning = dunning
        self._contact = contact
        self._rungs = rungs

    @activity.defn(name="policies.deal_won")
    async def deal_won(self) -> DealWonPolicy:
        """Return mode, rollout and rules in force, read right before a flow acts on them."""
        return self._deal_won.model_copy(update={"places": await self._rungs.places()})

    @activity.defn(name="policies.payment")
    async def payment(self) -> PaymentPolicy:
        """Return mode and rules in force of the flows about money."""
        return self._payment

    @activity.defn(name="policies.dunning")
    async def dunning(self) -> DunningPolicy:
        """Return mode and rules in force of the reminders."""
        return self._dunning

    @activity.defn(name="policies.contact")
    async def contact(self) -> ContactPolicy:
        """Return mode and rules in force of keeping customers in step."""
        return self._contact
