"""What the suite of signatures asks of no vendor that there is: none of the secrets, and no time."""

import hashlib
import hmac
from dataclasses import replace
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


def test_of_a_vendor_that_signs_no_time_the_body_alone_is_proven() -> None:
    scheme = Scheme(in_headers("x-sig"), None, lambda request, _: request.body, sign)
    secret, body = b"some-secret-000001", b"{}"
    genuine = WebhookRequest("https://r.example/w", {"x-sig": sign(secret, body).decode()}, body, NOW)
    for received_at in (NOW, NOW + timedelta(days=30)):
        scheme.authenticate(replace(genuine, received_at=received_at), (secret,))
    forged = {
        "no_signature": replace(genuine, headers={"": genuine.headers["x-sig"]}),
        "bad_signature": replace(genuine, body=b"{ }"),
    }
    for cause, each in forged.items():
        with pytest.raises(WebhookRejected, match=cause):
            scheme.authenticate(each, (secret,))
