"""French and European business identifiers, validated by `python-stdnum`.

A valid check digit does not prove that the company exists. Numbers are kept as text:
they have leading zeros.
"""

from stdnum import iban as _iban
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as _siren
from stdnum.fr import siret as _siret
from stdnum.fr import tva as _tva

EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
GREECE = "GR"
NORTHERN_IRELAND = "XI"
"""Prefix of VAT numbers in a part of the United Kingdom that is inside the European VAT area for goods."""

_PREFIXES = EU_COUNTRIES | {NORTHERN_IRELAND, "EL"}

# stdnum imports a country's module at its first number; inside a workflow no file can be opened.
for _prefix in _PREFIXES:
    eu_vat.is_valid(f"{_prefix}0")

_PLACEHOLDER = "000000000"
"""Passes the check digit, and is what people type to get past a mandatory field: it names nobody."""


def clean(text: str) -> str:
    """Strip the separators people write: spaces of any kind, dots, hyphens."""
    return "".join(c for c in text if c.isalnum()).upper()


def parse_iban(text: str) -> str | None:
    """Return an IBAN in groups of four, or None when it cannot be one: its check digits are wrong."""
    iban = clean(text)
    return str(_iban.format(iban)) if _iban.is_valid(iban, check_country=False) else None


def parse_siret(text: str) -> str | None:
    """Return the 14-digit SIRET, or None when it cannot be one.

    La Poste's establishments (SIREN 356000000) follow a digit-sum rule instead of Luhn; stdnum knows it.
    """
    try:
        siret = str(_siret.validate(clean(text)))
    except ValidationError:
        return None
    return None if siret[:9] == _PLACEHOLDER else siret


def parse_siren(text: str) -> str | None:
    """Return the 9-digit SIREN, or None. A valid SIRET is accepted for its first nine digits."""
    cleaned = clean(text)
    if siret := parse_siret(cleaned):
        return siret[:9]
    try:
        siren = str(_siren.validate(cleaned))
    except ValidationError:
        return None
    return None if siren == _PLACEHOLDER else siren


def parse_vat_number(text: str) -> str | None:
    """Return a compact European VAT number with its country prefix, or None.

    Greek numbers carry `EL`, also where people write the country's code `GR`. Swiss and British
    numbers are not European; those of Northern Ireland (`XI`) are. The one-stop shop's `EU...` and
    `IM...` only serve to declare sales to consumers and identify no buyer.
    """
    try:
        number = str(eu_vat.validate(clean(text)))
    except ValidationError:
        return None
    if number[:2] not in _PREFIXES:
        return None
    return number.replace(GREECE, vat_prefix(GREECE), 1) if number.startswith(GREECE) else number


def vat_prefix(country: str) -> str:
    """Return the prefix of a country's VAT numbers: its code, except for Greece and Monaco."""
    return {GREECE: "EL", "MC": "FR"}.get(country, country)


def public_body(siren: str | None) -> bool:
    """Whether it is the SIREN of a French State body (it begins with 1) or of a local one (2)."""
    return siren is not None and siren.startswith(("1", "2"))


def siren_of_vat_number(vat_number: str) -> str | None:
    """Return the SIREN inside a French VAT number; None for other countries and for Monaco (`FRkk000...`)."""
    if not vat_number.startswith("FR") or vat_number[4:7] == "000":
        return None
    try:
        return parse_siren(str(_tva.to_siren(vat_number)))
    except ValidationError:
        return None


def vat_number_of_siren(siren: str) -> str:
    """Return the French VAT number of a SIREN: its key is (12 + 3 x (SIREN modulo 97)) modulo 97."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
