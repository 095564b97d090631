"""What is Slack's own about its signature, beside what the suite of signatures proves of every vendor."""

import hashlib
import hmac
from dataclasses import replace

import pytest

from tests.connectors.conformance.vectors import cause
from tests.vendors.slack.vectors import DOCUMENTED, SIGNED

SIGNATURE = DOCUMENTED.signature


def test_bytes_that_are_no_text_are_signed_as_they_are() -> None:
    body = b"\xff\xfe\x00payload"
    message = b"v0:" + DOCUMENTED.sent.encode() + b":" + body
    signature = "v0=" + hmac.new(DOCUMENTED.secret.encode(), message, hashlib.sha256).hexdigest()
    SIGNED.source().authenticate(SIGNED.delivery(replace(DOCUMENTED, body=body, signature=signature)))


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE.removeprefix("v0="),
        "v1" + SIGNATURE[2:],
        "v0=",
        "v0=" + SIGNATURE[3:].upper(),
        "v0=" + hashlib.sha256(DOCUMENTED.secret.encode() + DOCUMENTED.body).hexdigest(),
    ],
)
def test_another_version_or_writing_is_a_forgery(signature: str) -> None:
    assert cause(SIGNED.source(), SIGNED.delivery(signature=signature)) == "bad_signature"


def test_a_leading_zero_is_another_time_stamp() -> None:
    delivery = SIGNED.delivery(sent="0" + DOCUMENTED.sent, received_at=SIGNED.sent_at(DOCUMENTED))
    assert cause(SIGNED.source(), delivery) == "bad_signature"


def test_an_escape_that_is_written_otherwise_is_another_body() -> None:
    rewritten = DOCUMENTED.body.replace(b"%7B", b"%7b")
    assert cause(SIGNED.source(), SIGNED.delivery(body=rewritten)) == "bad_signature"
