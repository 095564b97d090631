"""From Pipedrive's records to domain values. What cannot be understood is noted, never guessed."""

import re
from collections.abc import Callable
from typing import TypeVar

from raccord.connectors.lengths import cut
from raccord.domain.values.address import Address
from raccord.domain.values.base import fold
from raccord.domain.values.countries import parse_country
from raccord.domain.values.deal import Unreadable
from raccord.domain.values.parties import Company, Contact, Owner
from raccord.domain.values.payment_terms import parse_payment_terms
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.fields import Held, Known
from raccord.vendors.pipedrive.settings import CompanyNames
from raccord.vendors.pipedrive.values import parse_answer

T = TypeVar("T")
LONGEST = 500
_NUMBER = re.compile("[0-9]{1,5}(?: ?(?:bis|ter|quater|[A-Da-d]))?")
_TOWN = re.compile(r"(?:(?P<before>.*?),?\s+)?(?P<code>\d{4,5})\s+(?P<town>[^\d,][^,]*)", re.DOTALL)


def parsed(
    held: Held, name: str, record: str, parse: Callable[[str], T], notes: list[Unreadable]
) -> T | None:
    """Return a parsed field, or None when it is empty or cannot be read, which is noted."""
    if not (text := held.text(name)):
        return None
    try:
        return parse(text)
    except ValueError:
        notes.append(Unreadable(record=record, field=name, value=cut(text, 200)))
        return None


def company(found: wire.Organization, names: CompanyNames, known: Known, notes: list[Unreadable]) -> Company:
    held, record = Held(known, found.custom_fields), f"company {found.id}"
    place, country = address(found.address)

    def text(name: str) -> str:
        return cut(held.text(name), LONGEST)

    return Company(
        id=str(found.id),
        name=cut((found.name or "").strip(), LONGEST),
        domain=cut((found.website or "").strip(), LONGEST),
        email=text(names.billing_email),
        phone=text(names.phone),
        address=place,
        country_text=country,
        siren=text(names.siren),
        siret=text(names.siret),
        vat_number=text(names.vat_number),
        payment_terms=parsed(held, names.payment_terms_days, record, parse_payment_terms, notes),
        individual=fold(text(names.individual)) in {fold(each) for each in names.individual_values},
        order_number_required=parsed(held, names.order_number_required, record, parse_answer, notes) or False,
    )


def address(found: wire.Address | None) -> tuple[Address, str]:
    """Return an address and its country as it is written.

    What was typed comes first where it can be taken apart and the geocoded code, if any, is the same: it has
    what geocoding leaves out. Else the geocoded parts.
    """
    if found is None:
        return Address(), ""
    if (whole := _from_parts(found)) is not None:
        return whole
    own, written = typed(cut((found.value or "").strip(), LONGEST))
    country = written or cut((found.country or "").strip(), LONGEST)
    if own.postal_code and own.line1 and found.postal_code in (None, "", own.postal_code):
        return own.model_copy(update={"country": parse_country(country)}), country
    if not (found.postal_code or found.locality):
        return own, written
    country = cut((found.country or written).strip(), LONGEST)
    return _parts(found, country), country


def _parts(found: wire.Address, country: str) -> Address:
    return Address(
        line1=cut(" ".join(filter(None, (found.street_number, found.route))), LONGEST),
        line2=cut(found.subpremise or "", LONGEST),
        postal_code=cut(found.postal_code or "", LONGEST),
        city=cut(found.locality or "", LONGEST),
        region=cut(found.admin_area_level_1 or "", LONGEST),
        country=parse_country(country),
    )


def _from_parts(found: wire.Address) -> tuple[Address, str] | None:
    """Return the parts where the text says the same as they do, such as one that we wrote."""
    country = (found.country or "").strip()
    parts = _parts(found, country)
    whole = _as_text(parts, country)
    return (parts, country) if whole and whole == (found.value or "").strip() else None


def as_place(address: Address, country: str) -> dict[str, str]:
    """Return an address as it is written: all of it, as a part that is left out becomes null (section 4).

    In its parts too: a text alone cannot always be taken apart as it was put together.
    """
    parts = {
        "route": address.line1,
        "subpremise": address.line2,
        "postal_code": address.postal_code,
        "locality": address.city,
        "admin_area_level_1": address.region,
        "country": country,
    }
    return {"value": _as_text(address, country)} | {name: text for name, text in parts.items() if text}


def _as_text(address: Address, country: str) -> str:
    town = f"{address.postal_code} {address.city}".strip()
    return ", ".join(filter(None, (address.line1, address.line2, town, country)))


def typed(text: str) -> tuple[Address, str]:
    """Take an address apart that is one text: street, more of it, code and town, and perhaps a country."""
    parts = [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
    if len(parts) > 1 and _NUMBER.fullmatch(parts[0]):
        # `12, rue de la Paix`, as many write it in France.
        parts[:2] = [", ".join(parts[:2])]
    country = ""
    if len(parts) > 1 and parse_country(parts[-1]) and not any(c.isdigit() for c in parts[-1]):
        country = parts.pop()
    town = next((p for p in range(len(parts) - 1, -1, -1) if _TOWN.fullmatch(parts[p])), None)
    if town is None:
        return Address(line1=", ".join(parts), country=parse_country(country)), country
    found = _TOWN.fullmatch(parts[town])
    if found is None:
        return Address(line1=", ".join(parts), country=parse_country(country)), country
    street = [*parts[:town], *([found["before"]] if found["before"] else []), *parts[town + 1 :]]
    return (
        Address(
            line1=street[0] if street else "",
            line2=", ".join(street[1:]),
            postal_code=found["code"],
            city=found["town"].strip(),
            country=parse_country(country),
        ),
        country,
    )


def contact(found: wire.Person) -> Contact:
    return Contact(
        id=str(found.id),
        email=_first(found.emails),
        first_name=cut((found.first_name or "").strip(), LONGEST),
        last_name=cut((found.last_name or "").strip(), LONGEST)
        or ("" if found.first_name else cut((found.name or "").strip(), LONGEST)),
        phone=_first(found.phones),
    )


def _first(reached: tuple[wire.Reached, ...] | None) -> str:
    """Return the primary one, else the first that says something."""
    there = [each for each in reached or () if (each.value or "").strip()]
    chosen = next((each for each in there if each.primary), there[0] if there else None)
    return cut((chosen.value or "").strip(), LONGEST) if chosen else ""


def owner(found: wire.User) -> Owner:
    return Owner(id=str(found.id), name=(found.name or "").strip(), email=found.email or "")


def page(domain: str, kind: str, record_id: int | str) -> str:
    """Return where people open a record: `deal`, `organization` or `person`; `""` without the domain."""
    return f"https://{domain}.pipedrive.com/{kind}/{record_id}" if domain else ""
