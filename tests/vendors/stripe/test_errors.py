import gzip
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)
from raccord.connectors.http import client as transport
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Fault, Reply, Stub
from tests.vendors.stripe.samples import invoice, order, refusal, settings, tax_rate

HTML = b"<html><body>502 Bad Gateway</body></html>"
CREATE, READ = "POST /v1/invoices", "GET /v1/invoices/in_1"
READ_RATE = "GET /v1/tax_rates/txr_20"


async def failure_of(action: Awaitable[Any]) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        await action
    return raised.value


def create(billing: StripeBilling) -> Awaitable[Any]:
    return billing.create_draft(order(), key="inv/1")


def read(billing: StripeBilling) -> Awaitable[Any]:
    return billing.read_invoice("in_1")


@pytest.mark.parametrize(
    "answer",
    [
        refusal(500, type_="api_error"),
        refusal(503, type_="api_error"),
        Reply(HTML, 500),
        Reply(HTML, 502),
        Reply(HTML, 200),
        Reply(b"", 200),
        Reply(b'{"id": "in_1", "object": "inv', 200),
        Reply(b"\xff\xfe", 200),
        Reply({"error": "bad gateway"}, 502),
        Reply({"error": None}, 502),
        Reply(["unexpected"], 200),
        Reply({"id": "in_1", "object": "invoice"}, 200),
        Reply(b"", 302, {"Location": "http://127.0.0.1:1/"}),
        refusal(408),
    ],
    ids=lambda a: f"{a.status}-{str(a.body)[:12]}",
)
async def test_a_write_answered_with_an_error_or_nonsense_may_have_happened(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on(CREATE, answer)
    error = await failure_of(create(billing))
    assert isinstance(error, AmbiguousWrite)
    assert error.answered
    assert len(stub.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        refusal(500, type_="api_error"),
        Reply(HTML, 500),
        Reply(HTML, 200),
        Reply({"error": "bad gateway"}, 502),
        Reply(b"", 302, {"Location": "http://127.0.0.1:1/"}),
        Reply(fault=Fault.RESET),
        Reply(invoice(), fault=Fault.STALL),
    ],
)
async def test_a_read_that_fails_is_only_tried_again(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on(READ, answer)
    assert isinstance(await failure_of(read(billing)), Transient)


@pytest.mark.parametrize("answer", [Reply(fault=Fault.RESET), Reply(invoice(), fault=Fault.STALL)])
async def test_a_write_without_an_answer_is_asked_again_under_the_same_key(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on(CREATE, answer, Reply(invoice()))
    stub.on(READ_RATE, tax_rate("txr_20", 20))
    error = await failure_of(create(billing))
    assert isinstance(error, AmbiguousWrite)
    assert not error.answered
    await create(billing)
    first, second = stub.asked(CREATE)
    assert first.params == second.params
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "inv/1"


async def test_a_write_that_never_left_is_no_mystery() -> None:
    billing = StripeBilling("stripe", settings("http://127.0.0.1:1"), BusinessClock())
    assert isinstance(await failure_of(create(billing)), Transient)
    await billing.close()


async def test_json_of_another_shape_is_poison(billing: StripeBilling, stub: Stub) -> None:
    stub.on(
        READ,
        {"id": "in_1", "object": "invoice"},
        invoice(status="frozen"),
        invoice(total=120.5),
        invoice(total_taxes=[{"amount": 1}]),
    )
    for _ in range(4):
        assert isinstance(await failure_of(read(billing)), Poison)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(409, "idempotency_key_in_use", type_="idempotency_error"),
        refusal(429, "rate_limit"),
        refusal(429, "lock_timeout"),
        Reply(HTML, 429),
    ],
)
async def test_busy_means_later_and_nothing_happened(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on(CREATE, answer)
    error = await failure_of(create(billing))
    assert isinstance(error, RateLimited)
    assert timedelta(seconds=1) <= error.retry_after <= timedelta(seconds=5)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("0", 1, 1),
        ("999999", 86400, 86400),
        (timedelta(seconds=600), 590, 600),
        (timedelta(days=-2), 1, 1),
        ("soon", 1, 5),
        ("9" * 5000, 1, 5),
    ],
)
async def test_retry_after_is_obeyed_within_reason(
    billing: StripeBilling, stub: Stub, header: str | timedelta, low: int, high: int
) -> None:
    answer = refusal(429, "rate_limit")
    if isinstance(header, timedelta):
        header = format_datetime(datetime.now(UTC) + header, usegmt=True)
    stub.on(READ, Reply(answer.body, 429, {"Retry-After": header}))
    error = await failure_of(read(billing))
    assert isinstance(error, RateLimited)
    assert timedelta(seconds=low) <= error.retry_after <= timedelta(seconds=high)


async def test_refused_credentials_name_what_to_do(billing: StripeBilling, stub: Stub) -> None:
    message = "Having the 'rak_invoice_write' permission would allow this request to continue."
    stub.on(
        CREATE,
        refusal(401, "api_key_expired"),
        Reply({"error": {"type": "invalid_request_error", "message": message}}, 403),
    )
    refused, forbidden = await failure_of(create(billing)), await failure_of(create(billing))
    assert isinstance(refused, Auth)
    assert "api_key" in str(refused)
    assert isinstance(forbidden, Auth)
    assert "Invoices: Write" in str(forbidden)
    assert "rak_invoice_write" in str(forbidden)


