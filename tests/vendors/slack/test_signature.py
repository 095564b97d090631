"""The vector of Slack's documentation page, and Slack's own verifier where it agrees with the rule."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from raccord.connectors.webhooks import PressSource, WebhookRejected, WebhookRequest
from raccord.vendors.slack import MESSENGER
from raccord.vendors.slack.settings import SlackSettings
from tests.vendors.slack.conftest import CHANNEL, SECRET, TOKEN

SENT = "1790000000"
SENT_AT = datetime.fromtimestamp(1790000000, UTC)
RECEIVED_AT = SENT_AT + timedelta(seconds=10)
BODY = b"payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U0TEST1%22%7D%7D"
V0 = "v0=0e5682b7f9b495f16ea94ac6aa662bcfb56a6450389c0d4d8fc8174349448613"


def source(secret: str = SECRET, previous: str | None = None, until: object = None) -> PressSource:
    assert MESSENGER.presses
    return MESSENGER.presses(
        SlackSettings.model_validate(
            {
                "bot_token": TOKEN,
                "channel": CHANNEL,
                "webhook_secret": secret,
                "previous_webhook_secret": previous,
                "previous_webhook_secret_until": until,
            }
        )
    )


def delivery(
    signature: str | None = V0,
    *,
    body: bytes = BODY,
    sent: str | None = SENT,
    received_at: datetime = RECEIVED_AT,
    more: dict[str, str] | None = None,
) -> WebhookRequest:
    headers = {"x-slack-signature": signature, "x-slack-request-timestamp": sent}
    given = {k: v for k, v in headers.items() if v is not None} | (more or {})
    return WebhookRequest(
        url="https://sync.example.fr/slack/actions", headers=given, body=body, received_at=received_at
    )


def cause(request: WebhookRequest, to: PressSource | None = None) -> str:
    with pytest.raises(WebhookRejected) as rejected:
        (to or source()).authenticate(request)
    return rejected.value.cause


class At(Clock):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return self._seconds


def test_the_published_vector_is_authentic() -> None:
    source().authenticate(delivery())


@given(body=st.text().map(str.encode), secret=st.text("abc0é", min_size=16, max_size=40))
def test_slack_s_own_verifier_agrees(body: bytes, secret: str) -> None:
    theirs = SignatureVerifier(secret, At(RECEIVED_AT.timestamp()))
    signature = theirs.generate_signature(timestamp=SENT, body=body)
    assert signature
    assert theirs.is_valid(body, SENT, signature)
    source(secret).authenticate(delivery(signature, body=body))
    assert not theirs.is_valid(body + b"x", SENT, signature)
    assert cause(delivery(signature, body=body + b"x"), source(secret)) == "bad_signature"


def test_bytes_that_are_no_text_are_signed_as_they_are() -> None:
    body = b"\xff\xfe\x00payload"
    signature = (
        "v0=" + hmac.new(SECRET.encode(), b"v0:" + SENT.encode() + b":" + body, hashlib.sha256).hexdigest()
    )
    source().authenticate(delivery(signature, body=body))


def test_two_secrets_are_accepted_while_one_replaces_the_other() -> None:
    new = "the-new-signing-secret"
    end = RECEIVED_AT + timedelta(seconds=1)
    rotating = source(new, previous=SECRET, until=end)
    rotating.authenticate(delivery())
    assert cause(delivery(received_at=end), rotating) == "bad_signature"
    rotating.authenticate(delivery(SignatureVerifier(new).generate_signature(timestamp=SENT, body=BODY)))
    assert cause(delivery(), source(new)) == "bad_signature"


@pytest.mark.parametrize(
    "request_",
    [
        delivery(body=BODY + b" "),
        delivery(body=BODY.replace(b"U0TEST1", b"U0TEST2")),
        delivery(body=b""),
        delivery(body=BODY.replace(b"%7B", b"%7b")),
        delivery(sent="1790000001"),
        delivery(sent="01790000000"),
        delivery(V0[:-1]),
        delivery(V0 + "0"),
        delivery(V0.upper()),
        delivery("v0=" + V0[3:].upper()),
        delivery(V0.removeprefix("v0=")),
        delivery("v1" + V0[2:]),
        delivery(V0 + "," + V0),
        delivery(" " + V0),
        delivery(V0 + "\n"),
        delivery(V0 + "é"),
        delivery("é" * 67),
        delivery("\udcff\ud800"),
        delivery("v0="),
        delivery("v0=" + "0" * 64),
        delivery("A" * 100_000),
        delivery("v0=" + hashlib.sha256(SECRET.encode() + BODY).hexdigest()),
        delivery(SignatureVerifier("another-signing-secret").generate_signature(timestamp=SENT, body=BODY)),
    ],
)
def test_a_forged_delivery_is_rejected(request_: WebhookRequest) -> None:
    assert cause(request_) == "bad_signature"


@pytest.mark.parametrize("name", ["signature", "sent"])
@pytest.mark.parametrize("value", [None, ""])
def test_both_headers_are_needed(name: str, value: str | None) -> None:
    signature = value if name == "signature" else V0
    assert cause(delivery(signature, sent=value if name == "sent" else SENT)) == "no_signature"


@pytest.mark.parametrize(
    "sent",
    [
        "abc",
        "-1790000000",
        "+1790000000",
        "1790000000.0",
        "1_790000000",
        " 1790000000",
        "1790000000\n",
        "1e9",
        "0x6AB1",
        "١٧٩٠٠٠٠٠٠٠",
        "²",
        "9" * 14,
        "9" * 5000,
        "1790000000é",
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


@pytest.mark.parametrize("sent", ["0", "1790000000000"[:12], "9" * 12])
def test_milliseconds_and_far_futures_are_stale(sent: str) -> None:
    assert cause(delivery(sent=sent)) == "stale"


@given(signature=st.text(max_size=80), sent=st.text(max_size=20), body=st.binary(max_size=80))
def test_whatever_arrives_it_is_rejected_and_nothing_else(signature: str, sent: str, body: bytes) -> None:
    cause(delivery(signature, sent=sent, body=body))
