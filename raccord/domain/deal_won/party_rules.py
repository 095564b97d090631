"""From a CRM company to the customer an invoice is made out to, or to what is missing for it."""

from collections.abc import Iterator

from raccord.domain.deal_won.recipients import rivals, typed_email
from raccord.domain.deal_won.said import in_words
from raccord.domain.deal_won.understood import understood, unjudged_vat_number
from raccord.domain.deal_won.vat_rules import FRENCH_VAT_TERRITORY
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import Delivery, IndividualRule, Invoicing, PublicBodies
from raccord.domain.values.address import says_nothing
from raccord.domain.values.deal import Deal
from raccord.domain.values.email import parse_emails
from raccord.domain.values.identifiers import (
    parse_siren,
    parse_siret,
    parse_vat_number,
    public_body,
    siren_of_vat_number,
)
from raccord.domain.values.message import RecordName, message
from raccord.domain.values.names import THE_DEAL, company_name
from raccord.domain.values.parties import Company, CustomerIdentity, CustomerProfile, TaxTreatment

SEVERAL_CONTACTS = "company.several_contacts"


def company_of(deal: Deal) -> Company | Problem:
    """Return the one company to invoice; none or several are a problem."""
    match deal.companies:
        case (one,):
            return understood(one)
        case ():
            return problem(Cause.COMPANY, THE_DEAL, "company", "deal.no_company")
        case several:
            companies = tuple(company_name(each) for each in several)
            return problem(Cause.COMPANY, THE_DEAL, "company", "deal.several_companies", companies=companies)


def mailed(deal: Deal, rules: Invoicing) -> bool:
    """Whether the billing system is to send the deal's invoice."""
    company = company_of(deal)
    return mailed_to(company.legal_siren if isinstance(company, Company) else None, rules)


def mailed_to(siren: str | None, rules: Invoicing) -> bool:
    """Whether the billing system is to send the invoices of the company with this SIREN."""
    by_hand = public_body(siren) and rules.public_bodies is PublicBodies.BY_HAND
    return rules.delivery is Delivery.VENDOR and not by_hand


def _address(company: Company) -> Iterator[Problem]:
    address, record = company.address, company_name(company)
    for field, value, part in (
        ("name", company.name, message("part.name")),
        ("address", address.line1, message("part.street")),
        ("city", address.city, message("part.city")),
    ):
        if not value:
            yield problem(Cause.ADDRESS, record, field, "company.part_missing", part=part)
        elif not any(c.isalnum() for c in value):
            yield problem(Cause.ADDRESS, record, field, "company.part_says_nothing", part=part, value=value)
        elif says_nothing(value):
            yield problem(Cause.ADDRESS, record, field, "company.part_doubtful", part=part, value=value)
    yield from _postal_code(company)
    if address.country is None and company.country_text:
        yield problem(Cause.ADDRESS, record, "country", "company.country_unknown", value=company.country_text)
    elif address.country is None:
        yield problem(Cause.ADDRESS, record, "country", "company.country_missing")


def _postal_code(company: Company) -> Iterator[Problem]:
    """In France the postal code tells the VAT rules of an address, so one that is none must not pass."""
    address, record = company.address, company_name(company)
    french = address.country in FRENCH_VAT_TERRITORY | {None}
    if says_nothing(address.postal_code):
        if french and not address.army_post:
            part = message("part.postal_code")
            yield problem(Cause.ADDRESS, record, "zip", "company.part_missing", part=part)
        elif address.needs_postal_code:
            yield problem(Cause.ADDRESS, record, "zip", "company.no_postal_code")
    elif address.country in FRENCH_VAT_TERRITORY and not address.french_postal_code:
        code = "company.postal_code_not_french"
        if address.army_post:
            code = "company.army_postal_code"
        elif address.country == "MC":
            code = "company.postal_code_not_monegasque"
        yield problem(Cause.ADDRESS, record, "zip", code, value=address.postal_code)


