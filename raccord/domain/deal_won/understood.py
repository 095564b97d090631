"""A CRM company as a person reads it.

What was typed to get past a field is nothing, and a number in the field beside its own is that number. So is
one that has words around it or lacks its country, where the check digits prove it.
"""

import re

from raccord.domain.deal_won.vat_rules import FRENCH_VAT_TERRITORY
from raccord.domain.values.address import Address, says_nothing
from raccord.domain.values.base import unaccented
from raccord.domain.values.identifiers import (
    EU_COUNTRIES,
    NORTHERN_IRELAND,
    clean,
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
    vat_prefix,
)
from raccord.domain.values.parties import Company

_NO_NUMBER = re.compile(
    r"(?:non |pas |not |un)?(?:assujettie?s?|soumise?|concernee?|applicable|registered)(?: (?:a la )?tva)?"
    r"|(?:en )?(?:cours|attente)(?: d'.*| de .*)?|pending|(?:sans|aucune?|no|pas de) (?:tva|numero|objet|vat)"
    r"|fr|(?:auto|micro) ?(?:entrepreneu(?:r|se)|entreprise)"
    r"|(?:association )?exoneree?s?|association|particulier"
    r"|non|no|0|aucune?|exempt|franchise(?: en base)?(?: de tva)?|(?:tva non applicable.*)"
)
_AMONG_WORDS = re.compile(r"(?:[^\d]*[^\w])?(?P<number>\d[\d\s.-]*\d)(?:[^\w][^\d]*)?")
"""`SIRET : 732 829 320 00074`, `732 829 320 RCS Lyon`: one number, and words that hold no digit beside it."""

_LABEL = re.compile(
    r"^\W*(?:n[°o]?|num[eé]ro)?\W*(?:de )?(?:tva|vat)\W+(?:intra\w*\W+)?(?:n[°o]?\W+)?", re.IGNORECASE
)


def understood(company: Company) -> Company:
    """Return the company with what its fields mean, and nothing that somebody else could read otherwise."""
    known = _numbers(company)
    return known.model_copy(update={"address": _located(known)})


def _numbers(company: Company) -> Company:
    there = company.model_copy(
        update={
            "siren": _alone(_typed(company.siren)),
            "siret": _alone(_typed(company.siret)),
            "vat_number": _LABEL.sub("", _typed(company.vat_number)),
        }
    )
    there = there.model_copy(update={"vat_number": _with_country(there)})
    typed = {"siren": there.siren, "siret": there.siret, "vat_number": there.vat_number}
    # Nine digits may be a number of another kind abroad.
    places = ("siren", "siret", "vat_number") if there.address.country in ("FR", None) else ("siren", "siret")
    for place in places:
        own, number = _proven(typed[place])
        if own and own != place and clean(typed[own]) in ("", clean(typed[place]), number):
            typed[place], typed[own] = "", number
    return there.model_copy(update=typed)


def _proven(text: str) -> tuple[str, str]:
    """Return the field to which a number belongs by its check digits, and the number; nothing for none."""
    for field, parse in (("siret", parse_siret), ("siren", parse_siren), ("vat_number", parse_vat_number)):
        if number := parse(text):
            return field, number
    return "", ""


def _alone(text: str) -> str:
    """Return the SIREN or SIRET among words, or the text as it stands where there is none, or another too."""
    found = _AMONG_WORDS.fullmatch(text.strip())
    return found["number"] if found and parse_siren(found["number"]) else text


def _with_country(company: Company) -> str:
    """Return the VAT number with its country; that of a French company where it is this company's own, or all
    that is known of it.
    """
    typed, country = company.vat_number, company.address.country or "FR"
    if country not in EU_COUNTRIES or not typed or parse_vat_number(typed):
        return typed
    number = parse_vat_number(vat_prefix(country) + clean(typed))
    if number is None:
        return typed
    alone = bool(company.address.country) and not (company.siren or company.siret)
    siren = siren_of_vat_number(number)
    own = siren == company.legal_siren or (alone and siren is not None)
    return number if country != "FR" or own else typed


def unjudged_vat_number(company: Company) -> bool:
    """Whether nobody here can judge its VAT number: only European ones can be, and an export needs none."""
    european = company.address.country in EU_COUNTRIES | FRENCH_VAT_TERRITORY | {None}
    number = company.vat_number
    return bool(number) and not european and not clean(number).startswith(NORTHERN_IRELAND)


def means_none(text: str) -> bool:
    """Whether what is typed for a number says that there is none, or nothing: `non assujetti`, `n/a`."""
    return says_nothing(text) or _NO_NUMBER.fullmatch(unaccented(text).strip(" .")) is not None


def _typed(text: str) -> str:
    return "" if means_none(text) else text


def _located(company: Company) -> Address:
    """A French number with a metropolitan postal code and no country is an address in France; what is called
    France at a postal code of Monaco is Monaco.
    """
    address = company.address
    if address.monegasque:
        return address.model_copy(update={"country": "MC"})
    if address.country or company.country_text.strip() or not company.legal_siren:
        return address
    in_france = address.model_copy(update={"country": "FR"})
    return in_france if in_france.metropolitan else address
