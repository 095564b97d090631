"""What keeping customers in step needs of either side: a CRM's companies, a billing system's customers."""

from datetime import datetime
from typing import Protocol

from raccord.connectors.errors import Permanent
from raccord.domain.values.base import fold
from raccord.domain.values.countries import country_name, parse_country
from raccord.domain.values.details import ChangedRecords, Changes, Details, Field, Sight
from raccord.domain.values.identifiers import clean, parse_vat_number

LOOK_AGAIN = "look_again"
"""The code of a `Permanent`: a field says something else than when the write was decided."""


class DetailsReader(Protocol):
    """Reading the details of a CRM's company or a billing customer. `Transient` may be retried."""

    @property
    def keeps(self) -> frozenset[Field]:
        """The fields that a record of this side can keep, by the vendor and the settings."""
        ...

    async def read_details(self, record_id: str) -> Sight:
        """Read a record as it lives now, with who edited each field last; of a merged one the survivor.

        One that is deleted is `gone` and no exception.
        """
        ...

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        """Name the records that changed since an aware instant, whatever of them did, oldest first.

        As far back as the vendor remembers; its search lag applies. It pages through one answer's worth, and
        through all of one instant: with `more`, `seen_to` is later than `since`.
        """
        ...


class DetailsWriter(DetailsReader, Protocol):
    """Writing them. `AmbiguousWrite`: it may have happened; writing the same again is harmless."""

    async def write_details(self, record_id: str, changes: Changes, *, key: str) -> None:
        """Write the fields that `changes` names, and nothing else.

        It looks itself: what stands there already is not written, and where a field says neither that nor
        what was expected, nothing is written and it is a `Permanent` of code `look_again`. Where a vendor
        takes more than one request, each may be the last, and none leaves the record without a number that
        it had and shall have. `Permanent` names the field that is refused.
        """
        ...


def unwritten(changes: Changes, now: Details, record: str) -> frozenset[Field]:
    """Return the fields that do not say yet what they shall; `record` names the record in the refusal.

    Raises `Permanent` of code `look_again` where one says neither that nor what was expected.
    """
    left = {field for field in changes.fields if not same(field, now, changes.details)}
    for field in sorted(left):
        if not same(field, now, changes.expected):
            raise look_again(field, record)
    return frozenset(left)


def look_again(field: Field, record: str) -> Permanent:
    said = f"The {field.value} of {record} was changed meanwhile; nothing was written over it."
    return Permanent(said, code=LOOK_AGAIN, field=field.value)


def same(field: Field, one: Details, other: Details) -> bool:
    """Whether two sights say the same of a field; of numbers whatever separators they are written with."""
    return _said(field, one) == _said(field, other)


def country_written(wanted: Details, *, typed: str, code: str = "", language: str = "") -> str:
    """Return the text of a country where it is free: as it is `typed` while it means the same.

    Another one is written in `language`, else in that of the old one. `code`: what the side says beside it.
    """
    country = wanted.address.country
    if country is None:
        return wanted.country_text
    if (parse_country(typed) or parse_country(code)) == country:
        return typed
    return country_name(country, language or _language_of(typed))


def _language_of(country: str) -> str:
    """Return the language in which a country is written; French where nothing tells."""
    code = parse_country(country)
    named = {each: code and fold(country_name(code, each)) == fold(country) for each in ("fr", "en")}
    return "en" if named["en"] and not named["fr"] else "fr"


def _said(field: Field, details: Details) -> object:
    match field:
        case Field.ADDRESS:
            return details.address, "" if details.address.country else details.country_text
        case Field.SIREN | Field.SIRET:
            return clean(getattr(details, field))
        case Field.VAT_NUMBER:
            return parse_vat_number(details.vat_number) or clean(details.vat_number)
        case _:
            return getattr(details, field)
