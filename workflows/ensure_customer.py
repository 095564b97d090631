"""Part of flows 1 and 4: one billing customer per real customer."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow

from activities.billing import OURS, BillingReads, BillingWrites
from activities.messages import CustomerClaim, CustomerOutcome, CustomerRequest
from activities.records import RecordsActivities
from raccord.domain.parties import Customer
from raccord.domain.policy import Timing
from raccord.domain.problems import Cause, Problem, problem
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
            return CustomerOutcome(problems=stopped.problems)
        except Gone:
            return CustomerOutcome(problems=(_vanishing(wanted),))

    async def _find_or_create(self, wanted: CustomerRequest) -> CustomerOutcome:
        choice = await self._step(BillingReads.find_customer, wanted, "look for the customer")
        if choice.candidates:
            return CustomerOutcome(problems=(_which(choice.candidates, wanted),))
        if choice.customer is None:
            created = await self._step(BillingWrites.create_customer, wanted, "create the customer")
            return CustomerOutcome(customer=created)
        if choice.evidence in OURS:
            return CustomerOutcome(customer=choice.customer)
        claim = CustomerClaim(billing=wanted.billing, profile=wanted.profile, customer_id=choice.customer.id)
        claimed = await self._step(BillingWrites.claim_customer, claim, "adopt the customer")
        return CustomerOutcome(customer=claimed)

    async def _step(self, method: Callable[..., Awaitable[T]], arg: Any, summary: str) -> T:
        return await run_step(
            method,
            arg,
            queue=self._wanted.billing,
            timing=self._timing,
            about=f"customer of {self._wanted.profile.crm_company}",
            summary=summary,
        )


def _vanishing(wanted: CustomerRequest) -> Problem:
    return problem(
        Cause.REFUSED,
        f"company {wanted.profile.crm_company}",
        "customer",
        reason=(
            "Le client a été supprimé de la facturation pendant qu'on l'utilisait.",
            "The customer was deleted from the billing system while it was being used.",
        ),
        remedy=(
            "Relancez le flux : un client sera cherché ou créé.",
            "Start the flow again: a customer is found or created.",
        ),
    )


def _which(candidates: tuple[Customer, ...], wanted: CustomerRequest) -> Problem:
    listed = ", ".join(c.id for c in candidates)
    return problem(
        Cause.CUSTOMER_CHOICE,
        f"company {wanted.profile.crm_company}",
        "customer",
        reason=(
            f"Un client existant lui ressemble sans preuve suffisante ({listed}).",
            f"Existing customers resemble it without proof ({listed}).",
        ),
        remedy=(
            "Dans la facturation, complétez le SIREN ou le numéro de TVA du bon client, ou son nom exact, "
            "puis relancez.",
            "In the billing system, give the right customer its SIREN or VAT number, or its exact name, "
            "then start again.",
        ),
    )
