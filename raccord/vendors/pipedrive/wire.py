"""Pipedrive's answers: the fields Raccord reads of them, under Pipedrive's names."""

from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from raccord.connectors.http.reading import Wire


class More(Wire):
    next_cursor: str | None = None


class Envelope(Wire):
    """What every answer is in; `data` is a record, a list of them or nothing."""

    data: Any = None
    additional_data: More | None = None

    @property
    def following(self) -> str | None:
        return (self.additional_data.next_cursor if self.additional_data else None) or None


class Deal(Wire):
    """API v2: related records are ids (pipedrive page, section 1)."""

    id: int
    title: str | None = None
    value: Decimal | None = None
    currency: str | None = None
    org_id: int | None = None
    person_id: int | None = None
    owner_id: int | None = None
    pipeline_id: int | None = None
    stage_id: int | None = None
    status: str
    won_time: str | None = None
    local_won_date: str | None = None
    close_time: str | None = None
    update_time: str | None = None
    is_deleted: bool = False
    custom_fields: dict[str, Any] = {}

    @property
    def won(self) -> bool:
        """No stage says so (section 1)."""
        return self.status == "won"


class Product(Wire):
    """A line of a deal."""

    id: int
    deal_id: int | None = None
    name: str | None = None
    comments: str | None = None
    quantity: Decimal | None = None
    item_price: Decimal | None = None
    discount: Decimal | None = None
    discount_type: str | None = None
    tax: Decimal | None = None
    tax_method: str | None = None
    sum: Decimal | None = None
    currency: str | None = None
    is_enabled: bool = True
    billing_frequency: str | None = None
    order_nr: int | None = None


class DealDiscount(Wire):
    id: str
    description: str | None = None
    amount: Decimal
    type: str


class Instalment(Wire):
    """Part of a deal's plan; the vendor spells it with two l."""

    id: int
    deal_id: int
    description: str | None = None
    billing_date: str | None = None


class Address(Wire):
    """Parts are geocoded, and null where only `value` was typed; `country` is a name (section 1)."""

    value: str | None = None
    country: str | None = None
    admin_area_level_1: str | None = None
    locality: str | None = None
    route: str | None = None
    street_number: str | None = None
    subpremise: str | None = None
    postal_code: str | None = None


class Organization(Wire):
    id: int
    name: str | None = None
    address: Address | None = None
    website: str | None = None
    owner_id: int | None = None
    add_time: str | None = None
    update_time: str | None = None
    is_deleted: bool = False
    custom_fields: dict[str, Any] = {}


class Reached(Wire):
    value: str | None = None
    primary: bool = False


class Person(Wire):
    id: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    emails: tuple[Reached, ...] | None = None
    phones: tuple[Reached, ...] | None = None
    org_id: int | None = None
    is_deleted: bool = False


class User(Wire):
    id: int
    name: str | None = None
    email: str | None = None
    active_flag: bool = True


class Me(User):
    company_id: int
    company_name: str | None = None
    company_domain: str | None = None
    default_currency: str | None = None


class Option(Wire):
    id: int | str
    label: str = ""


class FieldRecord(Wire):
    field_name: str
    field_code: str
    field_type: str
    is_custom_field: bool = False
    options: tuple[Option, ...] | None = None


class Activity(Wire):
    id: int
    subject: str | None = None
    note: str | None = None
    is_deleted: bool = False


class ActivityType(Wire):
    key_string: str
    name: str = ""
    active_flag: bool = True


class Pipeline(Wire):
    id: int
    name: str = ""
    is_deleted: bool = False


class Stage(Wire):
    id: int
    name: str = ""
    pipeline_id: int | None = None
    order_nr: int = 0
    is_deleted: bool = False


class Holder(Wire):
    """A record of any kind, of which custom fields alone are looked at."""

    custom_fields: dict[str, Any] = {}


class Changed(Wire):
    """One line of a record's changelog: a field by its code, and whose edit it was (section 4)."""

    field_key: str = ""
    actor_user_id: int | None = None
    time: str | None = None
    change_source: str | None = None


class Hit(Wire):
    id: int


class Hook(Wire):
    """A webhook of ours, as `GET /webhooks` lists it; flags of API v1 are numbers."""

    id: int
    subscription_url: str = ""
    event_action: str = ""
    event_object: str = ""
    version: str | None = None
    is_active: bool = True
    remove_time: str | None = None
    last_http_status: int | None = None
    http_auth_user: str | None = None
    http_auth_password: SecretStr | None = None


class Identified(Wire):
    id: int


class Anything(Wire):
    """An answer of which nothing is needed."""


class CountedOrganization(Organization):
    """An organization with how many deals it has, where that is asked for."""

    open_deals_count: int | None = None
    won_deals_count: int | None = None
    lost_deals_count: int | None = None

    @property
    def deals(self) -> int:
        return sum(filter(None, (self.open_deals_count, self.won_deals_count, self.lost_deals_count)))
