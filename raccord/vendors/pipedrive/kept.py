"""Where a company's details stand in Pipedrive: which field of the organization holds which of ours.

The e-mail is that of the settings' field where the organization has one: else invoices go to the deal's
person, who is another record, and it is neither compared nor written.
"""

from dataclasses import dataclass
from typing import Any

from raccord.connectors.details import country_written
from raccord.connectors.errors import Permanent
from raccord.connectors.lengths import cut
from raccord.domain.values.details import Details, Field
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.fields import Held, Known
from raccord.vendors.pipedrive.settings import CompanyNames
from raccord.vendors.pipedrive.translation import LONGEST, address, as_place
from raccord.vendors.pipedrive.values import parse_language
from raccord.vendors.pipedrive.wanted import CHOICE, WORDS
from raccord.vendors.pipedrive.wire import FieldRecord

NAME, ADDRESS = "name", "address"
_OWN = {Field.NAME: NAME, Field.ADDRESS: ADDRESS}
_KEEP_TEXT = (*WORDS, "varchar_auto", "phone")
"""Types that keep what is typed: a number would lose leading zeros (pipedrive page, section 1)."""


def mapped(names: CompanyNames) -> dict[Field, str]:
    """Return the names of the fields of organizations that the settings name for fields of ours."""
    found = {
        Field.EMAIL: names.billing_email,
        Field.PHONE: names.phone,
        Field.SIREN: names.siren,
        Field.SIRET: names.siret,
        Field.VAT_NUMBER: names.vat_number,
        Field.LANGUAGE: names.language,
    }
    return {field: name for field, name in found.items() if name}


@dataclass(frozen=True, slots=True)
class Kept:
    """An organization, by the fields that an account has."""

    found: wire.Organization
    known: Known
    names: CompanyNames

    @property
    def details(self) -> Details:
        place, country = address(self.found.address)
        told = {field.value: self._text(name) for field, name in mapped(self.names).items()}
        told["language"] = parse_language(told.get("language", "")) or told.get("language", "")
        return Details(
            **told,
            name=cut((self.found.name or "").strip(), LONGEST),
            address=place,
            country_text="" if place.country else country,
        )

    @property
    def places(self) -> dict[Field, str]:
        """Return the code of the field that holds each of ours which this organization can keep."""
        return _OWN | {field: there.field_code for field, there in self._fields.items()}

    @property
    def _fields(self) -> dict[Field, FieldRecord]:
        found = {field: self.known.find(name) for field, name in mapped(self.names).items()}
        return {field: there for field, there in found.items() if there and self._keeps(field, there)}

    def _keeps(self, field: Field, there: FieldRecord) -> bool:
        if field is Field.EMAIL and not self._text(there.field_code):
            return False
        return there.field_type in (_KEEP_TEXT if field is not Field.LANGUAGE else (*_KEEP_TEXT, CHOICE))

    def patch(self, field: Field, wanted: Details) -> dict[str, Any]:
        """Return what is sent so that a field says what is wanted; `null` clears a custom one."""
        if field is Field.NAME:
            return {NAME: wanted.name}
        if field is Field.ADDRESS:
            return {ADDRESS: as_place(wanted.address, self._country(wanted))}
        there, text = self._fields[field], getattr(wanted, field)
        if there.field_type == CHOICE and text:
            return {there.field_code: _language(there, text)}
        return {there.field_code: text or None}

    def _country(self, wanted: Details) -> str:
        typed, language = address(self.found.address)[1], parse_language(self._text(self.names.language))
        return country_written(wanted, typed=typed, language=language)

    def _text(self, name: str) -> str:
        return cut(Held(self.known, self.found.custom_fields).text(name), LONGEST)


def _language(there: FieldRecord, wanted: str) -> int | str:
    """Return the option of a choice that means a language."""
    for each in there.options or ():
        if parse_language(each.label) == wanted:
            return each.id
    raise Permanent(
        f"The Pipedrive field {there.field_name} has no option for the language “{wanted}”: add it in "
        "Pipedrive, or correct the mapping.",
        code="option_missing",
        field=Field.LANGUAGE,
    )
