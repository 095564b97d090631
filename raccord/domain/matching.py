"""Which billing customer is this CRM company? Evidence decides, names only propose."""

from enum import StrEnum

from raccord.domain.parties import Customer, CustomerProfile
from raccord.domain.values import Value, fold


class Evidence(StrEnum):
    """Why a billing customer may be the one, strongest first."""

    LINK = "link"
    REFERENCE = "reference"
    IDENTIFIER = "identifier"
    EMAIL = "email"
    NAME = "name"


class CustomerChoice(Value):
    """The outcome of a look-up: one proven customer, or candidates for a person, or neither."""

    customer: Customer | None = None
    evidence: Evidence | None = None
    candidates: tuple[Customer, ...] = ()


def contradictions(customer: Customer, profile: CustomerProfile) -> tuple[str, ...]:
    """Name what speaks against a match: another SIREN, VAT number, name, or owner of the reference."""
    found = []
    if customer.reference and customer.reference != profile.identity.reference:
        found.append("reference")
    if customer.siren and profile.siren and customer.siren != profile.siren:
        found.append("siren")
    if customer.vat_number and profile.vat_number and customer.vat_number != profile.vat_number:
        found.append("vat_number")
    if customer.name and fold(customer.name) != fold(profile.name):
        found.append("name")
    return tuple(found)


def _evidence(customer: Customer, profile: CustomerProfile, linked_id: str | None) -> Evidence | None:
    against = contradictions(customer, profile)
    if linked_id and customer.id == linked_id:
        return Evidence.LINK
    if customer.reference and customer.reference == profile.identity.reference:
        return Evidence.REFERENCE
    if "reference" in against:
        return None
    same_siren = bool(profile.siren) and customer.siren == profile.siren
    same_vat = bool(profile.vat_number) and customer.vat_number == profile.vat_number
    if same_siren or same_vat:
        return Evidence.IDENTIFIER
    if customer.email and customer.email == profile.email and not against:
        return Evidence.EMAIL
    return None


def choose_customer(
    found: tuple[Customer, ...], profile: CustomerProfile, linked_id: str | None
) -> CustomerChoice:
    """Choose among the customers a look-up returned.

    The strongest evidence wins; two customers with it are candidates for a person, never a pick.
    A customer with the same e-mail that something contradicts is another customer if it already
    carries another company's reference, else a candidate.
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
    doubtful = tuple(
        c for c in found if c.email == profile.email and "reference" not in contradictions(c, profile)
    )
    return CustomerChoice(candidates=doubtful)
