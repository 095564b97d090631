"""From a CRM company to the customer an invoice is made out to, or to what is missing for it."""

import re
from collections.abc import Iterator

from raccord.domain.deal_won.vat_rules import FRENCH_VAT_TERRITORY
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import IndividualRule
from raccord.domain.values.address import says_nothing
from raccord.domain.values.deal import Deal
from raccord.domain.values.identifiers import (
    EU_COUNTRIES,
    NORTHERN_IRELAND,
    clean,
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
)
from raccord.domain.values.parties import Company, CustomerIdentity, CustomerProfile, TaxTreatment

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


def company_of(deal: Deal) -> Company | Problem:
    """Return the one company to invoice; none or several are a problem."""
    match deal.companies:
        case (one,):
            return one
        case ():
            return problem(
                Cause.COMPANY,
                "deal",
                "company",
                reason=("Aucune entreprise n'est liée à l'affaire.", "No company is linked to the deal."),
                remedy=(
                    "Associez à l'affaire l'entreprise à facturer.",
                    "Link the company to invoice to the deal.",
                ),
            )
        case several:
            names = ", ".join(c.id for c in several)
            return problem(
                Cause.COMPANY,
                "deal",
                "company",
                reason=(
                    f"Plusieurs entreprises sont liées sans entreprise principale (n° {names}).",
                    f"Several companies are linked and none is primary (ids {names}).",
                ),
                remedy=(
                    "Marquez l'entreprise à facturer comme principale.",
                    "Mark the company to invoice as primary.",
                ),
            )


def email_of(deal: Deal, company: Company) -> str:
    """Return where the invoice goes: the company's billing e-mail, its billing contact, the first contact."""
    contacts = sorted(deal.contacts, key=lambda c: not c.billing)
    return next((e.strip() for e in (company.email, *(c.email for c in contacts)) if e.strip()), "")


def _address(company: Company) -> Iterator[Problem]:
    address, record = company.address, f"company {company.id}"
    parts = {
        "name": (company.name, "Le nom", "The name"),
        "address": (address.line1, "La rue", "The street"),
        "zip": (address.postal_code, "Le code postal", "The postal code"),
        "city": (address.city, "La ville", "The city"),
    }
    for field, (value, name_fr, name_en) in parts.items():
        if says_nothing(value) and (field != "zip" or address.needs_postal_code):
            yield problem(
                Cause.ADDRESS,
                record,
                field,
                reason=(
                    f"{name_fr} de l'entreprise manque"
                    + (f" (« {value} » n'en dit rien)." if value else "."),
                    f"{name_en} of the company is missing"
                    + (f" (“{value}” tells nothing)." if value else "."),
                ),
                remedy=("Complétez la fiche de l'entreprise.", "Complete the company's record."),
            )
    yield from _french_postal_code(company)
    if address.country is None:
        typed = company.country_text
        yield problem(
            Cause.ADDRESS,
            record,
            "country",
            reason=(
                f"Le pays « {typed} » n'est pas reconnu." if typed else "Le pays de l'entreprise manque.",
                f"The country “{typed}” is not recognised." if typed else "The company's country is missing.",
            ),
            remedy=("Écrivez par exemple France ou FR.", "Write France or FR, for example."),
        )
    if address.overseas:
        yield problem(
            Cause.VAT,
            record,
            "zip",
            reason=(
                f"L'adresse ({address.postal_code or address.country}) est outre-mer : "
                "d'autres règles de TVA s'y appliquent.",
                f"The address ({address.postal_code or address.country}) is overseas, "
                "where other VAT rules apply.",
            ),
            remedy=(
                "Établissez cette facture à la main avec le bon taux.",
                "Make out this invoice by hand with the right rate.",
            ),
        )


def _french_postal_code(company: Company) -> Iterator[Problem]:
    """The postal code tells the VAT rules of an address, so one that is none must not pass."""
    address = company.address
    if address.country not in FRENCH_VAT_TERRITORY or address.french_postal_code:
        return
    if says_nothing(address.postal_code):
        return
    where_fr, where_en = ("de Monaco", "Monaco") if address.country == "MC" else ("français", "French")
    example = "98000" if address.country == "MC" else "75002"
    yield problem(
        Cause.ADDRESS,
        f"company {company.id}",
        "zip",
        reason=(
            f"« {address.postal_code} » n'est pas un code postal {where_fr}.",
            f"“{address.postal_code}” is not a {where_en} postal code.",
        ),
        remedy=(
            f"Saisissez les cinq chiffres seuls, {example} par exemple, ou corrigez le pays.",
            f"Enter the five digits alone, {example} for example, or correct the country.",
        ),
    )


