"""What does not keep a deal from being invoiced, and a person should know all the same."""

from datetime import date, timedelta
from decimal import Decimal

from raccord.domain.deal_won.line_rules import charged_lines
from raccord.domain.deal_won.recipients import billing_contacts, typed_email
from raccord.domain.deal_won.vat_rules import domestic, member_state_number, outside_union, rate_on
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import InvoicePolicy, PublicBodies
from raccord.domain.values.deal import Deal
from raccord.domain.values.email import parse_emails
from raccord.domain.values.identifiers import EU_COUNTRIES, NORTHERN_IRELAND, public_body
from raccord.domain.values.message import Message, RecordName, message
from raccord.domain.values.money import Money
from raccord.domain.values.names import THE_DEAL, THE_SETTINGS, company_name, customer_name
from raccord.domain.values.parties import Company, Customer
from raccord.domain.values.payment_terms import PaymentTerms

LONGEST_TERMS, LONGEST_END_OF_MONTH = 60, 45
"""Days from the invoice date that a French seller may grant a professional anywhere (C. com. L441-10)."""
PLAUSIBLE = timedelta(days=366)
"""A service date further away than this is more often a slip of the keyboard than a sale."""

DATED_TODAY = "service_date.today_taken"
"""The code of the warning that the invoice's service date is the day it is issued on."""


def cautions(
    deal: Deal,
    company: Company,
    rules: InvoicePolicy,
    *,
    terms: PaymentTerms | None,
    today: date,
) -> tuple[Problem, ...]:
    """Return every warning about a deal. The invoice's dates are those it would have if issued today."""
    binding = rules.vat.seller_country == "FR" and not company.individual
    found = (
        _service_date(deal, today),
        _several_emails(deal, company),
        _several_billing_contacts(deal, company),
        _handed_in(company, rules),
        _long_terms(deal, company, rules, terms, today) if binding else None,
        _taxed_abroad(deal, company, rules),
        _business_unproven(deal, company, rules),
    )
    return tuple(caution for caution in found if caution)


def balance_applied(customer: Customer, gross: Money) -> Problem | None:
    """Warn that an invoice asks for another amount than its total: the customer's balance comes with it."""
    balance = customer.balance
    if balance is None or balance.currency != gross.currency or not balance.amount:
        return None
    code = "customer.owes_balance" if balance.amount > 0 else "customer.has_credit"
    asked = max(gross.amount + balance.amount, Decimal(0))
    return problem(
        Cause.AMOUNT,
        customer_name(customer),
        "balance",
        code,
        balance=Money(amount=abs(balance.amount), currency=balance.currency),
        asked=Money(amount=asked, currency=gross.currency),
        gross=gross,
    )


def terms_at(deal: Deal, company: Company | None) -> tuple[RecordName, str]:
    """Return the record and field whose payment term counts: the deal's, the company's, the settings'."""
    if deal.payment_terms:
        return THE_DEAL, "payment_terms_days"
    if company and company.payment_terms:
        return company_name(company), "payment_terms_days"
    return THE_SETTINGS, "invoice.payment_terms_days"


def _service_date(deal: Deal, today: date) -> Problem | None:
    if deal.service_date:
        return _far_away(deal.service_date, today)
    if deal.won_on:
        return _dated("service_date.close_date_taken", deal.won_on)
    return _dated(DATED_TODAY, today)


def _far_away(service_date: date, today: date) -> Problem | None:
    if abs(service_date - today) <= PLAUSIBLE:
        return None
    return _dated("service_date.far_away", service_date)


def _handed_in(company: Company, rules: InvoicePolicy) -> Problem | None:
    if not public_body(company.legal_siren) or rules.public_bodies is not PublicBodies.BY_HAND:
        return None
    return problem(Cause.COMPANY, company_name(company), "siren", "company.hand_in")


def _several_emails(deal: Deal, company: Company) -> Problem | None:
    first, *others = parse_emails(typed_email(deal, company)) or ("",)
    if not others:
        return None
    record, several = company_name(company), ", ".join(others)
    return problem(
        Cause.EMAIL, record, "billing_email", "company.several_emails", taken=first, others=several
    )


def _several_billing_contacts(deal: Deal, company: Company) -> Problem | None:
    marked = billing_contacts(deal, company)
    if len(marked) < 2:
        return None
    first, *others = (contact.email.strip() for contact in marked)
    record, several = company_name(company), ", ".join(others)
    return problem(
        Cause.EMAIL, record, "billing_email", "company.several_billing_contacts", taken=first, others=several
    )


def _dated(code: str, day: date) -> Problem:
    return problem(Cause.DATE, THE_DEAL, "service_date", code, day=day)


def _long_terms(
    deal: Deal, company: Company, rules: InvoicePolicy, terms: PaymentTerms | None, today: date
) -> Problem | None:
    """By the term alone: by the dates of one day the warning would come and go, and an approval with it."""
    counted, (record, field) = rules.terms(terms), terms_at(deal, company)
    if counted.days <= (LONGEST_END_OF_MONTH if counted.month_end else LONGEST_TERMS):
        return None
    due_on = rules.due_on(today, terms)
    return problem(Cause.TERMS, record, field, "terms.too_long", term=term_in_words(counted), due_on=due_on)


def term_in_words(term: PaymentTerms) -> Message:
    """Return a term of payment as people say it."""
    if not term.days and not term.month_end:
        return message("approval.terms_at_once")
    code = "approval.terms_end_of_month" if term.month_end else "approval.terms"
    return message(code, count=term.days)


def _taxed_abroad(deal: Deal, company: Company, rules: InvoicePolicy) -> Problem | None:
    """Doubt VAT on a sale to a business outside the Union, or to one with another member state's number."""
    seller = rules.vat.seller_country
    taxed = next((line for line in charged_lines(deal, rules) if line.vat_rate), None)
    number = member_state_number(company, seller)
    if taxed is None or company.individual or domestic(company, seller):
        return None
    inside = company.address.country in EU_COUNTRIES or (number or "").startswith(NORTHERN_IRELAND)
    record, field = rate_on(taxed, deal.lines)
    if number and inside and not company.address.outside_eu_vat:
        return problem(Cause.VAT, record, field, "vat.taxed_abroad")
    if outside_union(company, seller):
        return problem(Cause.VAT, record, field, "vat.taxed_outside_union")
    return None


def _business_unproven(deal: Deal, company: Company, rules: InvoicePolicy) -> Problem | None:
    """Doubt that a company outside the Union is one, which is invoiced at 0 % and has no number at all."""
    numbered = any(text.strip() for text in (company.vat_number, company.siren, company.siret))
    at_zero = any(line.vat_rate == 0 for line in charged_lines(deal, rules))
    abroad = outside_union(company, rules.vat.seller_country)
    if numbered or not at_zero or company.individual or not abroad:
        return None
    return problem(Cause.VAT, company_name(company), "vat_number", "vat.business_without_number")
