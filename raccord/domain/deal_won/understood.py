"""A CRM company as a person reads it.

What was typed to get past a field is nothing, and a number in the field beside its own is that number.
"""

import re

from raccord.domain.values.address import Address, says_nothing
from raccord.domain.values.base import unaccented
from raccord.domain.values.identifiers import parse_siren, parse_siret
from raccord.domain.values.parties import Company

_NO_NUMBER = re.compile(
    r"(?:non |pas |not |un)?(?:assujettie?s?|soumise?|concernee?|applicable|registered)(?: (?:a la )?tva)?"
    r"|(?:en )?(?:cours|attente)(?: d'.*| de .*)?|pending|(?:sans|aucune?|no|pas de) (?:tva|numero|objet|vat)"
    r"|aucune?|exoneree?s?|exempt|franchise(?: en base)?(?: de tva)?|(?:tva non applicable.*)"
)


def understood(company: Company) -> Company:
    """Return the company with what its fields mean, and nothing that somebody else could read otherwise."""
    known = _numbers(company)
    return known.model_copy(update={"address": _located(known)})


def _numbers(company: Company) -> Company:
    siren, siret, vat_number = map(_typed, (company.siren, company.siret, company.vat_number))
    if not siren and parse_siret(siret) is None and (in_its_place := parse_siren(siret)):
        siren, siret = in_its_place, ""
    return company.model_copy(update={"siren": siren, "siret": siret, "vat_number": vat_number})


def _typed(text: str) -> str:
    plain = unaccented(text).strip(" .")
    return "" if says_nothing(text) or _NO_NUMBER.fullmatch(plain) else text


def _located(company: Company) -> Address:
    """A French number with a metropolitan postal code and no country is an address in France."""
    address = company.address
    if address.country or company.country_text.strip() or not company.legal_siren:
        return address
    in_france = address.model_copy(update={"country": "FR"})
    return in_france if in_france.metropolitan else address
