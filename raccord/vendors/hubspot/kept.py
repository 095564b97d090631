"""Where a company's details stand in HubSpot: which property of which record holds which field.

The e-mail is the company's own of the settings where it has one, else that of its one billing contact, as
invoices go there. A private person is a contact, whose name is two properties and never written.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from raccord.connectors.details import country_written
from raccord.domain.values.address import Address
from raccord.domain.values.countries import parse_country
from raccord.domain.values.details import Details, Field
from raccord.vendors.hubspot.settings import CompanyNames
from raccord.vendors.hubspot.translation import COUNTRY, COUNTRY_CODE
from raccord.vendors.hubspot.values import parse_language
from raccord.vendors.hubspot.wire import Historied

_LINE1, _LINE2 = "address", "address2"
ADDRESS = (_LINE1, _LINE2, "city", "zip", "state", COUNTRY, COUNTRY_CODE)


def mapped(names: CompanyNames) -> dict[Field, str]:
    """Return the properties of companies that the settings name for fields."""
    found = {
        Field.SIREN: names.siren,
        Field.SIRET: names.siret,
        Field.VAT_NUMBER: names.vat_number,
        Field.LANGUAGE: names.language,
        Field.EMAIL: names.billing_email,
    }
    return {field: name for field, name in found.items() if name}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one field stands."""

    kind: str
    record: Historied
    properties: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.record.text(self.properties[0])


@dataclass(frozen=True, slots=True)
class Kept:
    """A company, or a contact who is a private person, and the contact who gets a company's invoices."""

    record: Historied
    names: CompanyNames
    person: bool = False
    billing: Historied | None = None

    @property
    def kind(self) -> str:
        return "contacts" if self.person else "companies"

    @property
    def details(self) -> Details:
        text, places = self.record.text, self.places
        told = {field.value: place.text for field, place in places.items() if field is not Field.ADDRESS}
        country = parse_country(text(COUNTRY)) or parse_country(text(COUNTRY_CODE))
        told["language"] = parse_language(told.get("language", "")) or told.get("language", "")
        if self.person:
            told["name"] = f"{text('firstname')} {text('lastname')}".strip()
        return Details(
            **told,
            address=Address(
                line1=text(_LINE1),
                line2=text(_LINE2),
                postal_code=text("zip"),
                city=text("city"),
                region=text("state"),
                country=country,
            ),
            country_text="" if country else text(COUNTRY) or text(COUNTRY_CODE),
        )

    @property
    def places(self) -> dict[Field, Place]:
        """Return where each field stands that this record can keep."""
        found = {field: self._place(field, *names) for field, names in self._properties()}
        if self.billing:
            found[Field.EMAIL] = Place("contacts", self.billing, ("email",))
        return {field: place for field, place in found.items() if place}

    def patch(self, field: Field, wanted: Details) -> dict[str, str]:
        """Return the properties that have to change so that a field says what is wanted."""
        place = self.places[field]
        if field is Field.ADDRESS:
            values = self._address(place, wanted)
        else:
            values = {place.properties[0]: getattr(wanted, field)}
        return {name: value for name, value in values.items() if value != place.record.text(name)}

    def _properties(self) -> Iterator[tuple[Field, tuple[str, ...]]]:
        yield Field.PHONE, ("phone",)
        yield Field.ADDRESS, ADDRESS
        if self.person:
            yield Field.EMAIL, ("email",)
            return
        yield Field.NAME, ("name",)
        for field, name in mapped(self.names).items():
            if field is not Field.EMAIL or self.record.text(name):
                yield field, (name,)

    def _place(self, field: Field, *names: str) -> Place | None:
        """Return where a field stands; None where the account, and so its answer, lacks the property."""
        there = tuple(name for name in names if name in self.record.properties)
        missing = names[0] not in there or (field is Field.ADDRESS and COUNTRY not in there)
        return None if missing else Place(self.kind, self.record, there)

    def _address(self, place: Place, wanted: Details) -> dict[str, str]:
        address, country = wanted.address, self._country(wanted)
        values = {
            _LINE1: address.line1,
            _LINE2: address.line2,
            "city": address.city,
            "zip": address.postal_code,
            "state": address.region,
            COUNTRY: country,
        }
        if _LINE2 not in place.properties:
            values[_LINE1] = ", ".join(filter(None, (address.line1, address.line2)))
        if not country and not address.country:
            # It would say what the text says no more.
            values[COUNTRY_CODE] = ""
        return {name: value for name, value in values.items() if name in place.properties}

    def _country(self, wanted: Details) -> str:
        text = self.record.text
        language = parse_language(text(self.names.language))
        return country_written(wanted, typed=text(COUNTRY), code=text(COUNTRY_CODE), language=language)
