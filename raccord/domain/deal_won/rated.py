"""A deal whose lines carry the company's default VAT rate where the CRM has none."""

from raccord.domain.deal_won.party_rules import company_of
from raccord.domain.deal_won.vat_rules import with_default_rates
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal
from raccord.domain.values.parties import Company


def rated(deal: Deal, vat: VatPolicy) -> Deal:
    """Return the deal as it is invoiced, and as it was when it is compared with its invoice."""
    found = company_of(deal)
    company = found if isinstance(found, Company) else None
    return deal.model_copy(update={"lines": with_default_rates(deal.lines, company, vat)})
