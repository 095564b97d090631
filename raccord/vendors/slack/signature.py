"""Who sent a press: Slack's signature, version 0 (Slack docs: verifying-requests-from-slack).

The client's own check raises on a timestamp that is no number, on a body that is not UTF-8 and on
a signature that is not ASCII, so it is not used.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from raccord.connectors.webhooks import WebhookRejected, WebhookRequest

SIGNATURE = "x-slack-signature"
TIMESTAMP = "x-slack-request-timestamp"
TOLERANCE = timedelta(minutes=5)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile("[0-9]{1,12}")


def authenticate(request: WebhookRequest, secrets: Sequence[bytes]) -> None:
    """Raise `WebhookRejected` unless one of the secrets signed this delivery less than 5 minutes ago."""
    signature, timestamp = request.headers.get(SIGNATURE), request.headers.get(TIMESTAMP)
    if not signature or not timestamp:
        raise WebhookRejected("no_signature")
    if not _SECONDS.fullmatch(timestamp):
        raise WebhookRejected("bad_timestamp")
    if abs(request.received_at - _EPOCH - timedelta(seconds=int(timestamp))) > TOLERANCE:
        raise WebhookRejected("stale")
    message = b"v0:" + timestamp.encode() + b":" + request.body
    given = signature.encode("utf-8", "replace")
    # Each secret is tried, so that the time does not tell which one fits.
    fits = [hmac.compare_digest(_sign(secret, message), given) for secret in secrets]
    if not any(fits):
        raise WebhookRejected("bad_signature")


def _sign(secret: bytes, message: bytes) -> bytes:
    return b"v0=" + hmac.new(secret, message, hashlib.sha256).hexdigest().encode()
