"""What is HubSpot's own about its signature, beside what the suite of signatures proves of every vendor."""

import hashlib

import pytest
from hubspot.utils.signature import Signature

from raccord.vendors.hubspot.webhook import signed_url
from tests.connectors.conformance.vectors import cause
from tests.vendors.hubspot.vectors import BODY, ESCAPED, SECRET, SIGNED, URL, UTF8_BODY, A


def test_the_bodies_of_the_vectors_are_the_published_ones() -> None:
    assert len(BODY) == 300
    assert hashlib.sha256(BODY).hexdigest() == (
        "0dac883cf0038932459f8217655e9b2cda019c0f4a2f4511287edd71013af954"
    )
    assert len(UTF8_BODY) == 146


def test_not_every_escape_of_the_url_is_decoded_before_signing() -> None:
    all_decoded = "T+MK6tT8G5YrENlIEr0nmdmwwy/GwRavvKOuPFqVI0I="
    delivery = SIGNED.delivery(url=ESCAPED, signature=all_decoded)
    assert cause(SIGNED.source(), delivery) == "bad_signature"


def test_exactly_the_documented_escapes_are_decoded() -> None:
    decoded = {c for c in map(chr, range(0x20, 0x7F)) if signed_url(f"%{ord(c):02X}") == c}
    assert decoded == set(":/?@!$'()*,;")
    assert signed_url("%3a%2f%253A%C3%A9") == ":/%253A%C3%A9"


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}/",
        URL.replace("https", "http"),
        URL.replace("sync.example.fr", "127.0.0.1:8080"),
        f"{URL}?\ud800",
    ],
)
def test_what_was_sent_elsewhere_is_a_forgery(url: str) -> None:
    assert cause(SIGNED.source(), SIGNED.delivery(url=url)) == "bad_signature"


def test_unkeyed_signatures_are_no_way_in() -> None:
    v1 = "7d1931ae35cbfe65420c28b1a14928b2224fa36b80583398dafc235c98af47ac"
    v2 = "62e183685caa2e7aff72955fc8788eb6c547426f755dc94b61d3d006c1e9bf04"
    assert Signature.get_signature(SECRET, BODY.decode(), "v1") == v1
    at, source = SIGNED.sent_at(A), SIGNED.source()
    for version, signature in (("v1", v1), ("v2", v2)):
        older = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
        neither = SIGNED.delivery(signature=None, sent=None, more=older, received_at=at)
        assert cause(source, neither) == "no_signature"
        assert cause(source, SIGNED.delivery(signature=None, more=older)) == "no_signature"
        assert cause(source, SIGNED.delivery(signature=signature, more=older)) == "bad_signature"
