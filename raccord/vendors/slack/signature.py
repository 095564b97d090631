"""Who sent a press: Slack's signature, version 0 (Slack docs: verifying-requests-from-slack)."""

import hashlib
import hmac
from datetime import timedelta

from raccord.connectors.http.signature import Scheme, in_headers
from raccord.connectors.webhooks import WebhookRequest


def _message(request: WebhookRequest, timestamp: bytes) -> bytes:
    return b"v0:" + timestamp + b":" + request.body


def _sign(secret: bytes, message: bytes) -> bytes:
    return b"v0=" + hmac.new(secret, message, hashlib.sha256).hexdigest().encode()


SCHEME = Scheme(
    read=in_headers("x-slack-signature", "x-slack-request-timestamp"),
    unit=timedelta(seconds=1),
    message=_message,
    sign=_sign,
)
