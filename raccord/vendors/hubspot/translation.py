"""From HubSpot records to domain values. What cannot be understood is noted, never guessed."""

from decimal import Decimal

from raccord.domain.values.address import Address
from raccord.domain.values.base import fold
from raccord.domain.values.countries import parse_country
from raccord.domain.values.deal import Discount, LineItem, Unreadable
from raccord.domain.values.parties import Company, Contact
from raccord.domain.values.payment_terms import parse_payment_terms
from raccord.vendors.hubspot.fields import Fields, Room
from raccord.vendors.hubspot.settings import CompanyNames, LineItemNames
from raccord.vendors.hubspot.values import (
    parse_answer,
    parse_decimal,
    parse_ids,
    parse_percent,
)
from raccord.vendors.hubspot.wire import Record

MOST_MERGED = 500
"""Former ids of one record that are told, the last ones named."""
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
TAX_RATE = "hs_tax_rate_group_id"
"""The id of one of the account's tax rates; the rate itself is no property of a line."""
TAX_RATES = "[hubspot.mapping.line_items.tax_rates]"
"""The settings that say which rate an id is."""
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
    TAX_RATE,
)
COUNTRY, COUNTRY_CODE = "country", "hs_country_code"
"""Free text, and the code beside it where an account has that; else the answer lacks it."""
COMPANY = (
    "name",
    "domain",
    "phone",
    "address",
    "address2",
    "city",
    "zip",
    "state",
    COUNTRY,
    COUNTRY_CODE,
    MERGED,
)
CONTACT = ("email", "firstname", "lastname", "phone")
PLACE = ("address", "city", "zip", "state", COUNTRY)
"""Of a contact who may be the customer."""
PERSON = "contact-"
"""Begins the id of a customer who is a contact: another number than that of any company."""


def company_page(account_id: int | None, record_id: str, *, person: bool = False) -> str:
    """Return where people open a company or contact; `""` without the account's number."""
    kind = "0-1" if person else "0-2"
    return f"https://app.hubspot.com/contacts/{account_id}/record/{kind}/{record_id}" if account_id else ""


def deal_page(account_id: int | None, deal_id: str) -> str:
    """Return where people open a deal; `""` without the account's number."""
    return f"https://app.hubspot.com/contacts/{account_id}/record/0-3/{deal_id}" if account_id else ""


def line_item(record: Record, names: LineItemNames, room: Room, notes: list[Unreadable]) -> LineItem:
    """Read a line item. A term without a frequency counts as recurring too: somebody sold a period."""
    fields = Fields(f"line item {record.id}", record, room, notes)
    return LineItem(
        id=record.id,
        name=fields.text("name"),
        description=fields.long_text("description"),
        sku=fields.text("hs_sku"),
        quantity=fields.number("quantity"),
        unit_price=fields.number("price"),
        discount=_discount(fields),
        vat_rate=_vat_rate(fields, names),
        currency=fields.text("hs_line_item_currency_code").upper() or None,
        recurring=fields.text("recurringbillingfrequency")
        or fields.text("hs_recurring_billing_period")
        or None,
        amount=fields.number("amount"),
    )


def _vat_rate(fields: Fields, names: LineItemNames) -> Decimal | None:
    """Return the line's own rate, else that of HubSpot's tax rate; one that nobody named is a question."""
    if fields.text(names.vat_rate):
        return fields.read(names.vat_rate, parse_percent)
    group = fields.text(TAX_RATE)
    if group and group not in names.tax_rates:
        fields.note("vat_rate", group, setting=TAX_RATES)
    return names.tax_rates.get(group)


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
        return (False, parse_decimal(record.text("hs_position_on_quote")), creation(record.id))
    except ValueError:
        return (True, Decimal(0), creation(record.id))


def creation(record_id: str) -> tuple[int, str]:
    """Order records by their id, a growing number, so that two reads give the same order."""
    return (len(record_id), record_id)


def merged(record: Record) -> tuple[str, ...]:
    """Return the ids of records that HubSpot united into this one: those it names, those we asked for."""
    named = (*parse_ids(record.text(MERGED)), *record.former)
    return tuple(dict.fromkeys(each for each in named if each != record.id))[-MOST_MERGED:]


def company(record: Record, names: CompanyNames, room: Room, notes: list[Unreadable]) -> Company:
    fields = Fields(f"company {record.id}", record, room, notes)
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
            country=parse_country(fields.text(COUNTRY)) or parse_country(fields.text(COUNTRY_CODE)),
        ),
        country_text=fields.text(COUNTRY) or fields.text(COUNTRY_CODE),
        siren=fields.text(names.siren),
        siret=fields.text(names.siret),
        vat_number=fields.text(names.vat_number),
        payment_terms=fields.read(names.payment_terms_days, parse_payment_terms),
        individual=fold(fields.text(names.individual)) in {fold(each) for each in names.individual_values},
        order_number_required=fields.read(names.order_number_required, parse_answer) or False,
        merged=merged(record),
    )


def contact(record: Record, room: Room, *, billing: bool) -> Contact:
    fields = Fields(f"contact {record.id}", record, room, [])
    return Contact(
        id=record.id,
        email=fields.text("email"),
        first_name=fields.text("firstname"),
        last_name=fields.text("lastname"),
        phone=fields.text("phone"),
        billing=billing,
    )


def private_person(record: Record, room: Room) -> Company:
    """Return the contact as the customer of a deal, a private person."""
    fields, known = Fields(f"contact {record.id}", record, room, []), contact(record, room, billing=False)
    return Company(
        id=f"{PERSON}{record.id}",
        name=known.name,
        email=known.email,
        phone=known.phone,
        address=Address(
            line1=fields.text("address"),
            postal_code=fields.text("zip"),
            city=fields.text("city"),
            region=fields.text("state"),
            country=parse_country(fields.text(COUNTRY)),
        ),
        country_text=fields.text(COUNTRY),
        individual=True,
        merged=tuple(f"{PERSON}{each}" for each in record.former),
    )
