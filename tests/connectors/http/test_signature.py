"""The signature skeleton: whatever is forged, stale or malformed is rejected, never an error."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.http.signature import Scheme
from raccord.connectors.webhooks import WebhookRejected, WebhookRequest

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET, OTHER = b"current-secret-0001", b"previous-secret-0002"


def sign(secret: bytes, message: bytes) -> bytes:
    return hmac.digest(secret, message, hashlib.sha256).hex().encode()


SCHEME = Scheme("x-sig", "x-time", timedelta(seconds=1), lambda r, t: t + b"." + r.body, sign)


def delivery(
    body: bytes = b"{}",
    *,
    secret: bytes = SECRET,
    stamp: str = STAMP,
    signature: str | None = None,
    late: timedelta = timedelta(0),
) -> WebhookRequest:
    signed = sign(secret, stamp.encode("utf-8", "replace") + b"." + body).decode()
    headers = {"x-sig": signed if signature is None else signature, "x-time": stamp}
    return WebhookRequest("https://r.example/w", headers, body, NOW + late)


def cause(request: WebhookRequest, *secrets: bytes) -> str:
    with pytest.raises(WebhookRejected) as rejected:
        SCHEME.authenticate(request, secrets)
    return rejected.value.cause


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=5), timedelta(minutes=-5)])
def test_a_genuine_delivery_passes_under_either_secret(late: timedelta) -> None:
    SCHEME.authenticate(delivery(late=late), (SECRET,))
    SCHEME.authenticate(delivery(secret=OTHER, late=late), (SECRET, OTHER))


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_what_is_too_old_or_from_the_future_is_stale(late: timedelta) -> None:
    assert cause(delivery(late=late), SECRET) == "stale"


@pytest.mark.parametrize("stamp", ["x", "-1", "1.5", " 1", "1e9", "٣", "9" * 14, "+1", "é"])
def test_a_time_that_is_no_number_is_rejected(stamp: str) -> None:
    assert cause(delivery(stamp=stamp), SECRET) == "bad_timestamp"


@pytest.mark.parametrize("stamp", ["0", "9" * 13])
def test_a_time_of_another_age_is_stale(stamp: str) -> None:
    assert cause(delivery(stamp=stamp), SECRET) == "stale"


@pytest.mark.parametrize("signature", ["x", "é", "\udcff", "0" * 64, "null"])
def test_a_forged_signature_is_rejected(signature: str) -> None:
    assert cause(delivery(signature=signature), SECRET) == "bad_signature"


def test_another_secret_or_none_is_no_secret() -> None:
    assert cause(delivery(secret=OTHER), SECRET) == "bad_signature"
    assert cause(delivery()) == "bad_signature"


def test_a_changed_body_is_rejected() -> None:
    genuine = delivery(b'{"a":1}')
    forged = WebhookRequest(genuine.url, genuine.headers, b'{"a":2}', genuine.received_at)
    assert cause(forged, SECRET) == "bad_signature"


@pytest.mark.parametrize("missing", ["x-sig", "x-time"])
@pytest.mark.parametrize("left", [{}, {"": ""}])
def test_a_delivery_without_a_signature_is_rejected(missing: str, left: dict[str, str]) -> None:
    genuine = delivery()
    headers = {k: v for k, v in genuine.headers.items() if k != missing} | left
    assert cause(WebhookRequest(genuine.url, headers, genuine.body, NOW), SECRET) == "no_signature"
    empty = dict(genuine.headers) | {missing: ""}
    assert cause(WebhookRequest(genuine.url, empty, genuine.body, NOW), SECRET) == "no_signature"
