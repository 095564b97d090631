"""Every vendor that signs: what is published is believed; what is forged, stale or malformed is rejected."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connectors.conformance.vectors import Signed, Vector, cause, signers

NEW = "the-new-signing-secret"
UNICODE = ("é", "é" * 67, "\udcff\ud800")
FORGED: tuple[Callable[[Vector], Vector], ...] = (
    lambda v: replace(v, body=v.body + b" "),
    lambda v: replace(v, body=bytes((v.body[0] ^ 1,)) + v.body[1:]),
    lambda v: replace(v, body=b""),
    lambda v: replace(v, signature=v.signature[:-1]),
    lambda v: replace(v, signature=v.signature[1:]),
    lambda v: replace(v, signature=v.signature + "0"),
    lambda v: replace(v, signature=v.signature + "="),
    lambda v: replace(v, signature=v.signature + "\n"),
    lambda v: replace(v, signature=" " + v.signature),
    lambda v: replace(v, signature=v.signature + "," + v.signature),
    lambda v: replace(v, signature=v.signature + "é"),
    lambda v: replace(v, signature=v.signature.swapcase()),
    lambda v: replace(v, signature="".join(f"%{ord(each):02X}" for each in v.signature)),
    lambda v: replace(v, signature=v.signature[:3] + "0" * (len(v.signature) - 3)),
    lambda v: replace(v, signature="=" * 44),
    lambda v: replace(v, signature="null"),
    lambda v: replace(v, signature="A" * 100_000),
    lambda v: replace(v, signature=hashlib.sha256(v.secret.encode() + v.body).hexdigest()),
    *(lambda v, text=text: replace(v, signature=text) for text in UNICODE),
)


@pytest.fixture(params=signers())
def signed(request: pytest.FixtureRequest) -> Signed:
    found: Signed = request.param
    return found


@pytest.fixture(params=signers(with_time=True))
def timed(request: pytest.FixtureRequest) -> Signed:
    found: Signed = request.param
    return found


def test_what_is_published_is_authentic(signed: Signed) -> None:
    assert signed.published
    for vector in signed.published:
        signed.source(vector.secret).authenticate(signed.delivery(vector))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(), secret=st.text("abc0é", min_size=16, max_size=40))
def test_the_vendors_own_code_agrees(signed: Signed, text: str, secret: str) -> None:
    theirs = signed.signed_by(secret, replace(signed.vector, body=text.encode()))
    signed.source(secret).authenticate(signed.delivery(theirs))
    assert cause(signed.source(secret), signed.delivery(theirs, body=theirs.body + b"x")) == "bad_signature"


@pytest.mark.parametrize("forge", FORGED, ids=range(len(FORGED)))
def test_a_forged_delivery_is_rejected(signed: Signed, forge: Callable[[Vector], Vector]) -> None:
    forged = forge(signed.vector)
    received_at = signed.sent_at(signed.vector)
    assert forged != signed.vector
    assert cause(signed.source(), signed.delivery(forged, received_at=received_at)) == "bad_signature"


def test_the_signature_of_another_secret_is_none(signed: Signed) -> None:
    assert cause(signed.source(), signed.delivery(signed.signed_by(NEW))) == "bad_signature"
    assert cause(signed.source(NEW), signed.delivery()) == "bad_signature"


@pytest.mark.parametrize("value", [None, ""])
def test_a_signature_is_needed(signed: Signed, value: str | None) -> None:
    nothing_in_its_header(signed, signature=value)


@pytest.mark.parametrize("value", [None, ""])
def test_a_time_is_needed_where_one_is_signed(timed: Signed, value: str | None) -> None:
    nothing_in_its_header(timed, sent=value)


def nothing_in_its_header(signed: Signed, **missing: Any) -> None:
    source, at = signed.source(), signed.sent_at(signed.vector)
    assert cause(source, signed.delivery(received_at=at, **missing)) == "no_signature"
    nameless = signed.delivery(received_at=at, more={"": "x"}, **missing)
    assert cause(source, nameless) == "no_signature"


def test_another_time_is_not_the_one_that_was_signed(timed: Signed) -> None:
    at, later = timed.sent_at(timed.vector), str(int(timed.vector.sent) + 1)
    assert cause(timed.source(), timed.delivery(sent=later, received_at=at)) == "bad_signature"


@pytest.mark.parametrize(
    "sent",
    ["abc", "-{}", "+{}", "{}.0", " {}", "{}\n", "1_{}", "1e9", "0x6AB1", "²", "{}é", "9" * 14, "9" * 5000],
)
def test_a_time_stamp_is_a_plain_integer(timed: Signed, sent: str) -> None:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    at = timed.sent_at(timed.vector)
    for stamp in (sent.format(timed.vector.sent), timed.vector.sent.translate(arabic)):
        assert cause(timed.source(), timed.delivery(sent=stamp, received_at=at)) == "bad_timestamp"


@pytest.mark.parametrize("minutes", [-5, 5])
def test_five_minutes_either_way_are_tolerated_and_not_a_moment_more(timed: Signed, minutes: int) -> None:
    edge = timed.sent_at(timed.vector) + timedelta(minutes=minutes)
    timed.source().authenticate(timed.delivery(received_at=edge))
    beyond = edge + timedelta(milliseconds=1 if minutes > 0 else -1)
    assert cause(timed.source(), timed.delivery(received_at=beyond)) == "stale"


@pytest.mark.parametrize("sent", ["0", "9" * 12, "9" * 13, "another unit"])
def test_another_age_is_stale(timed: Signed, sent: str) -> None:
    at, stamp = timed.sent_at(timed.vector), timed.vector.sent
    if sent == "another unit":
        sent = stamp[:10] if len(stamp) == len("1750340000123") else f"{stamp}000"
    assert cause(timed.source(), timed.delivery(sent=sent, received_at=at)) == "stale"


def test_two_secrets_are_accepted_while_one_replaces_the_other(signed: Signed) -> None:
    old, anew = signed.delivery(), signed.delivery(signed.signed_by(NEW))
    rotating = signed.source(
        NEW,
        previous_webhook_secret=signed.vector.secret,
        previous_webhook_secret_until=old.received_at.date(),
    )
    rotating.authenticate(old)
    rotating.authenticate(anew)
    assert cause(signed.source(NEW), old) == "bad_signature"


@pytest.mark.parametrize(
    ("until", "accepted"),
    [
        (lambda at: at.date() - timedelta(days=1), False),
        (lambda at: at.date(), True),
        (lambda at: str(at.date() - timedelta(days=1)), False),
        (lambda at: str(at.date()), True),
        (lambda _: date.max, True),
        (lambda at: at, False),
        (lambda at: at + timedelta(milliseconds=1), True),
        (lambda at: at.astimezone().isoformat(), False),
        (lambda at: (at + timedelta(seconds=1)).astimezone().isoformat(), True),
    ],
    ids=range(9),
)
def test_the_previous_secret_is_worth_nothing_once_its_time_is_over(
    signed: Signed, until: Callable[[datetime], object], accepted: bool
) -> None:
    old, anew = signed.delivery(), signed.delivery(signed.signed_by(NEW))
    end = until(old.received_at)
    rotating = signed.source(
        NEW, previous_webhook_secret=signed.vector.secret, previous_webhook_secret_until=end
    )
    if accepted:
        rotating.authenticate(old)
    else:
        assert cause(rotating, old) == "bad_signature"
    rotating.authenticate(anew)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(signature=st.text(max_size=80), sent=st.text(max_size=20), body=st.binary(max_size=80))
def test_whatever_arrives_it_is_rejected_and_nothing_else(
    signed: Signed, signature: str, sent: str, body: bytes
) -> None:
    at = signed.sent_at(signed.vector)
    request = signed.delivery(signature=signature, sent=sent, body=body, received_at=at)
    assert cause(signed.source(), request)
