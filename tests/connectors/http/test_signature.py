"""What the suite of signatures cannot ask of a vendor: a connection is never built without a secret."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.http.signature import Scheme, in_headers
from raccord.connectors.webhooks import WebhookRejected, WebhookRequest

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def sign(secret: bytes, message: bytes) -> bytes:
    return hmac.digest(secret, message, hashlib.sha256).hex().encode()


def test_without_a_secret_nothing_is_genuine() -> None:
    scheme = Scheme(
        in_headers("x-sig", "x-time"), timedelta(seconds=1), lambda request, _: request.body, sign
    )
    for secret in (b"", b"some-secret-000001"):
        headers = {"x-sig": sign(secret, b"{}").decode(), "x-time": str(int(NOW.timestamp()))}
        with pytest.raises(WebhookRejected, match="bad_signature"):
            scheme.authenticate(WebhookRequest("https://r.example/w", headers, b"{}", NOW), ())
