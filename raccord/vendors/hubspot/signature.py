"""Who sent a delivery: HubSpot's signature, version 3 only (HubSpot docs: webhooks/validating-requests).

Versions 1 and 2 are plain hashes without a time stamp and would let an old delivery be replayed.
The client's own check accepts any future time and does not decode the URL, so it is not used.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from raccord.connectors.webhooks import WebhookRejected, WebhookRequest

SIGNATURE = "x-hubspot-signature-v3"
TIMESTAMP = "x-hubspot-request-timestamp"
TOLERANCE = timedelta(minutes=5)

_MILLISECONDS = re.compile("[0-9]{1,15}")
_DECODED = {
    escape: chr(int(escape, 16))
    for escape in ("3A", "2F", "3F", "40", "21", "24", "27", "28", "29", "2A", "2C", "3B")
}
_ESCAPE = re.compile("%(" + "|".join(_DECODED) + ")", re.IGNORECASE)


def authenticate(request: WebhookRequest, secrets: Sequence[bytes]) -> None:
    """Raise `WebhookRejected` unless one of the secrets signed this delivery less than 5 minutes ago."""
    signature, timestamp = request.headers.get(SIGNATURE), request.headers.get(TIMESTAMP)
    if not signature or not timestamp:
        raise WebhookRejected("no_signature")
    if not _MILLISECONDS.fullmatch(timestamp):
        raise WebhookRejected("bad_timestamp")
    age = request.received_at - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(milliseconds=int(timestamp))
    if abs(age) > TOLERANCE:
        raise WebhookRejected("stale")
    message = b"POST" + signed_url(request.url).encode("utf-8", "replace") + request.body + timestamp.encode()
    given = signature.encode("utf-8", "replace")
    # Each secret is tried, so that the time does not tell which one fits.
    fits = [hmac.compare_digest(_sign(secret, message), given) for secret in secrets]
    if not any(fits):
        raise WebhookRejected("bad_signature")


def signed_url(url: str) -> str:
    """Return the URL as HubSpot signs it: some escapes are decoded, all others (`%20`) stay."""
    return _ESCAPE.sub(lambda found: _DECODED[found[1].upper()], url)


def _sign(secret: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, message, hashlib.sha256))
