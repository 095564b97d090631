"""Whether a value may go over to the other side."""

from collections.abc import Mapping
from enum import StrEnum

from raccord.domain.contact.meant import NUMBERS, meant
from raccord.domain.contact.said import essence
from raccord.domain.values.details import Details, Field, Sight
from raccord.domain.values.email import parse_email
from raccord.domain.values.identifiers import (
    clean,
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
)

UNVERIFIED = "unverified"
"""What an authority says of a number that it does not know; see `Sight.verified`."""


class Flaw(StrEnum):
    """What is wrong with a value."""

    CHECK_DIGITS = "check_digits"
    OTHER_SIREN = "other_siren"
    """The same record's SIREN, SIRET and VAT number are of different companies."""
    UNVERIFIED = "unverified"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    EMAIL = "email"

    @property
    def bearable(self) -> bool:
        """Whether the other side would take it: a person may have it written nevertheless."""
        return self in (Flaw.OTHER_SIREN, Flaw.UNVERIFIED, Flaw.POSTAL_CODE)


def flaw(sight: Sight, field: Field) -> Flaw | None:
    """Return what is wrong with the value of a field; None where it says nothing or nothing is wrong."""
    if not essence(sight.details, field):
        return None
    details = meant(sight.details)
    match field:
        case Field.EMAIL:
            return None if parse_email(details.email) else Flaw.EMAIL
        case Field.ADDRESS:
            return _place(details)
        case Field.SIREN | Field.SIRET | Field.VAT_NUMBER:
            return _number(details, sight.verified, field)
        case _:
            return None


def entity(details: Details, field: Field) -> str | None:
    """Return the SIREN of the legal entity that a number names; None for other fields and countries."""
    if field not in NUMBERS:
        return None
    read = meant(details)
    match field:
        case Field.SIREN:
            return parse_siren(read.siren)
        case Field.SIRET:
            return (parse_siret(read.siret) or "")[:9] or None
        case Field.VAT_NUMBER:
            number = parse_vat_number(read.vat_number)
            return siren_of_vat_number(number) if number else None
        case _:
            return None


def entities(details: Details) -> frozenset[str]:
    """Return the SIREN of every legal entity that the numbers of a record name."""
    return frozenset(found for field in NUMBERS if (found := entity(details, field)))


def _place(details: Details) -> Flaw | None:
    address = details.address
    if address.country is None:
        return Flaw.COUNTRY
    french = address.country == "FR"
    wrong = french and address.french_postal_code is None and not address.army_post
    wrong |= bool(address.postal_code) and not address.has_its_digits
    return Flaw.POSTAL_CODE if wrong else None


def _number(details: Details, verified: Mapping[Field, str], field: Field) -> Flaw | None:
    parse = {Field.SIREN: _bare_siren, Field.SIRET: parse_siret, Field.VAT_NUMBER: parse_vat_number}[field]
    if parse(str(getattr(details, field))) is None:
        return Flaw.CHECK_DIGITS
    own = entity(details, field)
    if own and entities(details) - {own}:
        return Flaw.OTHER_SIREN
    return Flaw.UNVERIFIED if verified.get(field) == UNVERIFIED else None


def _bare_siren(text: str) -> str | None:
    """A SIRET in the field of the SIREN is taken for its first nine digits."""
    return parse_siren(clean(text))
