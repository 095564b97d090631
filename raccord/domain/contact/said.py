"""What a side says in one field: to compare, to write, to show."""

from raccord.domain.contact.meant import meant
from raccord.domain.values.address import Address, says_nothing
from raccord.domain.values.base import letters
from raccord.domain.values.details import Details, Field
from raccord.domain.values.email import parse_email
from raccord.domain.values.identifiers import clean, parse_siren, parse_siret, parse_vat_number


def essence(details: Details, field: Field) -> str:  # noqa: PLR0911 - a line for each field
    """Reduce what a side says in a field so that two texts are alike exactly when they say the same.

    Empty where it says nothing, a filler included.
    """
    text = shown(details, field)
    if says_nothing(text):
        return ""
    match field:
        case Field.NAME:
            return letters(text) or text
        case Field.EMAIL:
            return meant(details).email.strip().casefold()
        case Field.PHONE:
            return _number(text)
        case Field.ADDRESS:
            return _place(details.address, details.country_text)
        case Field.LANGUAGE:
            return text.strip().casefold()[:2]
        case _:
            return clean(tidied(getattr(meant(details), field), field))


def shown(details: Details, field: Field) -> str:
    """Return what a side says in a field as people read it, on one line."""
    if field is not Field.ADDRESS:
        return str(getattr(details, field))
    country = details.country_text if details.address.country is None else ""
    return ", ".join(part for part in (details.address.on_one_line, country) if part)


def taken_over(details: Details, field: Field, source: Details, *, region: bool = True) -> Details:
    """Return details that say in this field what the source does, without what was only typed around it.

    `region`: whether the source can say one. Where it cannot, the region stays as long as the place does.
    """
    read = meant(source)
    if field is Field.ADDRESS:
        address = read.address
        if not region and _same_place(details.address, address):
            address = address.model_copy(update={"region": details.address.region})
        changed: dict[str, object] = {
            "address": address,
            "country_text": "" if address.country else source.country_text,
        }
    else:
        changed = {field.value: tidied(shown(read, field), field)}
    return details.model_copy(update=changed)


def tidied(text: str, field: Field) -> str:
    """Write an identifier or an e-mail address without separators and labels; anything else as it is."""
    match field:
        case Field.SIREN:
            return parse_siren(text) or text
        case Field.SIRET:
            return parse_siret(text) or text
        case Field.VAT_NUMBER:
            return parse_vat_number(text) or text
        case Field.EMAIL:
            return parse_email(text) or text
        case _:
            return text


def _place(address: Address, country_text: str) -> str:
    street = letters(f"{address.line1} {address.line2}")
    parts = (street, letters(address.postal_code), letters(address.city), letters(address.region))
    # A country alone is what a form has filled in: it is no address.
    if not any(parts):
        return ""
    # No country and France are one: typed beside a French number, the address is read as one in France.
    return "|".join((*parts, address.country or letters(country_text) or "FR"))


def _same_place(one: Address, other: Address) -> bool:
    """Whether two addresses are of one town, and so of one region."""
    town = letters(one.city) == letters(other.city) or letters(one.postal_code) == letters(other.postal_code)
    return town and one.country == other.country


def _number(text: str) -> str:
    """Reduce a telephone number to its digits; of a French one, as it is dialled in France."""
    plain = text.replace("(0)", "")
    digits = "".join(c for c in plain if c.isdigit())
    abroad = plain.strip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if digits.startswith("00") else digits
    return f"0{digits[2:]}" if abroad and digits.startswith("33") else digits or letters(text)
