"""What a delivery says: an array of events, each about one record (HubSpot docs: api/webhooks).

Two formats exist. The classic one says `deal.propertyChange`; the one of project apps says
`object.propertyChange` beside `objectTypeId`. The docs call the type's field `eventType`,
deliveries `subscriptionType`.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from raccord.connectors.webhooks import Hint, HintKind, UnreadableBody, WebhookEvents, strict_json
from raccord.domain.values.message import message

OTHER_ACCOUNT = "other-account"
MOST_MERGED = 100
"""Ids of merged-away records that are read of one event; the survivor itself names all of them."""
_DEAL = "0-3"
_SUBJECTS_BY_TYPE = {"0-1": "contact", "0-2": "company", _DEAL: "deal", "0-8": "line_item"}
_KINDS = {
    "deal": HintKind.DEAL,
    "company": HintKind.COMPANY,
    "contact": HintKind.CONTACT,
    "line_item": HintKind.LINE_ITEM,
}
TELLS = frozenset(_KINDS.values())
_CHANGES = {"creation", "deletion", "restore", "propertyChange"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = re.compile("[A-Za-z0-9_.-]{1,255}")
_ABOUT = ("objectId", "fromObjectId", "toObjectId", "newObjectId", "primaryObjectId")


class _Unreadable(ValueError):
    """One element has not the documented shape; its neighbours may."""


def parse(body: bytes, *, account_id: int | None) -> WebhookEvents:
    """Take a delivery apart. Events of another account than `account_id` are ignored."""
    elements = strict_json(body)
    if not isinstance(elements, list):
        raise UnreadableBody(message("quarantine.no_events"))
    hints: list[Hint] = []
    ignored: list[str] = []
    unreadable: list[str] = []
    for element in elements:
        try:
            found, name = _event(element, account_id)
        except ValueError:
            unreadable.append(json.dumps(element, default=str))
            continue
        hints += found
        ignored += () if found else (name,)
    return WebhookEvents(hints=tuple(hints), ignored=tuple(ignored), unreadable=tuple(unreadable))


def _event(event: Any, account_id: int | None) -> tuple[tuple[Hint, ...], str]:
    """Return the hints of one event, and its type to count it under when it has none."""
    if not isinstance(event, dict):
        raise _Unreadable
    subject, action, name = _type(event)
    if account_id is not None and "portalId" in event and _whole(event, "portalId") != account_id:
        return (), OTHER_ACCOUNT
    ids = tuple(dict.fromkeys(_records(event, subject, action)))
    if not ids:
        return (), name
    kind = HintKind.DEAL if action == "associationChange" else _KINDS[subject]
    # The name of a project app's event does not say of which kind its number is.
    key = _key(event, name if kind is HintKind.DEAL else f"{subject}.{action}")
    occurred_at, merged = _occurred_at(event), action == "merge"
    return tuple(
        Hint(kind=kind, id=str(i), key=key, occurred_at=occurred_at, merged=merged) for i in ids
    ), name


def _type(event: dict[str, Any]) -> tuple[str, str, str]:
    name = event.get("subscriptionType") or event.get("eventType")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _Unreadable
    subject, _, action = name.partition(".")
    if subject == "object":
        type_id = event.get("objectTypeId")
        subject = _SUBJECTS_BY_TYPE.get(type_id, subject) if isinstance(type_id, str) else subject
    return subject, action, name


def _records(event: dict[str, Any], subject: str, action: str) -> Iterator[int]:
    """Yield the ids of the records that an event is about: deals, of an association change."""
    match action:
        case "associationChange":
            yield from _ends(event, subject)
        case "merge" if subject in _KINDS:
            survivors = [k for k in ("newObjectId", "primaryObjectId") if event.get(k) is not None]
            yield from (_whole(event, k) for k in survivors or ("objectId",))
            yield from _merged_away(event)
        case _ if subject == "deal" or (subject in _KINDS and action in _CHANGES):
            yield _whole(event, "objectId")


def _merged_away(event: dict[str, Any]) -> Iterator[int]:
    """Yield the ids that a merge united into another; one that is no id must not hide the survivor."""
    ids = event.get("mergedObjectIds")
    for each in ids[:MOST_MERGED] if isinstance(ids, list) else ():
        with suppress(_Unreadable):
            yield _number(each)


def _ends(event: dict[str, Any], subject: str) -> Iterator[int]:
    """Yield the ends of an association that are deals; both of a deal's when nothing says which.

    A hint about a number that is no deal does no harm: it is read again and not found.
    """
    kinds = _kinds_of_ends(event)
    if any(kinds.values()):
        yield from (_whole(event, end) for end, is_deal in kinds.items() if is_deal)
    elif subject == "deal":
        yield from (_whole(event, end) for end in kinds)


def _kinds_of_ends(event: dict[str, Any]) -> dict[str, bool]:
    """Say which ends are deals, by their type ids or by a name such as `DEAL_TO_LINE_ITEM`."""
    name = event.get("associationType")
    from_name, _, to_name = (name if isinstance(name, str) else "").partition("_TO_")
    return {
        "fromObjectId": event.get("fromObjectTypeId") == _DEAL or from_name == "DEAL",
        "toObjectId": event.get("toObjectTypeId") == _DEAL or to_name in ("DEAL", "DEAL_UNLABELED"),
    }


def _key(event: dict[str, Any], name: str) -> str:
    """Return what makes two deliveries the same event; `eventId` alone is not unique.

    The attempt's number is left out: it differs between deliveries of one event.
    """
    about = "-".join(str(_whole(event, k)) for k in _ABOUT if event.get(k) is not None)
    changed = event.get("propertyName") or ""
    if not isinstance(changed, str) or (changed and not _NAME.fullmatch(changed)):
        raise _Unreadable
    account, at, number = (_whole(event, k) for k in ("portalId", "occurredAt", "eventId"))
    return f"{account}/{name}/{about}/{changed}/{at}/{number}"


def _occurred_at(event: dict[str, Any]) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=_whole(event, "occurredAt"))
    except OverflowError as error:
        raise _Unreadable from error


def _whole(event: dict[str, Any], name: str) -> int:
    return _number(event.get(name))


def _number(value: Any) -> int:
    """Return a whole number of 0 or more, also where it is sent as text."""
    match value:
        case bool():
            raise _Unreadable
        case int(number) if number >= 0:
            return number
        case str(text) if text.isascii() and text.isdigit() and len(text) <= 20:
            return int(text)
        case _:
            raise _Unreadable
