"""What does not keep a deal from being invoiced, and a person should know all the same."""

from datetime import date, timedelta

from raccord.domain.deal import Deal
from raccord.domain.identifiers import EU_COUNTRIES, NORTHERN_IRELAND
from raccord.domain.invoice import InvoiceLine
from raccord.domain.parties import Company
from raccord.domain.policy import InvoicePolicy
from raccord.domain.problems import Cause, Problem, problem
from raccord.domain.vat_rules import domestic, member_state_number

LONGEST_TERMS = timedelta(days=60)
"""Between professionals in France, from the invoice date (C. com. L441-10)."""
LONGEST_END_OF_MONTH_DAYS = 45


def cautions(
    deal: Deal,
    company: Company,
    lines: tuple[InvoiceLine, ...],
    rules: InvoicePolicy,
    *,
    terms_days: int | None,
    today: date,
) -> tuple[Problem, ...]:
    """Return every warning about a deal. The invoice's dates are those it would have if issued today."""
    french = _between_french_companies(company, rules)
    found = (
        _service_date(deal, today),
        _long_terms(rules, rules.due_on(today, terms_days), today) if french else None,
        _not_transmitted(rules, today) if french else None,
        _french_vat_abroad(company) if _taxed_abroad(company, lines, rules) else None,
    )
    return tuple(caution for caution in found if caution)


def _between_french_companies(company: Company, rules: InvoicePolicy) -> bool:
    countries = (rules.vat.seller_country, company.address.country)
    return countries == ("FR", "FR") and not company.individual


def _service_date(deal: Deal, today: date) -> Problem | None:
    if deal.service_date:
        return None
    taken = deal.won_on or today
    which_fr, which_en = ("de clôture", "close date") if deal.won_on else ("du jour", "date of today")
    return problem(
        Cause.DATE,
        "deal",
        "service_date",
        reason=(
            "L'affaire n'a pas de date de prestation : "
            f"la facture porte la date {which_fr}, {taken:%d/%m/%Y}.",
            f"The deal has no service date: the invoice carries the {which_en}, {taken.isoformat()}.",
        ),
        remedy=(
            "Saisissez la date de la vente ou de la prestation si elle est autre.",
            "Enter the date of the sale or service if it is another.",
        ),
    )


def _long_terms(rules: InvoicePolicy, due_on: date, today: date) -> Problem | None:
    latest = today + LONGEST_TERMS
    if rules.end_of_month:
        latest = rules.due_on(today, LONGEST_END_OF_MONTH_DAYS)
    if due_on <= latest:
        return None
    return problem(
        Cause.TERMS,
        "deal",
        "payment_terms_days",
        reason=(
            f"Émise aujourd'hui, la facture serait due le {due_on:%d/%m/%Y}, après le {latest:%d/%m/%Y}, "
            "dernier jour permis entre professionnels.",
            f"Issued today, the invoice would be due on {due_on.isoformat()}, after {latest.isoformat()}, "
            "the last day the law allows between professionals.",
        ),
        remedy=(
            "Raccourcissez le délai : 60 jours, ou 45 jours fin de mois, sauf règle de votre secteur.",
            "Shorten the term: 60 days, or 45 days end of month, unless your sector has its own rule.",
        ),
    )


def _not_transmitted(rules: InvoicePolicy, today: date) -> Problem | None:
    since = rules.einvoicing.starts_on
    if not rules.einvoicing.missing(today):
        return None
    return problem(
        Cause.DATE,
        "settings",
        "einvoicing.mode",
        reason=(
            f"Depuis le {since:%d/%m/%Y}, une facture entre entreprises françaises passe par une "
            "plateforme agréée ; Raccord n'en est pas une et ne transmet rien.",
            f"Since {since.isoformat()} an invoice between French companies goes through an approved "
            "platform; Raccord is none and transmits nothing.",
        ),
        remedy=(
            "Faites transmettre la facture par votre outil de facturation ou votre plateforme.",
            "Have your billing system or your platform transmit the invoice.",
        ),
    )


def _taxed_abroad(company: Company, lines: tuple[InvoiceLine, ...], rules: InvoicePolicy) -> bool:
    seller = rules.vat.seller_country
    number = member_state_number(company, seller)
    inside = company.address.country in EU_COUNTRIES or (number or "").startswith(NORTHERN_IRELAND)
    return (
        number is not None
        and inside
        and not domestic(company, seller)
        and any(line.vat_rate for line in lines)
    )


def _french_vat_abroad(company: Company) -> Problem:
    return problem(
        Cause.VAT,
        f"company {company.id}",
        "vat_rate",
        reason=(
            "L'entreprise a un numéro de TVA d'un autre État membre et les lignes portent de la TVA : "
            "une vente entre entreprises est souvent à 0 %, autoliquidée par le client.",
            "The company has a VAT number of another member state and the lines carry VAT: "
            "between businesses a sale is often at 0 %, with reverse charge.",
        ),
        remedy=(
            "Vérifiez le taux : il est juste pour une vente consommée sur place, par exemple.",
            "Check the rate: it is right for what is consumed on the spot, for example.",
        ),
    )
