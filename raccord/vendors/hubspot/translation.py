"""From HubSpot records to domain values. What cannot be understood is noted, never guessed."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from raccord.domain.values.address import Address, parse_country
from raccord.domain.values.base import fold
from raccord.domain.values.deal import Discount, LineItem, Unreadable
from raccord.domain.values.parties import Company, Contact
from raccord.vendors.hubspot.settings import CompanyNames, LineItemNames
from raccord.vendors.hubspot.values import (
    parse_answer,
    parse_days,
    parse_decimal,
    parse_ids,
    parse_percent,
)
from raccord.vendors.hubspot.wire import Record

T = TypeVar("T")

MERGED = "hs_merged_object_ids"
DEAL = (
    "dealname",
    "amount",
    "deal_currency_code",
    "dealstage",
    "pipeline",
    "closedate",
    "hubspot_owner_id",
    "hs_is_closed_won",
    MERGED,
)
LINE_ITEM = (
    "name",
    "description",
    "hs_sku",
    "quantity",
    "price",
    "discount",
    "hs_discount_percentage",
    "amount",
    "hs_line_item_currency_code",
    "recurringbillingfrequency",
    "hs_recurring_billing_period",
    "hs_position_on_quote",
)
COMPANY = ("name", "domain", "phone", "address", "address2", "city", "zip", "state", "country", MERGED)
CONTACT = ("email", "firstname", "lastname", "phone")


class Fields:
    """The properties of one record; values that cannot be read are added to `notes`."""

    def __init__(self, record: str, properties: dict[str, str | None], notes: list[Unreadable]) -> None:
        self.record = record
        self._properties = properties
        self._notes = notes

    def text(self, name: str) -> str:
        """Return a property without outer white space; `""` when it is empty or not used."""
        return (self._properties.get(name) or "").strip()

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return a parsed property, or None when it is empty or cannot be read."""
        if not (text := self.text(name)):
            return None
        try:
            return parse(text)
        except ValueError:
            self.note(name, text)
            return None

    def number(self, name: str) -> Decimal | None:
        return self.read(name, parse_decimal)

    def note(self, name: str, value: str) -> None:
        self._notes.append(Unreadable(record=self.record, field=name, value=value))


def line_item(record: Record, names: LineItemNames, notes: list[Unreadable]) -> LineItem:
    """Read a line item. A term without a frequency counts as recurring too: somebody sold a period."""
    fields = Fields(f"line item {record.id}", record.properties, notes)
    return LineItem(
        id=record.id,
        name=fields.text("name"),
        description=fields.text("description"),
        sku=fields.text("hs_sku"),
        quantity=fields.number("quantity"),
        unit_price=fields.number("price"),
        discount=_discount(fields),
        vat_rate=fields.read(names.vat_rate, parse_percent),
        currency=fields.text("hs_line_item_currency_code").upper() or None,
        recurring=fields.text("recurringbillingfrequency")
        or fields.text("hs_recurring_billing_period")
        or None,
        amount=fields.number("amount"),
    )


def _discount(fields: Fields) -> Discount | None:
    """Return the line's discount; one in percent beside one per unit is a question."""
    percent = fields.read("hs_discount_percentage", parse_percent) or None
    per_unit = fields.number("discount") or None
    if percent is not None and per_unit is not None:
        fields.note("discount", f"{per_unit:f} + {percent:f} %")
        return None
    return Discount(percent=percent, per_unit=per_unit) if percent or per_unit else None


def position(record: Record) -> tuple[bool, Decimal, tuple[int, str]]:
    """Order lines as on HubSpot's quote; lines without a place come last, in order of creation."""
    try:
        return (False, parse_decimal(record.properties.get("hs_position_on_quote") or ""), creation(record))
    except ValueError:
        return (True, Decimal(0), creation(record))


def creation(record: Record) -> tuple[int, str]:
    """Order records by their id, a growing number, so that two reads give the same order."""
    return (len(record.id), record.id)


def merged(record: Record) -> tuple[str, ...]:
    """Return the ids of the records that HubSpot united into this one."""
    return tuple(each for each in parse_ids(record.properties.get(MERGED) or "") if each != record.id)


def company(record: Record, names: CompanyNames, notes: list[Unreadable]) -> Company:
    fields = Fields(f"company {record.id}", record.properties, notes)
    return Company(
        id=record.id,
        name=fields.text("name"),
        domain=fields.text("domain"),
        email=fields.text(names.billing_email),
        phone=fields.text("phone"),
        address=Address(
            line1=fields.text("address"),
            line2=fields.text("address2"),
            postal_code=fields.text("zip"),
            city=fields.text("city"),
            region=fields.text("state"),
            country=parse_country(fields.text("country")),
        ),
        country_text=fields.text("country"),
        siren=fields.text(names.siren),
        siret=fields.text(names.siret),
        vat_number=fields.text(names.vat_number),
        payment_terms_days=fields.read(names.payment_terms_days, parse_days),
        individual=fold(fields.text(names.individual)) in {fold(each) for each in names.individual_values},
        order_number_required=fields.read(names.order_number_required, parse_answer) or False,
        merged=merged(record),
    )


def contact(record: Record, *, billing: bool) -> Contact:
    fields = Fields(f"contact {record.id}", record.properties, [])
    return Contact(
        id=record.id,
        email=fields.text("email"),
        first_name=fields.text("firstname"),
        last_name=fields.text("lastname"),
        phone=fields.text("phone"),
        billing=billing,
    )
