"""Vectors: those of HubSpot's documentation and SDK, and ours made by the same rule with another tool."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from hubspot.utils.signature import Signature

from raccord.connectors.webhooks import WebhookRejected, WebhookRequest, WebhookSource
from raccord.vendors.hubspot import CRM
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.webhook import signed_url

SECRET = "3f1c9a2e-7b54-4d0a-9c61-5e8f20b7d4aa"
OLD_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://sync.example.fr/webhooks/hubspot"
SENT = "1750340000123"
SENT_AT = datetime.fromtimestamp(1750340000, UTC) + timedelta(milliseconds=123)
BODY = (
    b'[{"eventId":3181526811,"subscriptionId":2211,"portalId":144000001,"appId":8123456,'
    b'"occurredAt":1750339999870,"subscriptionType":"deal.propertyChange","attemptNumber":0,'
    b'"objectId":38990123456,"propertyName":"dealstage","propertyValue":"closedwon",'
    b'"changeSource":"CRM_UI","sourceId":"userId:70112233"}]'
)
V3 = "HmSblK4P2WBd9Ka1+LtsO9NIfIAfdbjwdLQ6deiOUEo="
UTF8_BODY = (
    '[{"eventId":1,"objectId":42,"propertyName":"name","propertyValue":"Société Générale d’Études",'
    '"subscriptionType":"company.propertyChange"}]'
).encode()


def source(secret: str = SECRET, previous: str | None = None, until: object = None) -> WebhookSource:
    assert CRM.webhooks
    given = {"previous_webhook_secret": previous, "previous_webhook_secret_until": until}
    settings = {"access_token": "pat", "webhook_secret": secret, **given}
    return CRM.webhooks(HubSpotSettings.model_validate(settings))


def delivery(
    signature: str | None = V3,
    *,
    body: bytes = BODY,
    url: str = URL,
    sent: str | None = SENT,
    received_at: datetime = SENT_AT,
    more: dict[str, str] | None = None,
) -> WebhookRequest:
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": sent}
    given = {k: v for k, v in headers.items() if v is not None} | (more or {})
    return WebhookRequest(url=url, headers=given, body=body, received_at=received_at)


def cause(request: WebhookRequest, to: WebhookSource | None = None) -> str:
    with pytest.raises(WebhookRejected) as rejected:
        (to or source()).authenticate(request)
    return rejected.value.cause


def test_the_body_of_vector_a_is_the_published_one() -> None:
    assert len(BODY) == 300
    assert hashlib.sha256(BODY).hexdigest() == (
        "0dac883cf0038932459f8217655e9b2cda019c0f4a2f4511287edd71013af954"
    )


def test_vector_a_is_authentic() -> None:
    source().authenticate(delivery())


def test_some_escapes_of_the_url_are_decoded_before_signing_and_others_are_not() -> None:
    url = f"{URL}?tenant=acme%3Afr%2Fparis&note=a%20b"
    source().authenticate(delivery("Ru13RpVqtXJyjr1vIGTbL9k0kUY1VEPNbAPIgfluwf0=", url=url))
    assert cause(delivery("T+MK6tT8G5YrENlIEr0nmdmwwy/GwRavvKOuPFqVI0I=", url=url)) == "bad_signature"


def test_exactly_the_documented_escapes_are_decoded() -> None:
    decoded = {c for c in map(chr, range(0x20, 0x7F)) if signed_url(f"%{ord(c):02X}") == c}
    assert decoded == set(":/?@!$'()*,;")
    assert signed_url("%3a%2f%253A%C3%A9") == ":/%253A%C3%A9"


def test_vector_b_signs_the_raw_utf_8_bytes() -> None:
    assert len(UTF8_BODY) == 146
    source().authenticate(delivery("uq8i+WmGVr6Bn1zU1bu6IXqBaJcjAR443VxdmgcBxzA=", body=UTF8_BODY))


def test_the_sdk_s_own_vector_is_authentic() -> None:
    source(OLD_SECRET).authenticate(
        delivery(
            "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
            body=b"{'example_field':'example_value'}",
            url="https://www.example.com/webhook_uri",
            sent="1693657560000",
            received_at=datetime.fromtimestamp(1693657560, UTC),
        )
    )


@pytest.mark.parametrize("body", [BODY, UTF8_BODY, b"[]", b""])
def test_the_client_s_signature_agrees_where_the_url_has_no_escapes(body: bytes) -> None:
    signature = Signature.get_signature(SECRET, body.decode(), "v3", f"{URL}?a=b", "POST", SENT)
    source().authenticate(delivery(signature, body=body, url=f"{URL}?a=b"))


def test_two_secrets_are_accepted_while_one_replaces_the_other() -> None:
    rotating = source("a-new-secret-of-the-app", previous=SECRET, until=SENT_AT.date())
    rotating.authenticate(delivery())
    signed_anew = Signature.get_signature("a-new-secret-of-the-app", BODY.decode(), "v3", URL, "POST", SENT)
    rotating.authenticate(delivery(signed_anew))
    assert cause(delivery(), source("a-new-secret-of-the-app")) == "bad_signature"


@pytest.mark.parametrize(
    ("until", "accepted"),
    [
        ("2025-06-18", False),
        ("2025-06-19", True),
        (date(2025, 6, 18), False),
        (date(2025, 6, 19), True),
        (date.max, True),
        (SENT_AT, False),
        (SENT_AT + timedelta(milliseconds=1), True),
        ("2025-06-19T15:33:20+02:00", False),
        ("2025-06-19T15:33:21+02:00", True),
    ],
)
def test_the_previous_secret_is_worth_nothing_once_its_time_is_over(until: object, accepted: bool) -> None:
    rotating = source("a-new-secret-of-the-app", previous=SECRET, until=until)
    if accepted:
        rotating.authenticate(delivery())
    else:
        assert cause(delivery(), rotating) == "bad_signature"
    signed_anew = Signature.get_signature("a-new-secret-of-the-app", BODY.decode(), "v3", URL, "POST", SENT)
    rotating.authenticate(delivery(signed_anew))


@pytest.mark.parametrize(
    "request_",
    [
        delivery(body=BODY + b" "),
        delivery(body=BODY.replace(b"closedwon", b"closedwoo")),
        delivery(body=b""),
        delivery(url=URL + "/"),
        delivery(url=URL.replace("https", "http")),
        delivery(url=URL.replace("sync.example.fr", "127.0.0.1:8080")),
        delivery(sent="1750340000124"),
        delivery(V3[:-1]),
        delivery(V3.lower()),
        delivery(V3 + "="),
        delivery(V3 + "é"),
        delivery("é" * 44),
        delivery("\udcff\ud800"),
        delivery(quote(V3)),
        delivery("=" * 44),
        delivery("A" * 100_000),
        delivery(hashlib.sha256(SECRET.encode() + BODY).hexdigest()),
        delivery(url=URL + "?\ud800"),
    ],
)
def test_a_forged_delivery_is_rejected(request_: WebhookRequest) -> None:
    assert cause(request_) == "bad_signature"


@pytest.mark.parametrize("name", ["signature", "sent"])
@pytest.mark.parametrize("value", [None, ""])
def test_both_headers_are_needed(name: str, value: str | None) -> None:
    signature = value if name == "signature" else V3
    assert cause(delivery(signature, sent=value if name == "sent" else SENT)) == "no_signature"


def test_unkeyed_signatures_are_no_way_in() -> None:
    v1 = "7d1931ae35cbfe65420c28b1a14928b2224fa36b80583398dafc235c98af47ac"
    v2 = "62e183685caa2e7aff72955fc8788eb6c547426f755dc94b61d3d006c1e9bf04"
    assert Signature.get_signature(SECRET, BODY.decode(), "v1") == v1
    for version, signature in (("v1", v1), ("v2", v2)):
        older = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
        assert cause(delivery(None, sent=None, more=older)) == "no_signature"
        assert cause(delivery(None, more=older)) == "no_signature"
        assert cause(delivery(signature, more=older)) == "bad_signature"


@pytest.mark.parametrize(
    "sent",
    [
        "abc",
        "-1750340000123",
        "+1750340000123",
        "1750340000123.0",
        "1_750340000123",
        " 1750340000123",
        "1750340000123\n",
        "1e12",
        "0x197",
        "١٧٥٠٣٤٠٠٠٠١٢٣",
        "9" * 16,
        "9" * 5000,
        "1750340000123é",
    ],
)
def test_a_timestamp_is_a_plain_integer(sent: str) -> None:
    assert cause(delivery(sent=sent)) == "bad_timestamp"


@pytest.mark.parametrize("minutes", [-5, 5])
def test_five_minutes_either_way_are_tolerated_and_not_a_moment_more(minutes: int) -> None:
    edge = SENT_AT + timedelta(minutes=minutes)
    source().authenticate(delivery(received_at=edge))
    beyond = timedelta(milliseconds=1 if minutes > 0 else -1)
    assert cause(delivery(received_at=edge + beyond)) == "stale"


@pytest.mark.parametrize("sent", ["0", "1750340000", "9999999999999"])
def test_seconds_instead_of_milliseconds_and_far_futures_are_stale(sent: str) -> None:
    assert cause(delivery(sent=sent)) == "stale"
