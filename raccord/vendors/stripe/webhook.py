"""Stripe's webhooks: signature and events of one endpoint (Stripe docs: webhooks, webhooks/signature).

Of the signatures, `v1` alone: `v0` is for test events, and what may come beside them is not known.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from raccord.connectors.connection import ConnectionSettings, of_vendor
from raccord.connectors.http.signature import Scheme, Signed, Stamp
from raccord.connectors.webhooks import (
    UnreadableBody,
    WebhookEvents,
    WebhookRejected,
    WebhookRequest,
    WebhookSource,
    strict_json,
)
from raccord.domain.values.message import message
from raccord.vendors.stripe.documented import Undocumented
from raccord.vendors.stripe.happened import hints_of
from raccord.vendors.stripe.settings import StripeSettings

OTHER_MODE = "other-mode"
_HEADER = "stripe-signature"
_TYPE = re.compile(r"[a-z0-9_.]{1,255}")


def webhooks(settings: ConnectionSettings) -> WebhookSource:
    """Build the source. Raises `TypeError` for another vendor's settings, `ValueError` without a secret."""
    return StripeWebhooks(of_vendor(settings, StripeSettings))


class StripeWebhooks(Signed):
    """Verifies and reads deliveries, each of one event."""

    def __init__(self, settings: StripeSettings) -> None:
        super().__init__(SCHEME, settings, "the endpoint's signing secret")
        self._live = not settings.test

    def parse(self, body: bytes) -> WebhookEvents:
        """Take a delivery apart. Events of the other mode, test or live, are ignored.

        A thin event, which only names an object, is set aside: the endpoint was made for others.
        """
        event = strict_json(body)
        if not isinstance(event, dict):
            raise UnreadableBody(message("quarantine.no_event"))
        kind, live = event.get("type"), event.get("livemode")
        readable = event.get("object") == "event" and isinstance(kind, str) and _TYPE.fullmatch(kind)
        if not readable or not isinstance(live, bool):
            return _set_aside(event)
        if live is not self._live:
            return WebhookEvents(ignored=(OTHER_MODE,))
        try:
            hints = hints_of(event)
        except Undocumented:
            return _set_aside(event)
        return WebhookEvents(hints=hints, ignored=() if hints else (str(kind),))


def _set_aside(event: dict[str, Any]) -> WebhookEvents:
    return WebhookEvents(unreadable=(json.dumps(event, default=str),))


def _stamp(headers: Mapping[str, str]) -> Stamp:
    """Read `t=<seconds>,v1=<hex>[,v1=<hex>][,v0=<hex>]`; during a rotation there are two of `v1`."""
    parts = headers.get(_HEADER, "").split(",")
    named = [part.partition("=") for part in parts if part]
    if not all(equals for _, equals, _ in named):
        raise WebhookRejected("bad_signature")
    times = [value for name, _, value in named if name == "t"]
    if len(times) > 1:
        raise WebhookRejected("bad_timestamp")
    return Stamp("".join(times), tuple(value for name, _, value in named if name == "v1"))


def _message(request: WebhookRequest, timestamp: bytes) -> bytes:
    return timestamp + b"." + request.body


def _sign(secret: bytes, message: bytes) -> bytes:
    return hmac.digest(secret, message, hashlib.sha256).hex().encode()


SCHEME = Scheme(read=_stamp, unit=timedelta(seconds=1), message=_message, sign=_sign)