def _identifiers(company: Company) -> Iterator[Problem]:
    record = f"company {company.id}"
    siren = parse_siren(company.siren) if company.siren else None
    siret = parse_siret(company.siret) if company.siret else None
    vat = parse_vat_number(company.vat_number) if company.vat_number else None
    # Only European numbers can be checked, and an export needs none.
    european = company.address.country in EU_COUNTRIES | FRENCH_VAT_TERRITORY | {None}
    foreign = company.address.country not in FRENCH_VAT_TERRITORY | {None} and not company.address.overseas
    elsewhere = not european and not clean(company.vat_number).startswith(NORTHERN_IRELAND)
    for field, text, parsed in (
        ("siren", company.siren, siren),
        ("siret", company.siret, siret),
        ("vat_number", company.vat_number, vat),
    ):
        if text and not parsed and not (field == "vat_number" and elsewhere):
            yield problem(
                Cause.IDENTIFIER,
                record,
                field,
                reason=(
                    f"« {text} » n'est pas un {_NAMES[field][0]} valide.",
                    f"“{text}” is not a valid {_NAMES[field][1]}.",
                ),
                remedy=_ONLY_FRENCH[field]
                if foreign and field in _ONLY_FRENCH
                else (
                    "Recopiez-le depuis un document de l'entreprise.",
                    "Copy it from one of the company's documents.",
                ),
            )
    known = {s for s in (siren, siret[:9] if siret else None, siren_of_vat_number(vat) if vat else None) if s}
    if len(known) > 1:
        yield problem(
            Cause.IDENTIFIER,
            record,
            "siren",
            reason=(
                "SIREN, SIRET et numéro de TVA désignent des entreprises différentes.",
                "SIREN, SIRET and VAT number name different companies.",
            ),
            remedy=("Gardez ceux de l'entreprise facturée.", "Keep those of the invoiced company."),
        )
    if company.address.country == "FR" and not known and not (company.siren or company.siret):
        yield problem(
            Cause.IDENTIFIER,
            record,
            "siret",
            reason=("Le SIREN ou SIRET de l'entreprise manque.", "The company's SIREN or SIRET is missing."),
            remedy=("Saisissez le SIRET (14 chiffres).", "Enter the SIRET (14 digits)."),
        )


_ONLY_FRENCH = {
    "siren": (
        "Videz ce champ : il est réservé aux entreprises françaises.",
        "Empty this field: it is for French companies.",
    ),
    "siret": (
        "Videz ce champ : il est réservé aux établissements français.",
        "Empty this field: it is for French establishments.",
    ),
}
_NAMES = {
    "siren": ("SIREN", "SIREN"),
    "siret": ("SIRET", "SIRET"),
    "vat_number": ("numéro de TVA", "VAT number"),
}


def _email(email: str, company: Company) -> Iterator[Problem]:
    if not _EMAIL.fullmatch(email):
        yield problem(
            Cause.EMAIL,
            f"company {company.id}",
            "billing_email",
            reason=(
                f"L'adresse e-mail « {email} » n'est pas valide." if email else "Aucune adresse e-mail.",
                f"The e-mail address “{email}” is not valid." if email else "There is no e-mail address.",
            ),
            remedy=(
                "Saisissez l'e-mail de facturation de l'entreprise, ou un contact avec e-mail.",
                "Enter the company's billing e-mail, or link a contact with an e-mail.",
            ),
        )


def _individual(company: Company, rule: IndividualRule) -> Iterator[Problem]:
    """A private person has no numbers; one who has them is a business, and is invoiced as one."""
    record = f"company {company.id}"
    typed = {"siret": company.siret, "siren": company.siren, "vat_number": company.vat_number}
    for field in (name for name, text in typed.items() if text.strip()):
        yield problem(
            Cause.IDENTIFIER,
            record,
            field,
            reason=(
                f"Le client est marqué comme particulier et porte un {_NAMES[field][0]}.",
                f"The customer is marked as a private person and has a {_NAMES[field][1]}.",
            ),
            remedy=(
                "Décochez « particulier », ou effacez le numéro.",
                "Untick “private person”, or delete the number.",
            ),
        )
    if rule is IndividualRule.ASK:
        yield problem(
            Cause.COMPANY,
            record,
            "individual",
            reason=(
                "Le client est un particulier, et Raccord ne facture pas les particuliers sans votre règle.",
                "The customer is a private person, whom Raccord does not invoice without a rule of yours.",
            ),
            remedy=(
                'Facturez à la main, ou écrivez individuals = "invoice" dans [invoice] de raccord.toml.',
                'Invoice by hand, or write individuals = "invoice" into [invoice] of raccord.toml.',
            ),
        )


def examine_company(
    deal: Deal, company: Company, treatment: TaxTreatment, language: str, individuals: IndividualRule
) -> tuple[CustomerProfile, tuple[Problem, ...]]:
    """Build the customer profile and say everything that is wrong with the company."""
    email = email_of(deal, company)
    legal = _individual(company, individuals) if company.individual else _identifiers(company)
    problems = (*_address(company), *legal, *_email(email, company))
    profile = CustomerProfile(
        identity=CustomerIdentity.of(company, deal.ref.connection),
        crm_company=f"{deal.ref.connection}:{company.id}",
        former_companies=tuple(f"{deal.ref.connection}:{id}" for id in company.merged),
        name=company.name,
        email=email,
        phone=company.phone,
        address=company.address,
        siren=company.legal_siren,
        siret=parse_siret(company.siret) if company.siret else None,
        vat_number=parse_vat_number(company.vat_number) if company.vat_number else None,
        language=language,
        tax_treatment=treatment,
    )
    return profile, problems
