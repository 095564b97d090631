"""Pipedrive's webhooks: who sent one, and what it says (pipedrive page, sections 1, 4 and 7).

No header signs them: each carries a name and a password (HTTP Basic) that we chose when we asked for it, so
a delivery is a hint and its contents are read again.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from raccord.connectors.connection import ConnectionSettings, of_vendor
from raccord.connectors.webhooks import (
    Hint,
    HintKind,
    UnreadableBody,
    WebhookEvents,
    WebhookRejected,
    WebhookRequest,
    WebhookSource,
    strict_json,
)
from raccord.domain.values.message import message
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.values import parse_instant

OTHER_ACCOUNT, ECHO, NOT_WON = "other-account", "echo", "not-won"
_KINDS = {"deal": HintKind.DEAL, "organization": HintKind.COMPANY, "person": HintKind.CONTACT}
TELLS = frozenset(_KINDS.values())
_OF_A_DEAL = ("deal_product", "deal_installment")
_NOT_WON = ("open", "lost")
_ACTIONS = ("create", "change", "delete")
_ID = re.compile("[0-9]{1,19}")
_KEY = re.compile("[A-Za-z0-9-]{1,100}")
_WORD = re.compile("[a-zA-Z_]{1,50}")


class _Unreadable(ValueError):
    """The event has not the documented shape."""


def webhooks(settings: ConnectionSettings) -> WebhookSource:
    """Build the source. Raises `TypeError` for another vendor's settings, `ValueError` without a secret."""
    return PipedriveWebhooks(of_vendor(settings, PipedriveSettings))


class PipedriveWebhooks:
    """Authenticates and reads deliveries."""

    def __init__(self, settings: PipedriveSettings) -> None:
        if settings.webhook_secret is None:
            raise ValueError("webhook_secret is missing: choose a long password for deliveries")
        self._settings = settings

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise `WebhookRejected` unless the delivery carries our name and a password that is valid now."""
        header = request.headers.get("authorization", "")
        if not header:
            raise WebhookRejected("no_signature")
        scheme, _, encoded = header.partition(" ")
        given = b""
        with suppress(binascii.Error, ValueError):
            given = base64.b64decode(encoded.strip(), validate=True)
        user = self._settings.webhook_user.encode()
        # Each password is tried, so that the time does not tell which one fits.
        passwords = self._settings.webhook_secrets(request.received_at)
        fits = [hmac.compare_digest(user + b":" + each, given) for each in passwords]
        if scheme.lower() != "basic" or not any(fits):
            raise WebhookRejected("bad_signature")

    def parse(self, body: bytes) -> WebhookEvents:
        """Take a delivery apart: one event each."""
        event = strict_json(body)
        if not isinstance(event, dict) or not isinstance(event.get("meta"), dict):
            raise UnreadableBody(message("quarantine.no_meta"))
        try:
            hints, name = self._read(event)
        except ValueError:
            return WebhookEvents(unreadable=(json.dumps(event, default=str),))
        return WebhookEvents(hints=hints, ignored=() if hints else (name,))

    def _read(self, event: dict[str, Any]) -> tuple[tuple[Hint, ...], str]:
        meta = event["meta"]
        entity, action = _word(meta, "entity"), _word(meta, "action")
        name = f"{action}.{entity}"
        company, ours = self._settings.company_id, self._settings.user_id
        if company is not None and _id(meta, "company_id") != str(company):
            return (), OTHER_ACCOUNT
        if ours is not None and meta.get("change_source") == "api" and str(meta.get("user_id")) == str(ours):
            return (), ECHO
        if action not in _ACTIONS:
            return (), name
        if entity == "deal" and _never_won(event):
            return (), NOT_WON
        merged = any(meta.get(key) is not None for key in ("merged_to_id", "merged_from_id"))
        ids = tuple(dict.fromkeys(_records(event, entity)))
        key = f"{_id(meta, 'company_id')}/{_key(meta, 'id')}/{_key(meta, 'webhook_id')}"
        kind = HintKind.DEAL if entity in _OF_A_DEAL else _KINDS.get(entity, HintKind.DEAL)
        at = _instant(meta.get("timestamp"))
        return tuple(Hint(kind=kind, id=id, key=key, occurred_at=at, merged=merged) for id in ids), name


def _never_won(event: dict[str, Any]) -> bool:
    """Whether a deal is not won, and was not before this either: reading it costs the company tokens.

    `previous` has what changed, and only that (section 4). Of a merge both records are looked at.
    """
    data, previous, meta = event.get("data"), event.get("previous"), event["meta"]
    if (
        not isinstance(data, dict)
        or data.get("status") not in _NOT_WON
        or meta.get("merged_from_id") is not None
    ):
        return False
    return not isinstance(previous, dict) or previous.get("status") != "won"


def _records(event: dict[str, Any], entity: str) -> Iterator[str]:
    """Yield the ids that an event is about: of a merge both, the survivor first."""
    meta = event["meta"]
    if entity in _KINDS:
        if meta.get("merged_to_id") is not None:
            yield _id(meta, "merged_to_id")
        yield _id(meta, "entity_id")
        if meta.get("merged_from_id") is not None:
            yield _id(meta, "merged_from_id")
    elif entity in _OF_A_DEAL:
        # `data` is null when it was deleted, `previous` then is what it was (section 4).
        for part in (event.get("data"), event.get("previous")):
            if isinstance(part, dict) and part.get("deal_id") is not None:
                yield _id(part, "deal_id")


def _id(of: dict[str, Any], name: str) -> str:
    """Return an id, which is a text in `meta` and a number in `data`."""
    value = of.get(name)
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    if not (text.isascii() and _ID.fullmatch(text)):
        raise _Unreadable
    return text


def _key(meta: dict[str, Any], name: str) -> str:
    value = meta.get(name)
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    if not _KEY.fullmatch(text):
        raise _Unreadable
    return text


def _word(meta: dict[str, Any], name: str) -> str:
    value = meta.get(name)
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise _Unreadable
    return value


def _instant(value: Any) -> datetime | None:
    with suppress(ValueError):
        return parse_instant(value) if isinstance(value, str) else None
    return None
