"""What a look makes of the deal, with what people said of its company once for all its deals."""

from raccord.domain.deal_won.party_rules import company_of
from raccord.domain.deal_won.quality import Examination, examine
from raccord.domain.deal_won.questions import quality
from raccord.domain.deal_won.recipients import billing_contacts, with_billing_contact
from raccord.domain.deal_won.said import Said
from raccord.domain.desk.question import Choice
from raccord.domain.values.address import says_nothing
from raccord.domain.values.deal import Deal
from raccord.domain.values.parties import Company, Contact
from workflows.deal_won.case import Case
from workflows.deal_won.steps import Writing
from workflows.steps import Gone


class Judge:
    """Examines the deal; `steps` remember an answer, and are None where nobody is asked."""

    def __init__(self, case: Case, steps: Writing | None) -> None:
        self._case = case
        self._steps = steps

    async def examined(self, said: Said) -> Examination:
        """Return the verdict after every answer that was given about the company."""
        while True:
            found = examine(await self._addressed(said), self._case.policy, self._case.today, said)
            option = await self._given(found)
            if not option or not self._steps or said.having(option) == said:
                return found
            await self._steps.remember(self._case.deal, option)
            said = said.having(option)

    async def _given(self, found: Examination) -> str:
        """Return the option that a person chose for these very problems; empty without one."""
        if not found.options or not self._steps:
            return ""
        asked = self._case.question(quality(found.problems, found.options))
        answer = await self._steps.answered(asked)
        return answer.option if answer and answer.choice is Choice.CHOOSE else ""

    async def _addressed(self, said: Said) -> Deal:
        """Return the deal as if its CRM marked the contact whom a person chose, unless it marks one."""
        deal, company = self._case.deal, company_of(self._case.deal)
        if not said.billing_contact or not isinstance(company, Company):
            return deal
        if not says_nothing(company.email) or billing_contacts(deal, company):
            return deal
        chosen = await self._contact(deal, said.billing_contact)
        return with_billing_contact(deal, chosen) if chosen else deal

    async def _contact(self, deal: Deal, contact_id: str) -> Contact | None:
        on_it = next((each for each in deal.contacts if each.id == contact_id), None)
        try:
            return on_it or await self._case.steps.contact(contact_id)
        except Gone:
            return None
