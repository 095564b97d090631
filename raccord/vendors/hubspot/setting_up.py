"""Making the mapped properties that an account lacks (HubSpot docs: properties); others stay as they are."""

import asyncio
from typing import Any

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.values.message import Message, message
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.properties import KIND_WORDS, NAMES, by_hand, existing_properties
from raccord.vendors.hubspot.settings import Mapping as Names
from raccord.vendors.hubspot.wanted import CHECKBOX, DATE, DROPDOWN, LINES, NUMBER, TEXT, Wanted, wanted
from raccord.vendors.hubspot.wire import Anything

_GROUP = {"name": "raccord", "label": "Raccord"}
_FORMS = {
    TEXT: ("string", "text"),
    LINES: ("string", "textarea"),
    DATE: ("date", "date"),
    NUMBER: ("number", "number"),
    DROPDOWN: ("enumeration", "select"),
    CHECKBOX: ("enumeration", "booleancheckbox"),
}
_LABELS = {
    "issued": "Émise",
    "paid": "Payée",
    "partially_credited": "Avoir partiel",
    "credited": "Avoir total",
    "void": "Annulée",
    "open": "En attente",
    "partly_paid": "Payée en partie",
    "overpaid": "Trop-perçu",
    "refunded": "Remboursée",
    "partly_refunded": "Remboursée en partie",
    "disputed": "Contestée",
    "uncollectible": "Irrécouvrable",
    "card": "Carte",
    "sepa_debit": "Prélèvement SEPA",
    "bank_transfer": "Virement",
    "outside": "Saisi à la main",
    "credit_balance": "Solde du client",
    "other": "Autre",
    "fr": "Français",
    "en": "Anglais",
    "true": "Oui",
    "false": "Non",
}
_SCHEMA_SCOPES = {"line_items": "crm.schemas.deals.write"}
"""There is no scope for the definitions of line items: the right to those of deals includes it."""


async def set_up(client: HubSpotClient, names: Names, *, dry: bool = False) -> tuple[Check, ...]:
    """Make what is missing, or say what would be made; one line for each mapped property."""
    kinds = wanted(names).items()
    made = await asyncio.gather(*(_of_kind(client, kind, them, dry=dry) for kind, them in kinds))
    return tuple(check for checks in made for check in checks)


async def _of_kind(client: HubSpotClient, kind: str, used: tuple[Wanted, ...], *, dry: bool) -> list[Check]:
    try:
        known = await existing_properties(client, kind)
        missing = [each for each in used if each.name not in known]
        if missing and not dry:
            await _group(client, kind)
    except ConnectorError as error:
        return [
            Check.fail(_line(kind, each), in_its_words(error), remedy=by_hand(kind, each)) for each in used
        ]
    there = [
        Check.ok(_line(kind, each), message("check.there_already")) for each in used if each not in missing
    ]
    if dry:
        return [
            *there,
            *[
                Check.ok(_line(kind, each), message("hubspot.would_make", kind=KIND_WORDS[each.kind]))
                for each in missing
            ],
        ]
    # One after the other: an account admits few changes of its definitions at once.
    return [*there, *[await _made(client, kind, each) for each in missing]]


def _there(kind: str, each: Wanted) -> Check:
    return Check.ok(_line(kind, each), message("check.there_already"))


async def _group(client: HubSpotClient, kind: str) -> None:
    """Make the group below which the properties stand; one that is there is success."""
    try:
        await client.post(
            _operation(kind, "make a group of properties"), paths.property_groups(kind), _GROUP, Anything
        )
    except Permanent:
        # Refused as it exists, or for a reason that the properties will be refused for, each with its line.
        return


async def _made(client: HubSpotClient, kind: str, each: Wanted) -> Check:
    operation = _operation(kind, f"make the property {each.name}")
    try:
        await client.post(operation, paths.properties(kind), _definition(each), Anything)
    except ConnectorError as error:
        if isinstance(error, Permanent) and await _is_there(client, kind, each):
            return _there(kind, each)
        return Check.fail(
            _line(kind, each), in_its_words(error), expected=each.name, remedy=by_hand(kind, each)
        )
    return Check.ok(_line(kind, each), message("check.made"))


async def _is_there(client: HubSpotClient, kind: str, each: Wanted) -> bool:
    """Whether somebody made it meanwhile: HubSpot's refusal of a second one has no documented code."""
    try:
        return each.name in await existing_properties(client, kind)
    except ConnectorError:
        return False


def _operation(kind: str, what: str) -> Operation:
    return Operation(what, _SCHEMA_SCOPES.get(kind, f"crm.schemas.{kind}.write"), write=True)


def _definition(each: Wanted) -> dict[str, Any]:
    type_, field_type = _FORMS[each.kind]
    made: dict[str, Any] = {
        "name": each.name,
        "label": each.label,
        "type": type_,
        "fieldType": field_type,
        "groupName": _GROUP["name"],
    }
    options = ("true", "false") if each.kind == CHECKBOX else (*each.options, *each.later)
    if options:
        made["options"] = [
            {"label": _LABELS.get(value, value), "value": value, "displayOrder": place, "hidden": False}
            for place, value in enumerate(options)
        ]
    # Cannot be set later (HubSpot docs: properties).
    return made | {"hasUniqueValue": True} if each.unique else made


def _line(kind: str, each: Wanted) -> Message:
    return message("hubspot.property", kind=NAMES[kind], name=each.name)
