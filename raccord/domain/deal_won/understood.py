"""A CRM company as a person reads it.

What was typed to get past a field is nothing, and a number in the field beside its own is that number. So is
one that has words around it or lacks its country, where the check digits prove it.
"""

import re

from raccord.domain.values.address import Address, says_nothing
from raccord.domain.values.base import unaccented
from raccord.domain.values.identifiers import (
    clean,
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
)
from raccord.domain.values.parties import Company

_NO_NUMBER = re.compile(
    r"(?:non |pas |not |un)?(?:assujettie?s?|soumise?|concernee?|applicable|registered)(?: (?:a la )?tva)?"
    r"|(?:en )?(?:cours|attente)(?: d'.*| de .*)?|pending|(?:sans|aucune?|no|pas de) (?:tva|numero|objet|vat)"
    r"|non|no|0|aucune?|exoneree?s?|exempt|franchise(?: en base)?(?: de tva)?|(?:tva non applicable.*)"
)
_AMONG_WORDS = re.compile(r"(?:[^\d]*[^\w])?(?P<number>\d[\d\s.-]*\d)(?:[^\w][^\d]*)?")
"""`SIRET : 732 829 320 00074`, `732 829 320 RCS Lyon`: one number, and words that hold no digit beside it."""
_KEY_AND_SIREN = re.compile(r"[0-9A-Z]{2}\d{9}")


def understood(company: Company) -> Company:
    """Return the company with what its fields mean, and nothing that somebody else could read otherwise."""
    known = _numbers(company)
    return known.model_copy(update={"address": _located(known)})


def _numbers(company: Company) -> Company:
    siren, siret, vat_number = map(_typed, (company.siren, company.siret, company.vat_number))
    siren, siret = _alone(siren), _alone(siret)
    if not siret and parse_siret(siren):
        siret = siren
    elif not siren and parse_siret(siret) is None and (in_its_place := parse_siren(siret)):
        siren, siret = in_its_place, ""
    known = company.model_copy(update={"siren": siren, "siret": siret, "vat_number": vat_number})
    return known.model_copy(update={"vat_number": _with_country(known)})


def _alone(text: str) -> str:
    """Return the SIREN or SIRET among words, or the text as it stands where there is none, or another too."""
    found = _AMONG_WORDS.fullmatch(text.strip())
    return found["number"] if found and parse_siren(found["number"]) else text


def _with_country(company: Company) -> str:
    """Return the VAT number; that of a French company with its country, where it is this company's own."""
    typed = clean(company.vat_number)
    if company.address.country not in ("FR", None) or not _KEY_AND_SIREN.fullmatch(typed):
        return company.vat_number
    number = parse_vat_number(f"FR{typed}")
    own = number and siren_of_vat_number(number) == company.legal_siren
    return number if number and own else company.vat_number


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
