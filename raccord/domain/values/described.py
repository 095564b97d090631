"""What an account has, as far as it bears on the settings: read once, before anything is configured."""

from decimal import Decimal
from enum import StrEnum

from raccord.domain.values.base import Exact, Value
from raccord.domain.values.parties import Owner


class Purpose(StrEnum):
    """What a field of the CRM's is read for."""

    SIRET = "siret"
    SIREN = "siren"
    VAT_NUMBER = "vat_number"
    VAT_RATE = "vat_rate"
    BILLING_EMAIL = "billing_email"
    PAYMENT_TERMS = "payment_terms"
    LANGUAGE = "language"


class SeenField(Value):
    """A field of the CRM's, and what stands in it on the records that were looked at."""

    name: str
    """As the settings name it."""
    label: str = ""
    """As people see it."""
    text: bool = True
    """Whether it keeps what is typed; a field of numbers loses leading zeros."""
    values: tuple[str, ...] = ()
    """What the records hold that hold anything, one for each of them."""
    records: int = 0
    """How many records were looked at."""


class Place(Value):
    """A setting that names a field, and the kind of record whose field it is."""

    setting: str
    """Below the connection's section: `mapping.companies.siret`."""
    kind: str


class Slot(Value):
    """Where the settings say which field serves a purpose: one place, or several of which one is enough."""

    purpose: Purpose
    places: tuple[Place, ...]
    """The first is where `setup` makes a field that is missing."""
    made: str
    """What it then calls it."""


class Spare(Value):
    """A setting that names a field which nobody needs to begin with."""

    setting: str
    there: bool
    """Whether the account has the field."""


class SeenStage(Value):
    id: str
    name: str
    won: bool


class SeenPipeline(Value):
    id: str
    name: str
    stages: tuple[SeenStage, ...] = ()
    won_at_any: bool = False
    """Whether a deal is won whatever its stage is."""

    @property
    def sells(self) -> bool:
        """Whether a deal can be won in it."""
        return self.won_at_any or bool(self.won)

    @property
    def won(self) -> tuple[SeenStage, ...]:
        """The stages that win a deal."""
        return tuple(stage for stage in self.stages if stage.won)


class CrmAccount(Value):
    """A CRM's account."""

    name: str = ""
    """Whatever tells it from others: a number, perhaps with the account's kind."""
    test: bool | None = None
    """Whether it is an account for trying things out; None where the CRM does not say."""
    section: dict[str, int | str] = {}
    """What its section of the settings should say beside the credentials."""
    pipelines: tuple[SeenPipeline, ...] = ()
    owners: tuple[Owner, ...] = ()
    fields: dict[str, tuple[SeenField, ...]] = {}
    """By the kind of record. A kind that could not be read is absent: it may have any."""
    slots: tuple[Slot, ...] = ()
    spares: tuple[Spare, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read, each a sentence of the connector's with its reason."""


class BillingAccount(Value):
    """A billing system's account."""

    name: str = ""
    """What the company is called there."""
    country: str | None = None
    """Of the company, ISO 3166-1."""
    test: bool | None = None
    section: dict[str, int | str] = {}
    vat_rates: tuple[Exact, ...] = ()
    """Percentages of the VAT rates of that country which invoices could carry, each once, highest first."""
    unread: tuple[str, ...] = ()


def rates(found: set[Decimal]) -> tuple[Decimal, ...]:
    """Put percentages in the order of `vat_rates`."""
    return tuple(sorted(found, reverse=True))
