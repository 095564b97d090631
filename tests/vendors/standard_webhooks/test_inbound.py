"""Events that others sign: the published vectors of Standard Webhooks, and what an event may name."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.webhooks import HintKind, UnreadableBody, WebhookRejected, WebhookRequest
from raccord.vendors.standard_webhooks.inbound import SignedEvents
from raccord.vendors.standard_webhooks.settings import SenderSettings
from tests.vendors.standard_webhooks.test_signing import OTHER, SECRET

SENT = datetime.fromtimestamp(1614265330, UTC)
ID, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
"""The vector of the reference libraries (github.com/standard-webhooks/standard-webhooks, the tests of each
language), and the wrong signature that they use."""


def source(**changes: Any) -> SignedEvents:
    return SignedEvents(SenderSettings.model_validate({"webhook_secret": SECRET} | changes))


def delivery(*, at: datetime = SENT, body: bytes = BODY, **headers: str | None) -> WebhookRequest:
    given = {"id": ID, "timestamp": "1614265330", "signature": RIGHT, **headers}
    named = {f"webhook-{name}": value for name, value in given.items() if value is not None}
    return WebhookRequest(url="https://r.example/webhooks/events", headers=named, body=body, received_at=at)


@pytest.mark.parametrize(
    "signature",
    [
        RIGHT,
        f"{WRONG} v2,{RIGHT[3:]} {RIGHT}",
        f"{WRONG} {RIGHT} {WRONG}",
        f"v1a,{RIGHT[3:]} {RIGHT}",
        f" {RIGHT}",
    ],
)
def test_the_published_vector_is_authentic(signature: str) -> None:
    source().authenticate(delivery(signature=signature))


@pytest.mark.parametrize("minutes", [-5, 5])
def test_five_minutes_off_is_fresh(minutes: int) -> None:
    source().authenticate(delivery(at=SENT + timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("sent", "cause"),
    [
        (delivery(id=None), "no_signature"),
        (delivery(id=""), "no_signature"),
        (delivery(timestamp=None), "no_signature"),
        (delivery(signature=None), "no_signature"),
        (delivery(signature=""), "no_signature"),
        (delivery(signature=" "), "no_signature"),
        (delivery(signature=WRONG), "bad_signature"),
        (delivery(signature=RIGHT[3:]), "bad_signature"),
        (delivery(signature=f"v2,{RIGHT[3:]}"), "bad_signature"),
        (delivery(signature=f"V1,{RIGHT[3:]}"), "bad_signature"),
        (delivery(signature="v1,"), "bad_signature"),
        (delivery(signature=RIGHT.rstrip("=")), "bad_signature"),
        (delivery(signature="é" * 50), "bad_signature"),
        (delivery(signature=RIGHT.replace(",", ", ")), "bad_signature"),
        (delivery(id="msg_other"), "bad_signature"),
        (delivery(id="é"), "bad_signature"),
        (delivery(timestamp="1614265331"), "bad_signature"),
        (delivery(timestamp="01614265330"), "bad_signature"),
        (delivery(timestamp="+1614265330"), "bad_timestamp"),
        (delivery(timestamp="1614265330.0"), "bad_timestamp"),
        (delivery(timestamp="1614265330 "), "bad_timestamp"),
        (delivery(timestamp="1" * 40), "bad_timestamp"),
        (delivery(timestamp="١٦١٤٢٦٥٣٣٠"), "bad_timestamp"),
        (delivery(timestamp="-1614265330"), "bad_timestamp"),
        (delivery(at=SENT + timedelta(minutes=5, seconds=1)), "stale"),
        (delivery(at=SENT - timedelta(minutes=5, seconds=1)), "stale"),
        (delivery(timestamp="1614265330000"), "stale"),
        (delivery(body=BODY + b" "), "bad_signature"),
        (delivery(body=b""), "bad_signature"),
    ],
)
def test_anything_else_is_not(sent: WebhookRequest, cause: str) -> None:
    with pytest.raises(WebhookRejected) as rejected:
        source().authenticate(sent)
    assert rejected.value.cause == cause


def test_the_previous_secret_counts_until_its_day_is_over() -> None:
    rotating = source(
        webhook_secret=OTHER,
        previous_webhook_secret=SECRET,
        previous_webhook_secret_until=SENT.isoformat(),
    )
    rotating.authenticate(delivery(at=SENT - timedelta(seconds=1)))
    with pytest.raises(WebhookRejected):
        rotating.authenticate(delivery(at=SENT + timedelta(seconds=1)))


def test_a_secret_of_nobody_s_believes_nobody() -> None:
    settings = SenderSettings.model_validate({"webhook_secret": SECRET}).with_unknown_secrets()
    with pytest.raises(WebhookRejected):
        SignedEvents(settings).authenticate(delivery())


def event(type_: str, **data: Any) -> bytes:
    return json.dumps({"type": type_, "data": data}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "id_"),
    [
        (event("deal.won", connection="hubspot", deal="9001"), HintKind.DEAL, "9001"),
        (event("deal.changed", connection="hubspot", deal=9001), HintKind.DEAL, "9001"),
        (event("company.changed", connection="hubspot", company="12"), HintKind.COMPANY, "12"),
        (event("contact.changed", connection="hubspot", contact="3"), HintKind.CONTACT, "3"),
        (event("customer.changed", connection="stripe", customer="cus_1"), HintKind.CUSTOMER, "cus_1"),
        (event("invoice.changed", connection="stripe", invoice="in_1"), HintKind.INVOICE, "in_1"),
        (event("payment.received", connection="stripe", invoice="in_1"), HintKind.INVOICE, "in_1"),
        (event("payment.received", connection="stripe", payment="pi_1"), HintKind.PAYMENT, "pi_1"),
        (
            event("payment.received", connection="stripe", invoice=None, payment="pi_1"),
            HintKind.PAYMENT,
            "pi_1",
        ),
    ],
)
def test_an_event_names_a_record_of_a_connection(body: bytes, kind: HintKind, id_: str) -> None:
    (hint,) = source().parse(body).hints
    assert (hint.kind, hint.id) == (kind, id_)
    assert hint.connection in ("hubspot", "stripe")


def test_nothing_else_that_it_says_is_read() -> None:
    said = event("deal.won", connection="hubspot", deal="1", amount="9999.99", name="Zoé")
    assert "9999" not in source().parse(said).model_dump_json()
    assert "Zoé" not in source().parse(said).model_dump_json()


def test_the_same_event_has_the_same_key_and_another_one_another() -> None:
    first, again, other = (
        source().parse(event("deal.won", connection="hubspot", deal=each)).hints[0].key
        for each in ("1", "1", "2")
    )
    assert first == again != other


def test_a_type_that_nobody_uses_is_ignored_by_name() -> None:
    assert source().parse(event("ticket.closed")).ignored == ("type ticket.closed",)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'"deal.won"',
        b'{"type": 1}',
        event("deal.won"),
        event("deal.won", connection="hubspot"),
        event("deal.won", connection="Hubspot", deal="1"),
        event("deal.won", connection="hubspot", deal="a/b"),
        event("deal.won", connection="hubspot", deal=True),
        event("deal.won", connection="hubspot", deal=None),
        event("deal.won", connection="hubspot", deal="\ud800"),
        event("Deal Won", connection="hubspot", deal="1"),
    ],
)
def test_what_names_no_record_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        source().parse(body)


def test_a_sender_needs_no_address() -> None:
    assert SenderSettings.model_validate({"webhook_secret": SECRET}).test is None
    assert base64.b64decode(SECRET.removeprefix("whsec_"))
