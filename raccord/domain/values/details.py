"""What both sides keep about a customer: the fields that may be kept in step, and who edited them last."""

from datetime import datetime
from enum import StrEnum

from raccord.domain.values.address import Address
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.message import RecordName


class Side(StrEnum):
    """One of the two systems that keep a customer's details."""

    CRM = "crm"
    BILLING = "billing"

    @property
    def other(self) -> "Side":
        return Side.BILLING if self is Side.CRM else Side.CRM


class Field(StrEnum):
    """What may be kept in step; nothing else is ever written."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    """Whole: a street of one side beside the town of the other would be nobody's."""
    SIREN = "siren"
    SIRET = "siret"
    VAT_NUMBER = "vat_number"
    LANGUAGE = "language"


class Details(Value):
    """A customer's details on one side, as typed there; empty where it has none."""

    name: OneLine = ""
    email: str = ""
    phone: str = ""
    address: Address = Address()
    country_text: str = ""
    """The country as typed, where `address.country` is None because it could not be understood."""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    language: str = ""
    """A code of ISO 639-1."""


class Edit(Value):
    """When a field got its value, as far as the side tells."""

    at: datetime | None = None
    """Aware; None where the side tells no time."""
    by: str = ""
    """Who, as people write it (name or e-mail address); empty where the side does not tell."""
    ours: bool = False
    """Whether we wrote it."""


class Sight(Value):
    """One side's record as it lives now, read in one moment."""

    record: RecordName
    """The record itself; of a merged one the survivor."""
    url: str = ""
    gone: bool = False
    """Deleted; everything else is empty then."""
    details: Details = Details()
    edits: dict[Field, Edit] = {}
    """The last edit of each field, as far as the side tells."""
    keeps: frozenset[Field] = frozenset()
    """The fields that this record can keep: others are neither compared nor written."""
    has_regions: bool = True
    """Whether an address can have a region here."""
    longest: dict[Field, int] = {}
    """How many characters a field may have here, where a longer text is refused."""
    verified: dict[Field, str] = {}
    """What an authority says of a number that the side asked about: `verified`, `unverified` or `pending`."""
    also: tuple[RecordName, ...] = ()
    """Other records of that side that hold a part of it, such as the contact who gets the invoices."""
    owner_id: str = ""
    """The salesperson of the record in the CRM, who is asked first."""


class Changes(Value):
    """What a step writes on one side: only `fields`, with the values of `details`, empty ones too."""

    fields: frozenset[Field]
    details: Details
    expected: Details
    """What the side said when it was decided."""


class ChangedRecords(Value):
    """Records of one side that changed, as ids, each once."""

    ids: tuple[str, ...] = ()
    seen_to: datetime
    """Everything that changed before this instant is named; the rest begins here."""
    more: bool = False
    """Whether more than one answer holds has changed: the rest is there to be asked for at once."""
