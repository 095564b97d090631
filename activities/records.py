"""Our own memory and rules: quick, local, and never a vendor's business."""

from temporalio import activity

from activities.messages import (
    Adoption,
    Conclusion,
    Confirmation,
    CustomerRef,
    InvoicesQuery,
    InvoiceStep,
    Parts,
)
from raccord.domain.deal_won.outcome import Ending
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.desk.question import Answer, Question
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

    @activity.defn(name="records.identities")
    async def identities(self, wanted: CustomerRef) -> tuple[str, ...]:
        """Return our identities of a billing customer."""
        return await self._records.links.identities(wanted.customer_id, wanted.billing)

    @activity.defn(name="records.follow")
    async def follow(self, parts: Parts) -> None:
        """Have the changes of these records told to the asking flow from now on."""
        await self._records.followed.follow(activity.info().workflow_id or "", parts.keys)

    @activity.defn(name="records.adopt")
    async def adopt(self, adoption: Adoption) -> None:
        """Remember that an invoice which is not ours is a deal's; it was sent by whoever made it."""
        await self._records.links.update_deal(
            adoption.deal,
            adoption.billing,
            customer_id=adoption.invoice.customer_id,
            invoice_id=adoption.invoice.id,
            number=adoption.invoice.number,
            delivered=True,
            adopted=True,
        )

    @activity.defn(name="records.confirmed")
    async def confirmed(self, wanted: Confirmation) -> bool:
        """Whether a person has said that this company is the customer of that identity too."""
        return await self._records.once.holder(_confirmation(wanted)) is not None

    @activity.defn(name="records.answered")
    async def answered(self, question: Question) -> Answer | None:
        """Return the answer that stands for this question of the flow's."""
        return await self._records.waiting.answered(activity.info().workflow_id or "", question)

    @activity.defn(name="records.went_without_mail")
    async def went_without_mail(self, wanted: InvoiceStep) -> None:
        """Take an invoice for delivered: a person said that it goes out some other way."""
        await self._records.links.update_deal(wanted.deal, wanted.billing, delivered=True)

    @activity.defn(name="records.confirm")
    async def confirm(self, wanted: Confirmation) -> None:
        """Remember that a person said so."""
        await self._records.once.claim(_confirmation(wanted), activity.info().workflow_id or "")

    @activity.defn(name="records.conclude")
    async def conclude(self, conclusion: Conclusion) -> str | None:
        """Write a flow's end with all its problems to the audit; deals that are not ours leave no row.

        A question that was still listed solved itself: it is closed, and its incident returned.
        """
        info = activity.info()
        settled = await self._records.waiting.close(info.workflow_id or "")
        if conclusion.result.ending is Ending.NOT_FOR_US:
            return settled
        await self._records.audit.note(
            effect="deal_won.end",
            object=str(conclusion.deal),
            actor=ACTOR,
            cause=f"{info.workflow_id} {info.workflow_run_id}",
            detail=conclusion.result.model_dump(mode="json"),
        )
        return settled


def _confirmation(wanted: Confirmation) -> str:
    return f"same-customer/{wanted.identity}/{wanted.company}"
