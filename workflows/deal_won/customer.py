"""Whom to invoice: one customer, proven, created, or chosen by a person."""

from dataclasses import dataclass

from activities.billing.books import Books
from activities.billing.customers import CustomerOutcome, CustomerRequest
from activities.records.memory import Confirmation
from raccord.domain.deal_won.questions import (
    NEW_CUSTOMER,
    OWN_CUSTOMER,
    one_siren_two_companies,
    quality,
    which_customer,
)
from raccord.domain.values.parties import Customer, CustomerProfile
from workflows.deal_won.case import Case
from workflows.deal_won.steps import Writing
from workflows.steps import LookAgain, Stopped


@dataclass(frozen=True)
class Chosen:
    """The customer; `known` is whether the books were read with it in mind."""

    customer: Customer
    known: bool


class Customers:
    """One billing customer per real customer."""

    def __init__(self, case: Case, steps: Writing) -> None:
        self._case = case
        self._steps = steps

    async def ensured(self, books: Books, profile: CustomerProfile) -> Chosen:
        """Return the one customer of the deal's company."""
        proven = books.customer.customer if books.proven_customer else None
        chosen = Chosen(customer=proven, known=True) if proven else await self._made_sure_of(profile)
        if site := await self._other_site(chosen.customer, profile):
            return await self._made_sure_of(site)
        return chosen

    async def _made_sure_of(self, profile: CustomerProfile) -> Chosen:
        """Find or create the profile's customer; a person chooses among those that resemble it."""
        wanted = CustomerRequest(billing=self._case.policy.billing, profile=profile)
        outcome = await self._steps.ensure_customer(wanted)
        if outcome.candidates:
            candidates = outcome.candidates
            answer = await self._case.ask(which_customer(candidates, profile))
            outcome = await self._steps.ensure_customer(wanted.model_copy(update={"chosen": answer.option}))
            if not _as_chosen(outcome, answer.option, candidates):
                raise LookAgain  # another deal of the company has its own run, which knew of no such choice
        if outcome.customer is None:
            raise Stopped(quality(outcome.problems))
        return Chosen(customer=outcome.customer, known=outcome.created)

    async def _other_site(self, customer: Customer, profile: CustomerProfile) -> CustomerProfile | None:
        """Ask, once a company, whether it is the customer that another company of the CRM is already.

        Returns the profile of its site when a person says that this is a customer of its own.
        """
        other = customer.crm_company
        if not other or other in (profile.crm_company, *profile.former_companies):
            return None
        same = Confirmation(identity=profile.identity.reference, company=profile.crm_company)
        connection, _, id = other.partition(":")
        if connection != self._case.policy.crm or await self._steps.confirmed(same):
            return None
        if (company := await self._steps.other_company(id)) is None:
            return None
        site = profile.site_beside(company)
        ask = one_siren_two_companies(profile, company, customer, two_sites=site is not None)
        answer = await self._case.ask(ask)
        if site and answer.option == OWN_CUSTOMER:
            await self._steps.confirm(same.model_copy(update={"identity": site.identity.reference}))
            return site
        await self._steps.confirm(same)
        return None


def _as_chosen(outcome: CustomerOutcome, chosen: str, candidates: tuple[Customer, ...]) -> bool:
    """Whether an outcome is not another one than a person chose; what was refused is none yet."""
    if outcome.customer is None:
        return not outcome.candidates
    if chosen == NEW_CUSTOMER:
        return outcome.customer.id not in {each.id for each in candidates}
    return outcome.customer.id == chosen
