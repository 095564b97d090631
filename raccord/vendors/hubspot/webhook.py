"""HubSpot's webhooks: signature and events of one account.

Of the signatures, version 3 alone (HubSpot docs: webhooks/validating-requests): 1 and 2 are plain
hashes without a time stamp and would let an old delivery be replayed.
"""

import base64
import hashlib
import hmac
import re
from datetime import timedelta

from raccord.connectors.connection import ConnectionSettings, of_vendor
from raccord.connectors.http.signature import Scheme, Signed, in_headers
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
    return HubSpotWebhooks(of_vendor(settings, HubSpotSettings))


class HubSpotWebhooks(Signed):
    """Verifies and reads deliveries."""

    def __init__(self, settings: HubSpotSettings) -> None:
        super().__init__(SCHEME, settings, "the app's client secret")
        self._account_id = settings.account_id

    def parse(self, body: bytes) -> WebhookEvents:
        return parse(body, account_id=self._account_id)


def signed_url(url: str) -> str:
    """Return the URL as HubSpot signs it: some escapes are decoded, all others (`%20`) stay."""
    return _ESCAPE.sub(lambda found: _DECODED[found[1].upper()], url)


def _message(request: WebhookRequest, timestamp: bytes) -> bytes:
    return b"POST" + signed_url(request.url).encode("utf-8", "replace") + request.body + timestamp


def _sign(secret: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, message, hashlib.sha256))


SCHEME = Scheme(
    read=in_headers("x-hubspot-signature-v3", "x-hubspot-request-timestamp"),
    unit=timedelta(milliseconds=1),
    message=_message,
    sign=_sign,
)
