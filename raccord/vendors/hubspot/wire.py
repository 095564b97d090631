"""HubSpot's answers: the fields Raccord reads of them, under HubSpot's names."""

from collections.abc import Collection

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from raccord.connectors.http import reading
from raccord.domain.values.base import fold


class Wire(reading.Wire):
    """Ids and property values are text, also where a number is sent."""

    model_config = ConfigDict(alias_generator=to_camel, coerce_numbers_to_str=True)


class Next(Wire):
    after: str


class Paging(Wire):
    next: Next | None = None


class Page(Wire):
    paging: Paging | None = None

    @property
    def after(self) -> str | None:
        return self.paging.next.after if self.paging and self.paging.next else None


class Identified(Wire):
    id: str


class Linked(Page):
    """The records of one type that a deal names, as part of the deal itself."""

    results: tuple[Identified, ...] = ()


class Record(Identified):
    """A deal, company, contact or line item; properties that were not asked for are absent."""

    properties: dict[str, str | None]
    former: tuple[str, ...] = Field(default=(), validation_alias="former ids")
    """Ids under which it was asked for, and lives no more; nothing of HubSpot's."""

    def text(self, name: str) -> str:
        """Return a property without outer white space; `""` when it is empty or was not asked for."""
        return (self.properties.get(name) or "").strip()


class DealRecord(Record):
    associations: dict[str, Linked] = {}


class RowError(Wire):
    category: str | None = None


class Batch(Wire):
    """Some of the records asked for; `errors` says why others are missing."""

    results: tuple[Record, ...]
    errors: tuple[RowError, ...] = ()


class RecordPage(Page):
    results: tuple[Record, ...]


class Found(RecordPage):
    """A page of a search."""

    total: int = 0


class Version(Wire):
    """One value that a property had, and whence (HubSpot docs: propertiesWithHistory)."""

    value: str | None = None
    timestamp: str = ""
    source_type: str | None = None
    source_id: str | None = None
    updated_by_user_id: str | None = None


class Historied(Record):
    properties_with_history: dict[str, tuple[Version, ...]] = {}


class Label(Wire):
    category: str
    type_id: int
    label: str | None = None


class Association(Wire):
    to_object_id: str
    association_types: tuple[Label, ...] = ()

    def has(self, *type_ids: int) -> bool:
        """Whether HubSpot itself defined one of these labels; a user's own may share the number."""
        return any(t.category == "HUBSPOT_DEFINED" and t.type_id in type_ids for t in self.association_types)

    def called(self, labels: Collection[str]) -> bool:
        """Whether it carries one of these labels, folded: an account's own have a type id per account."""
        return any(fold(t.label or "") in labels for t in self.association_types)


class AssociationPage(Page):
    results: tuple[Association, ...]


class Links(Page):
    """What one record of many is associated with, or the first page of it."""

    of: Identified = Field(validation_alias="from")
    to: tuple[Association, ...] = ()


class LinksBatch(Wire):
    results: tuple[Links, ...]


class OwnerRecord(Identified):
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name or ''} {self.last_name or ''}".strip()


class OwnerPage(Page):
    results: tuple[OwnerRecord, ...]


class Stage(Identified):
    label: str | None = None
    display_order: int | None = None
    archived: bool | None = None
    metadata: dict[str, str | None] = {}


class Pipeline(Identified):
    label: str | None = None
    stages: tuple[Stage, ...] = ()


class Pipelines(Wire):
    results: tuple[Pipeline, ...]


class Token(Wire):
    scopes: tuple[str, ...]
    app_id: str | None = None


class Account(Wire):
    portal_id: int
    account_type: str | None = None
    company_currency: str | None = None


class Option(Wire):
    value: str


class Limits(Wire):
    read_only_value: bool = False


class Property(Wire):
    name: str
    type: str
    label: str = ""
    hubspot_defined: bool = False
    calculated: bool = False
    options: tuple[Option, ...] = ()
    modification_metadata: Limits | None = None


class Properties(Wire):
    results: tuple[Property, ...]


class Anything(Wire):
    """An answer of which only its arrival matters."""
