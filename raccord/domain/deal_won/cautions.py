"""What does not keep a deal from being invoiced, and a person should know all the same."""

from datetime import date, timedelta

from raccord.domain.deal_won.vat_rules import domestic, member_state_number, rate_on
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.identifiers import EU_COUNTRIES, NORTHERN_IRELAND
from raccord.domain.values.parties import Company

LONGEST_TERMS = timedelta(days=60)
"""What a French seller may grant a professional of any country, from the invoice date (C. com. L441-10)."""
LONGEST_END_OF_MONTH_DAYS = 45
PLAUSIBLE = timedelta(days=366)
"""A service date further away than this is more often a slip of the keyboard than a sale."""


def cautions(
    deal: Deal,
    company: Company,
    rules: InvoicePolicy,
    *,
    terms_days: int | None,
    today: date,
) -> tuple[Problem, ...]:
    """Return every warning about a deal. The invoice's dates are those it would have if issued today."""
    binding = rules.vat.seller_country == "FR" and not company.individual
    french = binding and company.address.country == "FR"
    taxed = _taxed_abroad(deal, company, rules)
    found = (
        _service_date(deal, today),
        _long_terms(deal, company, rules, terms_days, today) if binding else None,
        _not_transmitted(rules, today) if french else None,
        _french_vat_abroad(taxed) if taxed else None,
    )
    return tuple(caution for caution in found if caution)


def terms_at(deal: Deal, company: Company | None) -> tuple[str, str]:
    """Return the record and field whose payment term counts: the deal's, the company's, the settings'."""
    if deal.payment_terms_days is not None:
        return "deal", "payment_terms_days"
    if company and company.payment_terms_days is not None:
        return f"company {company.id}", "payment_terms_days"
    return "settings", "invoice.payment_terms_days"


def _service_date(deal: Deal, today: date) -> Problem | None:
    if deal.service_date:
        return _far_away(deal.service_date, today)
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


def _far_away(service_date: date, today: date) -> Problem | None:
    if abs(service_date - today) <= PLAUSIBLE:
        return None
    return problem(
        Cause.DATE,
        "deal",
        "service_date",
        reason=(
            f"La date de prestation, {service_date:%d/%m/%Y}, est à plus d'un an d'aujourd'hui.",
            f"The service date, {service_date.isoformat()}, is more than a year from today.",
        ),
        remedy=(
            "Vérifiez l'année : la facture porte cette date.",
            "Check the year: the invoice carries this date.",
        ),
    )


def _long_terms(
    deal: Deal, company: Company, rules: InvoicePolicy, terms_days: int | None, today: date
) -> Problem | None:
    due_on, (record, field) = rules.due_on(today, terms_days), terms_at(deal, company)
    latest = today + LONGEST_TERMS
    if rules.end_of_month:
        latest = rules.due_on(today, LONGEST_END_OF_MONTH_DAYS)
    if due_on <= latest:
        return None
    return problem(
        Cause.TERMS,
        record,
        field,
        reason=(
            f"Émise aujourd'hui, la facture serait due le {due_on:%d/%m/%Y}, après le {latest:%d/%m/%Y}, "
            "dernier jour permis à un vendeur français envers un professionnel.",
            f"Issued today, the invoice would be due on {due_on.isoformat()}, after {latest.isoformat()}, "
            "the last day the law allows a French seller to grant a professional.",
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


def _taxed_abroad(deal: Deal, company: Company, rules: InvoicePolicy) -> LineItem | None:
    """Return the first line with VAT of a sale that is between two member states by its VAT number."""
    seller, country = rules.vat.seller_country, company.address.country
    number = member_state_number(company, seller)
    inside = country in EU_COUNTRIES or (number or "").startswith(NORTHERN_IRELAND)
    if number is None or not inside or domestic(company, seller):
        return None
    return next((line for line in deal.lines if rules.vat.rate_of(line.vat_rate)), None)


def _french_vat_abroad(line: LineItem) -> Problem:
    record, field = rate_on(line)
    return problem(
        Cause.VAT,
        record,
        field,
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
