"""What flow 2b reads: the money before each step, and the deal once a look."""

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.crm.deals import CrmReads
from activities.onboarding.money import KnownQuery, OnboardingMoney, Paid, PaidQuery
from activities.onboarding.starting import FirstOf, OnboardingActivities
from activities.records.memory import Recall, RecordsActivities
from raccord.domain.deal_won.outcome import companies_of
from raccord.domain.deal_won.said import Said
from raccord.domain.onboarding.facts import Facts
from raccord.domain.onboarding.policy import OnboardingPolicy
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.rules.onboarding import Customers
from raccord.domain.values.deal import Deal
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.parties import Contact
from workflows.steps import run_local

if TYPE_CHECKING:
    from workflows.customer_onboarding.flow import CustomerOnboarding


class Reading:
    """Every method may raise `Stopped` and `Gone`."""

    def __init__(self, flow: "CustomerOnboarding", start: OnboardingStart, policy: OnboardingPolicy) -> None:
        self._flow = flow
        self._start = start
        self._policy = policy

    async def settled(self) -> None:
        """Wait until a refund of the first hour would have come."""
        settle = timedelta(0) if self._start.settled else self._policy.rules.settle
        left = workflow.info().start_time + settle - workflow.now()
        if left > timedelta(0):
            await workflow.sleep(left, summary="nothing is begun before; a refund stops it")

    async def invoices(self) -> tuple[str, ...]:
        if self._start.invoices:
            return self._start.invoices
        known = OnboardingActivities.invoices
        return await run_local(known, self._start.deal, summary="which invoices has the deal?")

    async def paid(self) -> Paid:
        return await self._flow.step(
            OnboardingMoney.paid,
            PaidQuery(invoices=await self.invoices()),
            queue=self._policy.billing,
            about=RecordName(kind=RecordKind.INVOICE),
            summary="is the deal fully paid?",
        )

    async def known(self, paid: Paid) -> bool:
        """Whether the customer was one before this deal, where that matters."""
        if self._policy.rules.customers is Customers.ALL:
            return False
        today = self._policy.clock.date_of(workflow.now())
        query = KnownQuery(customer_id=paid.customer_id, invoices=await self.invoices(), today=today)
        paid_before = await self._flow.step(
            OnboardingMoney.known,
            query,
            queue=self._policy.billing,
            about=RecordName(kind=RecordKind.CUSTOMER, id=paid.customer_id),
            summary="did the customer pay for an earlier deal?",
        )
        if paid_before:
            return True
        first = FirstOf(deal=self._start.deal, billing=self._policy.billing, customer_id=paid.customer_id)
        return not await run_local(
            OnboardingActivities.first, first, summary="was the customer welcomed for another deal?"
        )

    async def facts(self, paid: Paid) -> Facts:
        ref = self._start.deal
        deal = await self._flow.step(
            CrmReads.read_deal,
            ref,
            queue=self._policy.crm,
            about=RecordName(kind=RecordKind.DEAL, id=ref.id),
            summary="read the deal",
        )
        return Facts(
            deal=deal,
            amounts=paid.amounts,
            numbers=paid.numbers,
            customer_id=paid.customer_id,
            invoices=await self.invoices(),
            company=self._policy.company,
            chosen=await self._chosen(deal),
        )

    async def _chosen(self, deal: Deal) -> Contact | None:
        """Return the contact whom a person chose for what the customer is sent; None without a choice."""
        wanted = Recall(billing=self._policy.billing, deal=deal.ref, companies=companies_of(deal))
        known = await run_local(RecordsActivities.recall, wanted, summary="what do we know of the company?")
        chosen = Said(answers=known.answers).billing_contact
        if not chosen:
            return None
        if on_it := next((contact for contact in deal.contacts if contact.id == chosen), None):
            return on_it
        return await self._flow.step(
            CrmReads.read_contact,
            chosen,
            queue=self._policy.crm,
            about=RecordName(kind=RecordKind.CONTACT, id=chosen),
            summary="read the contact who was chosen",
        )
