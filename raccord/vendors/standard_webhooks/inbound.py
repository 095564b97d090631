"""Events that others tell us of, signed as Standard Webhooks has it (spec/standard-webhooks.md).

An event names a record and nothing more that is believed: what it says of amounts or dates is not read.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from raccord.connectors.capabilities import InboundCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.http.signature import Scheme, Signed, Stamp
from raccord.connectors.inbound import Inbound
from raccord.connectors.webhooks import (
    Hint,
    HintKind,
    UnreadableBody,
    WebhookEvents,
    WebhookRejected,
    WebhookRequest,
    strict_json,
)
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import message
from raccord.vendors.standard_webhooks.settings import SenderSettings
from raccord.vendors.standard_webhooks.signing import sign

_LONGEST_TYPE = 64
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_RECORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}")
"""What may stand in the id of a flow; whether it is an id, who holds the record knows."""
_TOLD: Mapping[str, tuple[HintKind, ...]] = {
    "deal.won": (HintKind.DEAL,),
    "deal.changed": (HintKind.DEAL,),
    "company.changed": (HintKind.COMPANY,),
    "contact.changed": (HintKind.CONTACT,),
    "customer.changed": (HintKind.CUSTOMER,),
    "invoice.changed": (HintKind.INVOICE,),
    "payment.received": (HintKind.INVOICE, HintKind.PAYMENT),
}
"""Which record each type names, in `data`, under the name of its kind; the first that is not null counts."""
TELLS = frozenset(kind for kinds in _TOLD.values() for kind in kinds)


def connect(_name: str, settings: ConnectionSettings, _clock: BusinessClock) -> Inbound:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    of_vendor(settings, SenderSettings)
    return Sender()


class Sender:
    """A sender, as the rows of the configuration have it: nobody calls it."""

    @property
    def capabilities(self) -> InboundCapabilities:
        return InboundCapabilities(
            uniqueness=Uniqueness.IDEMPOTENCY_KEY, requests_per_second=1.0, requests_per_activity=1.0
        )

    async def check(self) -> tuple[Check, ...]:
        return (Check.ok(message("webhooks.events_in"), message("check.signed")),)

    async def probe(self) -> None:
        return

    async def close(self) -> None:
        return


class SignedEvents(Signed):
    """What a sender's deliveries say, once their signature is right."""

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(_SCHEME, settings, "the secret that both sides share")

    def parse(self, body: bytes) -> WebhookEvents:
        """Take one event apart. Raises `UnreadableBody` where it names no record as documented."""
        event = strict_json(body)
        type_ = event.get("type") if isinstance(event, dict) else None
        if not isinstance(type_, str) or len(type_) > _LONGEST_TYPE or not _TYPE.fullmatch(type_):
            raise UnreadableBody(message("quarantine.no_type"))
        kinds = _TOLD.get(type_)
        if kinds is None:
            return WebhookEvents(ignored=(f"type {type_}",))
        return WebhookEvents(hints=(_hint(type_, event.get("data"), kinds, body),))


def _hint(type_: str, data: Any, kinds: tuple[HintKind, ...], body: bytes) -> Hint:
    if not isinstance(data, dict):
        raise UnreadableBody(message("quarantine.no_data"))
    connection, named = data.get("connection"), [kind for kind in kinds if data.get(kind.value) is not None]
    if not isinstance(connection, str) or not _NAME.fullmatch(connection):
        raise UnreadableBody(message("quarantine.no_connection"))
    if not named or not isinstance(id_ := data[named[0].value], str | int) or isinstance(id_, bool):
        fields = tuple(f"data.{kind}" for kind in kinds)
        raise UnreadableBody(message("quarantine.no_record", type=type_, fields=fields))
    if not _RECORD.fullmatch(str(id_)):
        raise UnreadableBody(message("quarantine.no_id"))
    # The same event sent again has the same body; its id is in a header, and means no more than that.
    key = f"{type_}/{hashlib.sha256(body).hexdigest()[:16]}"
    return Hint(kind=named[0], id=str(id_), key=key, connection=connection)


def _stamp(headers: Mapping[str, str]) -> Stamp:
    if not headers.get(_ID):
        raise WebhookRejected("no_signature")
    # Several, separated by spaces, while a key is being replaced (spec: "Webhook headers").
    return Stamp(headers.get(_TIMESTAMP, ""), tuple(headers.get(_SIGNATURE, "").split(" ")))


def _message(request: WebhookRequest, timestamp: bytes) -> bytes:
    return b".".join((request.headers[_ID].encode("utf-8", "replace"), timestamp, request.body))


_SCHEME = Scheme(read=_stamp, unit=timedelta(seconds=1), message=_message, sign=sign)
