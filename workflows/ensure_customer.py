"""Part of flows 1 and 4: one billing customer per real customer."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow

from activities.billing import OURS, BillingReads, BillingWrites
from activities.messages import CustomerClaim, CustomerOutcome, CustomerRequest
from activities.records import RecordsActivities
from raccord.domain.deal_won.questions import NEW_CUSTOMER, vanished_customer, which_customer
from raccord.domain.rules.timing import Timing
from raccord.domain.values.parties import Customer
from workflows.steps import Gone, Stopped, run_local, run_step

T = TypeVar("T")


@workflow.defn(name="EnsureCustomer")
class EnsureCustomer:
    """Find or create one customer; several first deals of one customer share this run.

    The workflow id is only a lock with a short memory, so every run looks before it creates, and
    the link is stored by the activity that found or created the customer.
    """

    @workflow.init
    def __init__(self, wanted: CustomerRequest) -> None:
        self._wanted = wanted
        self._timing = Timing()

    @workflow.run
    async def run(self, wanted: CustomerRequest) -> CustomerOutcome:
        policy = await run_local(RecordsActivities.deal_won_policy, summary="read the rules")
        self._timing = policy.timing
        try:
            return await self._find_or_create(wanted)
        except Stopped as stopped:
            return CustomerOutcome(problems=stopped.ask.problems)
        except Gone:
            return CustomerOutcome(problems=(vanished_customer(wanted.profile.crm_company),))

    async def _find_or_create(self, wanted: CustomerRequest) -> CustomerOutcome:
        choice = await self._step(BillingReads.find_customer, wanted, "look for the customer")
        known = (NEW_CUSTOMER, *(c.id for c in choice.candidates))
        if choice.candidates and wanted.chosen not in known:
            ask = which_customer(choice.candidates, wanted.profile.crm_company)
            return CustomerOutcome(problems=ask.problems, candidates=choice.candidates)
        if chosen := next((c for c in choice.candidates if c.id == wanted.chosen), None):
            return CustomerOutcome(customer=await self._claimed(wanted, chosen.id))
        if choice.customer is None:
            created = await self._step(BillingWrites.create_customer, wanted, "create the customer")
            return CustomerOutcome(customer=created)
        if choice.evidence in OURS:
            return CustomerOutcome(customer=choice.customer)
        return CustomerOutcome(customer=await self._claimed(wanted, choice.customer.id))

    async def _claimed(self, wanted: CustomerRequest, customer_id: str) -> Customer:
        claim = CustomerClaim(billing=wanted.billing, profile=wanted.profile, customer_id=customer_id)
        return await self._step(BillingWrites.claim_customer, claim, "adopt the customer")

    async def _step(self, method: Callable[..., Awaitable[T]], arg: Any, summary: str) -> T:
        return await run_step(
            method,
            arg,
            queue=self._wanted.billing,
            timing=self._timing,
            about=f"customer of {self._wanted.profile.crm_company}",
            summary=summary,
        )
