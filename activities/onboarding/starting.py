"""Onboarding begins once ever for a deal, and is welcome to one deal of a new customer."""

from temporalio import activity
from temporalio.common import (
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from activities.effects import step_key
from raccord.domain.onboarding.policy import OnboardingPolicy
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.temporal import search
from raccord.temporal.flows import CUSTOMER_ONBOARDING, FLOWS_QUEUE


class FirstOf(Value):
    """A deal that may be the first one that a customer of the billing system paid."""

    deal: DealRef
    billing: str
    customer_id: str


class OnboardingActivities:
    def __init__(self, records: Records, policy: OnboardingPolicy) -> None:
        self._records = records
        self._policy = policy

    @activity.defn(name="onboarding.policy")
    async def policy(self) -> OnboardingPolicy:
        """Return mode and rules in force, read right before the flow acts on them."""
        return self._policy

    @activity.defn(name="onboarding.start")
    async def start(self, start: OnboardingStart) -> bool:
        """Begin a deal's onboarding, once ever; return whether this very call does.

        Without a step nothing begins, and nothing is remembered: steps may be set later.
        """
        if not self._policy.rules.begun:
            return False
        if not await self._records.claims.claim(start.key, step_key()):
            return False
        flow, subject = CUSTOMER_ONBOARDING, start.deal.subject
        await activity.client().start_workflow(
            flow.name,
            start,
            id=flow.id_of(subject),
            task_queue=FLOWS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=flow.summary.format(connection=subject.connection, id=subject.id),
            search_attributes=TypedSearchAttributes([search.about(subject)]),
        )
        return True

    @activity.defn(name="onboarding.not_begun")
    async def not_begun(self, start: OnboardingStart) -> None:
        """Forget an onboarding of which nothing was begun: paid again, the deal may have it."""
        await self._records.claims.release(start.key)

    @activity.defn(name="onboarding.first")
    async def first(self, of: FirstOf) -> bool:
        """Whether no other deal of this customer was welcomed before; this one is from now on."""
        return await self._records.claims.claim(f"welcomed/{of.billing}/{of.customer_id}", str(of.deal))

    @activity.defn(name="onboarding.invoices")
    async def invoices(self, deal: DealRef) -> tuple[str, ...]:
        """Return the ids of a deal's invoices that the records know."""
        link = await self._records.links.deal(deal, self._policy.billing)
        return tuple(id for id in (link.deposit_id, link.invoice_id) if id)
