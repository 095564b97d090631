"""Who sent a webhook: the check that vendors share who sign time and body under a secret.

What each signs and how is its `Scheme`. Vendors' own helpers are looser (they accept any future
time, trip over what is not ASCII, or take an empty secret), so none is used.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.webhooks import WebhookRejected, WebhookRequest

TOLERANCE = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INTEGER = re.compile("[0-9]{1,13}")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one vendor signs. Header names in lower case; `unit` is that of its time stamp."""

    signature: str
    timestamp: str
    unit: timedelta
    message: Callable[[WebhookRequest, bytes], bytes]
    """From the delivery and its time stamp to what is signed."""
    sign: Callable[[bytes, bytes], bytes]
    """From secret and message to the header's value."""

    def authenticate(self, request: WebhookRequest, secrets: Sequence[bytes]) -> None:
        """Raise `WebhookRejected` unless one of the secrets signed this delivery within 5 minutes of now."""
        signature, timestamp = request.headers.get(self.signature), request.headers.get(self.timestamp)
        if not signature or not timestamp:
            raise WebhookRejected("no_signature")
        if not _INTEGER.fullmatch(timestamp):
            raise WebhookRejected("bad_timestamp")
        if abs(request.received_at - _EPOCH - int(timestamp) * self.unit) > TOLERANCE:
            raise WebhookRejected("stale")
        message = self.message(request, timestamp.encode())
        given = signature.encode("utf-8", "replace")
        # Each secret is tried, so that the time does not tell which one fits.
        fits = [hmac.compare_digest(self.sign(secret, message), given) for secret in secrets]
        if not any(fits):
            raise WebhookRejected("bad_signature")


class Signed:
    """Base of what reads a vendor's deliveries: two secrets are accepted while one replaces the other."""

    def __init__(self, scheme: Scheme, settings: ConnectionSettings, secret: str) -> None:
        """`secret` names the vendor's. Raises `ValueError` when it is not set."""
        if settings.webhook_secret is None:
            raise ValueError(f"webhook_secret is missing: enter {secret}")
        self._scheme = scheme
        self._secrets = settings.webhook_secrets

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise `WebhookRejected` unless the account signed this delivery within 5 minutes of now."""
        self._scheme.authenticate(request, self._secrets(request.received_at))
