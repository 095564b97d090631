"""Who sent a webhook: the check that vendors share who sign its body, and mostly its time, under a secret.

What each signs and how is its `Scheme`. Vendors' own helpers are looser (they accept any future
time, trip over what is not ASCII, or take an empty secret), so none is used.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.webhooks import WebhookRejected, WebhookRequest

TOLERANCE = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INTEGER = re.compile("[0-9]{1,13}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a delivery says of itself; any of its signatures may be the right one.

    `timestamp` is as it was sent, and empty where the vendor sends none.
    """

    timestamp: str
    signatures: tuple[str, ...]


def in_headers(signature: str, timestamp: str = "") -> Callable[[Mapping[str, str]], Stamp]:
    """Return how a delivery is read that has each in a header of its own, named in lower case; or no time."""

    def read(headers: Mapping[str, str]) -> Stamp:
        sent = headers.get(timestamp, "") if timestamp else ""
        return Stamp(sent, (headers.get(signature, ""),))

    return read


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one vendor signs; `unit` is that of its time stamp.

    None: it signs no time. Whoever has seen a delivery can then send it again, which does no harm where it is
    a hint: a record is read once more. A pressed button is none.
    """

    read: Callable[[Mapping[str, str]], Stamp]
    """From the headers, their names in lower case. Raises `WebhookRejected`."""
    unit: timedelta | None
    message: Callable[[WebhookRequest, bytes], bytes]
    """From the delivery and its time stamp, empty where there is none, to what is signed."""
    sign: Callable[[bytes, bytes], bytes]
    """From secret and message to a signature."""

    def authenticate(self, request: WebhookRequest, secrets: Sequence[bytes]) -> None:
        """Raise `WebhookRejected` unless one of the secrets signed this delivery, and within 5 minutes of now
        where its time is signed.
        """
        stamp = self.read(request.headers)
        given = [each.encode("utf-8", "replace") for each in stamp.signatures if each]
        if not given or (self.unit and not stamp.timestamp):
            raise WebhookRejected("no_signature")
        if self.unit:
            _prove_fresh(stamp.timestamp, request.received_at, self.unit)
        message = self.message(request, stamp.timestamp.encode())
        # Each secret is tried, so that the time does not tell which one fits.
        right = [self.sign(secret, message) for secret in secrets]
        fits = [hmac.compare_digest(each, signature) for each in right for signature in given]
        if not any(fits):
            raise WebhookRejected("bad_signature")


def _prove_fresh(timestamp: str, received_at: datetime, unit: timedelta) -> None:
    if not _INTEGER.fullmatch(timestamp):
        raise WebhookRejected("bad_timestamp")
    if abs(received_at - _EPOCH - int(timestamp) * unit) > TOLERANCE:
        raise WebhookRejected("stale")


class Signed:
    """Base of what reads a vendor's deliveries: two secrets are accepted while one replaces the other."""

    def __init__(self, scheme: Scheme, settings: ConnectionSettings, secret: str) -> None:
        """`secret` names the vendor's. Raises `ValueError` when it is not set."""
        if settings.webhook_secret is None:
            raise ValueError(f"webhook_secret is missing: enter {secret}")
        self._scheme = scheme
        self._secrets = settings.webhook_secrets

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise `WebhookRejected` unless the account signed this delivery: see `Scheme.authenticate`."""
        self._scheme.authenticate(request, self._secrets(request.received_at))
