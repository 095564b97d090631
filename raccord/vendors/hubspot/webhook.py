"""HubSpot's webhooks: signature and events of one account.

Of the signatures, version 3 alone (HubSpot docs: webhooks/validating-requests): 1 and 2 are plain
hashes without a time stamp and would let an old delivery be replayed.
"""

import base64
import hashlib
import hmac
import re
from datetime import timedelta

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.http.signature import Scheme
from raccord.connectors.webhooks import WebhookEvents, WebhookRequest, WebhookSource
from raccord.vendors.hubspot.events import parse
from raccord.vendors.hubspot.settings import HubSpotSettings

_DECODED = {
    escape: chr(int(escape, 16))
    for escape in ("3A", "2F", "3F", "40", "21", "24", "27", "28", "29", "2A", "2C", "3B")
}
_ESCAPE = re.compile("%(" + "|".join(_DECODED) + ")", re.IGNORECASE)


def webhooks(settings: ConnectionSettings) -> WebhookSource:
    """Build the source. Raises `TypeError` for another vendor's settings, `ValueError` without a secret."""
    if not isinstance(settings, HubSpotSettings):
        raise TypeError(f"{type(settings).__name__} are not the settings of HubSpot")
    if settings.webhook_secret is None:
        raise ValueError("webhook_secret is missing: enter the app's client secret")
    return HubSpotWebhooks(settings)


class HubSpotWebhooks:
    """Verifies and reads deliveries. Two secrets are accepted while one replaces the other."""

    def __init__(self, settings: HubSpotSettings) -> None:
        self._settings = settings

    def authenticate(self, request: WebhookRequest) -> None:
        SCHEME.authenticate(request, self._settings.webhook_secrets(request.received_at))

    def parse(self, body: bytes) -> WebhookEvents:
        return parse(body, account_id=self._settings.account_id)


def signed_url(url: str) -> str:
    """Return the URL as HubSpot signs it: some escapes are decoded, all others (`%20`) stay."""
    return _ESCAPE.sub(lambda found: _DECODED[found[1].upper()], url)


def _message(request: WebhookRequest, timestamp: bytes) -> bytes:
    return b"POST" + signed_url(request.url).encode("utf-8", "replace") + request.body + timestamp


def _sign(secret: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, message, hashlib.sha256))


SCHEME = Scheme(
    signature="x-hubspot-signature-v3",
    timestamp="x-hubspot-request-timestamp",
    unit=timedelta(milliseconds=1),
    message=_message,
    sign=_sign,
)
