"""Which billing customer is this CRM company? Evidence decides, names only propose."""

from enum import StrEnum

from raccord.domain.values.base import Value, fold, letters
from raccord.domain.values.parties import Customer, CustomerProfile, IdentityKind


class Evidence(StrEnum):
    """Why a billing customer may be the one, strongest first."""

    LINK = "link"
    REFERENCE = "reference"
    COMPANY = "company"
    SITE = "site"
    IDENTIFIER = "identifier"
    EMAIL = "email"


class CustomerChoice(Value):
    """The outcome of a look-up: one proven customer, or candidates for a person, or neither."""

    customer: Customer | None = None
    evidence: Evidence | None = None
    candidates: tuple[Customer, ...] = ()


def contradictions(customer: Customer, profile: CustomerProfile) -> tuple[str, ...]:
    """Name what speaks against a match: another SIREN, site, VAT number, name, or owner of the reference."""
    found = []
    if customer.reference and customer.reference != profile.identity.reference:
        found.append("reference")
    if customer.siren and profile.siren and customer.siren != profile.siren:
        found.append("siren")
    if customer.siret and profile.siret and customer.siret != profile.siret:
        found.append("siret")
    if customer.vat_number and profile.vat_number and customer.vat_number != profile.vat_number:
        found.append("vat_number")
    if customer.name and letters(customer.name) != letters(profile.name):
        found.append("name")
    return tuple(found)


def _same_siren(customer: Customer, profile: CustomerProfile) -> bool:
    return bool(profile.siren) and customer.siren == profile.siren


def _same_site(customer: Customer, profile: CustomerProfile) -> bool:
    return bool(profile.siret) and customer.siret == profile.siret


def _of_one_site(profile: CustomerProfile) -> bool:
    return profile.identity.kind is IdentityKind.SIRET


def _same_vat(customer: Customer, profile: CustomerProfile) -> bool:
    return bool(profile.vat_number) and customer.vat_number == profile.vat_number


def _same_email(customer: Customer, profile: CustomerProfile) -> bool:
    return bool(customer.email) and fold(customer.email) == fold(profile.email)


def _same_name(customer: Customer, profile: CustomerProfile) -> bool:
    return bool(customer.name) and letters(customer.name) == letters(profile.name)


def _doubtful(customer: Customer, profile: CustomerProfile) -> bool:
    """Whether a person should look at it: something is the same, and nothing says that it is another."""
    against = contradictions(customer, profile)
    if "reference" in against or ("siret" in against and _of_one_site(profile)):
        return False
    if _same_vat(customer, profile) or _same_siren(customer, profile):
        return True
    if "siren" in against:
        return False
    named = _same_name(customer, profile) and "vat_number" not in against
    return named or _same_email(customer, profile)


def _evidence(customer: Customer, profile: CustomerProfile, linked_id: str | None) -> Evidence | None:
    if linked_id and customer.id == linked_id:
        return Evidence.LINK
    if customer.reference and customer.reference == profile.identity.reference:
        return Evidence.REFERENCE
    against = set(contradictions(customer, profile))
    companies = (profile.crm_company, *profile.former_companies)
    same_company = bool(customer.crm_company) and customer.crm_company in companies
    if same_company and not against & {"siren", "vat_number"}:
        # The company's identity changed: it was invoiced before it had a SIREN, or before a merger.
        return Evidence.COMPANY
    return None if "reference" in against else _likeness(customer, profile, against)


def _likeness(customer: Customer, profile: CustomerProfile, against: set[str]) -> Evidence | None:
    if _same_site(customer, profile):
        return Evidence.SITE
    if _of_one_site(profile):
        # The sites of one legal entity share its numbers, and often its name and its accounting address.
        return None
    same_vat = _same_vat(customer, profile) and "siren" not in against
    if (_same_siren(customer, profile) or same_vat) and "siret" not in against:
        return Evidence.IDENTIFIER
    if _same_email(customer, profile) and not against:
        return Evidence.EMAIL
    return None


def choose_customer(
    found: tuple[Customer, ...], profile: CustomerProfile, linked_id: str | None
) -> CustomerChoice:
    """Choose among the customers a look-up returned.

    The strongest evidence wins; two customers with it are candidates for a person, never a pick.
    A customer with the same name, the same e-mail and another name, the same VAT number and another
    SIREN, or the same SIREN and another SIRET, is a candidate unless it already carries another company's
    reference. The same name or e-mail with another SIREN is another company: groups share one accounting
    address. Of a site that is a customer of its own, only the SIRET is proof: the rest proposes.
    """
    ranked: dict[Evidence, list[Customer]] = {}
    for customer in found:
        if evidence := _evidence(customer, profile, linked_id):
            ranked.setdefault(evidence, []).append(customer)
    for evidence in Evidence:
        match ranked.get(evidence, []):
            case []:
                continue
            case [one]:
                return CustomerChoice(customer=one, evidence=evidence)
            case several:
                return CustomerChoice(candidates=tuple(several))
    return CustomerChoice(candidates=tuple(c for c in found if _doubtful(c, profile)))
