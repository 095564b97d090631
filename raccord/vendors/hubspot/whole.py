"""A deal put together from everything that was read for it, small enough for a flow to carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from raccord.connectors.errors import Permanent
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal, DealRef, Unreadable
from raccord.domain.values.parties import Company, Owner
from raccord.domain.values.payment_terms import parse_payment_terms
from raccord.vendors.hubspot.fields import Fields, Room
from raccord.vendors.hubspot.records import Found
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import (
    company,
    contact,
    creation,
    deal_page,
    line_item,
    merged,
    position,
    private_person,
)
from raccord.vendors.hubspot.values import (
    parse_business_date,
    parse_date,
    parse_decimal,
    parse_language,
    parse_percent,
)
from raccord.vendors.hubspot.wire import DealRecord, Record

LARGEST = 1024 * 1024
"""Bytes of a deal: Temporal takes 2 MiB at once, and a plan or a question repeats parts of the deal."""
GENEROUS = Room(line=500, description=5_000)
"""What no billing system's limit exceeds: Stripe takes 5,000 characters of a line, 500 of other texts."""
_ROOMS = (
    GENEROUS,
    Room(line=250, description=1_000),
    Room(line=100, description=200),
    Room(line=40, description=60),
)


@dataclass(frozen=True, slots=True)
class Parties:
    """A deal's companies and people. `billing` are the ids of its company's billing contacts."""

    companies: Found
    contacts: Found
    billing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What was read for one deal."""

    record: DealRecord
    won: bool
    owner: Owner | None
    currency: str | None
    parties: Parties
    lines: Found


class Translation:
    """From HubSpot's records to a `Deal`."""

    def __init__(self, connection: str, settings: HubSpotSettings, clock: BusinessClock) -> None:
        self._connection = connection
        self._account_id = settings.account_id
        self._names = settings.mapping
        self._clock = clock

    def deal(self, parts: Parts) -> Deal:
        """Return the deal; the more texts it has, the shorter they are cut, so that it always fits.

        Raises `Permanent` for one that cannot be made to fit: a person has to split it.
        """
        for room in _ROOMS:
            deal = self._deal(parts, room)
            if len(deal.model_dump_json().encode()) <= LARGEST:
                return deal
        raise Permanent(
            f"The HubSpot deal {parts.record.id} holds more text than one invoice can take. "
            "Shorten its lines, or split the deal into several.",
            code="too_large",
        )

    def _deal(self, parts: Parts, room: Room) -> Deal:
        record, names, notes = parts.record, self._names, _missing(parts)
        fields, own = Fields("deal", record, room, notes), self._names.deals
        day = partial(parse_date, clock=self._clock)
        closed = partial(parse_business_date, clock=self._clock)
        companies = sorted(parts.parties.companies.records, key=lambda each: creation(each.id))
        contacts = sorted(parts.parties.contacts.records, key=lambda each: creation(each.id))
        return Deal(
            ref=DealRef(connection=self._connection, id=record.id),
            name=fields.text("dealname"),
            url=deal_page(self._account_id, record.id),
            won=parts.won,
            won_on=fields.read("closedate", closed) if parts.won else None,
            pipeline=fields.text("pipeline"),
            owner=parts.owner,
            amount=fields.read("amount", parse_decimal),
            currency=parts.currency,
            companies=tuple(company(each, names.companies, room, notes) for each in companies)
            or self._private_person(parts, contacts, room),
            contacts=tuple(
                contact(each, room, billing=not parts.parties.billing.isdisjoint((each.id, *each.former)))
                for each in contacts
            ),
            lines=tuple(
                line_item(each, names.line_items, room, notes)
                for each in sorted(parts.lines.records, key=position)
            ),
            service_date=fields.read(own.service_date, day),
            purchase_order=fields.text(own.purchase_order),
            reference=fields.text(own.reference),
            language=parse_language(fields.text(own.language)),
            payment_terms=fields.read(own.payment_terms_days, parse_payment_terms),
            deposit_percent=fields.read(own.deposit_percent, parse_percent),
            delivered_on=fields.read(own.delivered_on, day),
            merged=merged(record),
            unreadable=tuple(sorted(notes, key=lambda note: (note.record, note.field))),
        )

    def _private_person(self, parts: Parts, contacts: Sequence[Record], room: Room) -> tuple[Company, ...]:
        """Return the one contact of a deal without a company as its customer, where the settings say so."""
        alone = len(contacts) == 1 and not parts.parties.companies.missing
        if not self._names.contacts.private_persons or not alone:
            return ()
        return (private_person(contacts[0], room),)


def _missing(parts: Parts) -> list[Unreadable]:
    """Note every record that the deal names and HubSpot does not return."""
    kinds = (
        ("company", parts.parties.companies),
        ("contact", parts.parties.contacts),
        ("line item", parts.lines),
    )
    return [
        Unreadable(record=f"{kind} {each}", field="id", value=each)
        for kind, found in kinds
        for each in found.missing
    ]