def identifier_problems(company: Company) -> Iterator[Problem]:
    """Yield what is wrong with a company's numbers, and that it has none where the law wants one."""
    record = company_name(company)
    siren = parse_siren(company.siren) if company.siren else None
    siret = parse_siret(company.siret) if company.siret else None
    vat = parse_vat_number(company.vat_number) if company.vat_number else None
    foreign = company.address.country not in FRENCH_VAT_TERRITORY | {None} and not company.address.overseas
    elsewhere = unjudged_vat_number(company)
    for field, text, parsed in (
        ("siren", company.siren, siren),
        ("siret", company.siret, siret),
        ("vat_number", company.vat_number, vat),
    ):
        if text and not parsed and not (field == "vat_number" and elsewhere):
            yield _invalid(record, field, text, foreign=foreign)
    known = {s for s in (siren, siret[:9] if siret else None, siren_of_vat_number(vat) if vat else None) if s}
    if len(known) > 1:
        yield problem(Cause.IDENTIFIER, record, "siren", "company.identifiers_disagree")
    if company.address.registered_in_france and not known and not (company.siren or company.siret):
        yield problem(Cause.IDENTIFIER, record, "siret", "company.siren_missing")


def _invalid(record: RecordName, field: str, text: str, *, foreign: bool) -> Problem:
    """SIREN and SIRET are for French companies: elsewhere the field is emptied, and not corrected."""
    if foreign and field in _ONLY_FRENCH:
        return problem(Cause.IDENTIFIER, record, field, _ONLY_FRENCH[field], value=text)
    identifier = message(_IDENTIFIERS[field])
    return problem(
        Cause.IDENTIFIER, record, field, "company.identifier_invalid", value=text, identifier=identifier
    )


_ONLY_FRENCH = {"siren": "company.siren_abroad", "siret": "company.siret_abroad"}
_IDENTIFIERS = {
    "siren": "identifier.siren",
    "siret": "identifier.siret",
    "vat_number": "identifier.vat_number",
}


def _email(deal: Deal, company: Company, rules: Invoicing) -> Iterator[Problem]:
    """An invoice that nobody mails needs no address; one that is typed is checked all the same."""
    record, typed = company_name(company), typed_email(deal, company)
    among, needed = rivals(deal, company), mailed_to(company.legal_siren, rules)
    if among and needed:
        people = tuple(map(in_words, among))
        yield problem(Cause.EMAIL, record, "billing_email", SEVERAL_CONTACTS, contacts=people)
    elif needed and not typed:
        yield problem(Cause.EMAIL, record, "billing_email", "company.email_missing")
    elif typed and not parse_emails(typed):
        yield problem(Cause.EMAIL, record, "billing_email", "company.email_invalid", value=typed)


def _public_body(company: Company, rules: Invoicing) -> Iterator[Problem]:
    asks = rules.public_bodies is PublicBodies.ASK and rules.delivery is Delivery.VENDOR
    if asks and public_body(company.legal_siren):
        yield problem(Cause.COMPANY, company_name(company), "siren", "company.public_body")


def _individual(company: Company, rule: IndividualRule) -> Iterator[Problem]:
    """A private person has no numbers; one who has them is a business, and is invoiced as one."""
    record = company_name(company)
    typed = {"siret": company.siret, "siren": company.siren, "vat_number": company.vat_number}
    for field in (name for name, text in typed.items() if text.strip()):
        identifier = message(_IDENTIFIERS[field])
        yield problem(Cause.IDENTIFIER, record, field, "individual.has_identifier", identifier=identifier)
    if rule is IndividualRule.ASK:
        yield problem(Cause.COMPANY, record, "individual", "individual.not_invoiced")


def examine_company(
    deal: Deal, company: Company, treatment: TaxTreatment, language: str, rules: Invoicing
) -> tuple[CustomerProfile, tuple[Problem, ...]]:
    """Build the customer profile and say everything that is wrong with the company."""
    typed = typed_email(deal, company)
    legal = _individual(company, rules.individuals) if company.individual else identifier_problems(company)
    problems = (*_address(company), *legal, *_email(deal, company, rules), *_public_body(company, rules))
    profile = CustomerProfile(
        identity=CustomerIdentity.of(company, deal.ref.connection),
        crm_company=f"{deal.ref.connection}:{company.id}",
        former_companies=tuple(f"{deal.ref.connection}:{id}" for id in company.merged),
        name=company.name,
        email=next(iter(parse_emails(typed)), typed),
        phone=company.phone,
        address=company.address.without_filler,
        siren=company.legal_siren,
        siret=parse_siret(company.siret) if company.siret else None,
        vat_number=parse_vat_number(company.vat_number) if company.vat_number else None,
        language=language,
        tax_treatment=treatment,
    )
    return profile, problems