async def test_a_refusal_is_permanent_with_code_and_field(billing: StripeBilling, stub: Stub) -> None:
    stub.on(
        CREATE,
        refusal(400, "email_invalid", param="email"),
        refusal(400, "idempotency_error", type_="idempotency_error"),
        refusal(402, "card_declined", type_="card_error"),
        refusal(400, "resource_missing", param="customer"),
    )
    email, bug, card, missing = [await failure_of(create(billing)) for _ in range(4)]
    assert isinstance(email, Permanent)
    assert (email.code, email.field, email.request_id) == ("email_invalid", "email", "req_1")
    assert isinstance(bug, Permanent)
    assert bug.code == "idempotency_error"
    assert "bug" in str(bug)
    assert isinstance(card, Permanent)
    assert isinstance(missing, Permanent)
    assert not isinstance(missing, NotFound)


def worded(message: str, status: int = 400, **more: str) -> Reply:
    return Reply({"error": {"type": "invalid_request_error", "message": message} | more}, status)


COMBINED = (
    "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or "
    "invoice item with currency eur"
)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (worded(COMBINED), "one currency for each customer"),
        (
            worded("The price specified only supports `usd`.", code="currency_mismatch", param="currency"),
            "its error is currency_mismatch, “The price specified only supports `usd`” (currency)",
        ),
        (
            worded("Missing required param: customer.", code="parameter_missing", param="customer"),
            "it needs a value that was not sent (customer)",
        ),
        (
            worded("Invalid currency: xyz. Stripe supports these: usd, eur", param="currency"),
            "its error is status 400, “Invalid currency” (currency)",
        ),
    ],
)
async def test_what_stripe_says_of_currencies_and_parameters_is_told(
    billing: StripeBilling, stub: Stub, answer: Reply, said: str
) -> None:
    stub.on(CREATE, answer)
    assert said in str(await failure_of(create(billing)))


@pytest.mark.parametrize("status", [401, 403])
async def test_an_address_that_is_not_allowed_is_no_missing_permission(
    billing: StripeBilling, stub: Stub, status: int
) -> None:
    message = "The API key provided does not allow requests from your IP address (203.0.113.9)."
    stub.on(CREATE, worded(message, status))
    found = await failure_of(create(billing))
    assert isinstance(found, Auth)
    assert "this machine's address" in str(found)
    assert "203.0.113.9" not in str(found)
    assert "permission" not in str(found)


@pytest.mark.parametrize("status", [400, 413, 414])
async def test_a_page_on_the_way_is_no_refusal_of_the_data(
    billing: StripeBilling, stub: Stub, status: int
) -> None:
    stub.on(CREATE, Reply(HTML, status))
    stub.on(READ, Reply(HTML, status))
    found = await failure_of(create(billing)), await failure_of(read(billing))
    assert [type(each) for each in found] == [AmbiguousWrite, Transient]


async def test_a_missing_object_is_not_found_but_a_wrong_address_is_not(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(READ, refusal(404, "resource_missing", param="id"), refusal(404))
    assert isinstance(await failure_of(read(billing)), NotFound)
    assert not isinstance(await failure_of(read(billing)), NotFound)


def chain(error: BaseException | None) -> str:
    return "" if error is None else f"{error!r} {error} {chain(error.__cause__)}"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 429, 500])
@pytest.mark.parametrize("action", [create, read])
async def test_no_vendor_text_and_no_key_is_in_an_error_or_its_causes(
    billing: StripeBilling,
    stub: Stub,
    status: int,
    action: Callable[[StripeBilling], Awaitable[Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    stub.on(CREATE, refusal(status, "x"))
    stub.on(READ, refusal(status, "x"))
    with caplog.at_level(logging.WARNING):
        error = await failure_of(action(billing))
    text = chain(error) + caplog.text
    assert "acme.example" not in text
    assert "sk_test" not in text
    assert "rk_test" not in text


async def test_an_endless_answer_is_cut_off(
    billing: StripeBilling, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 100_000)
    bomb = json.dumps(invoice(total_taxes=[])).encode() + b" " * 10_000_000
    stub.on(READ, Reply(gzip.compress(bomb), 200, {"Content-Encoding": "gzip"}))
    assert isinstance(await failure_of(read(billing)), Transient)


async def test_every_post_carries_its_key_and_the_pinned_version(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CREATE, invoice(total_taxes=[]))
    long, accented = "inv/" + "x" * 300, "inv/été"
    for key in ("inv/1", long, long, accented):
        await billing.create_draft(order(), key=key)
    keys = [s.headers["idempotency-key"] for s in stub.asked(CREATE)]
    assert keys[0] == "inv/1"
    assert keys[1] == keys[2] != keys[3]
    assert all(len(k) <= 255 and k.isascii() for k in keys)
    assert {s.headers["stripe-version"] for s in stub.seen} == {"2026-10-28.endive"}
    assert {s.headers["user-agent"] for s in stub.seen} == {"raccord"}
