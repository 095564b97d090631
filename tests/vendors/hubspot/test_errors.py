"""Each way a request can go wrong, through HubSpot's real client and over real HTTP."""

import json
import traceback
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)
from raccord.connectors.http.failures import Answer
from raccord.domain.values.deal import InvoiceFields
from raccord.vendors.hubspot.errors import table
from raccord.vendors.hubspot.fault import read_fault
from tests.patience import patience
from tests.vendors.hubspot.account import DEAL, Account
from tests.vendors.hubspot.conftest import TOKEN, Connect
from tests.vendors.hubspot.stub import Fault, Reply, Stub

PARIS = ZoneInfo("Europe/Paris")
CANARY = "canary.person@example.fr"
FIELDS = InvoiceFields(
    invoice_id="in_1",
    number="F-2026-0042",
    url="https://pay.example/1",
    status="issued",
    net=Decimal("1000.00"),
    gross=Decimal("1200.00"),
    currency="EUR",
    due_on=date(2026, 12, 24),
)
HTML = Reply(f"<html>{CANARY}</html>".encode(), headers={"Content-Type": "text/html"})


def error(status: int, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    said = {"status": "error", "message": f"no, {CANARY}", "correlationId": "c-1"}
    return Reply(said | more, status, headers or {})


async def failed_read(crm: Crm, stub: Stub, reply: Reply) -> ConnectorError:
    stub.on(f"GET {DEAL}", reply)
    with pytest.raises(ConnectorError) as caught:
        await crm.read_deal("42")
    return checked(caught.value, stub, "GET")


async def failed_write(crm: Crm, stub: Stub, reply: Reply) -> ConnectorError:
    stub.on(f"PATCH {DEAL}", reply)
    with pytest.raises(ConnectorError) as caught:
        await crm.write_invoice("42", FIELDS)
    return checked(caught.value, stub, "PATCH")


def checked(found: ConnectorError, stub: Stub, method: str) -> ConnectorError:
    """No error quotes an answer or the token, and no write is ever repeated by the client."""
    told = "".join(traceback.format_exception(found))
    assert CANARY not in told
    assert TOKEN not in told
    assert "deal 42" in str(found)
    assert method == "GET" or stub.count(f"{method} {DEAL}") <= 1
    return found


READS = [
    (error(401), Auth),
    (error(403), Forbidden),
    (error(404), NotFound),
    (error(400), Permanent),
    (error(409), Permanent),
    (error(414), Permanent),
    (error(408), Transient),
    *((error(status), Transient) for status in (500, 502, 503, 504, 521, 522, 523, 524)),
    (error(423), RateLimited),
    (error(429), RateLimited),
    (error(477), RateLimited),
    (Reply(status=500), Transient),
    (Reply(b"\xff\xfe not UTF-8", 500), Transient),
    *((Reply(b"<html>no</html>", status), Transient) for status in (401, 403, 404, 407)),
    (Reply({"message": "no Route matched with those values"}, 404), Transient),
    (Reply(status=404), Transient),
    (Reply(status=302, headers={"Location": "/hubspot/crm/v3/objects/deals/43"}), Transient),
    (HTML, Transient),
    (Reply(b""), Transient),
    (Reply(b"\xff"), Transient),
    (Reply({"id": "42", "properties": {}}, fault=Fault.TRUNCATE), Transient),
    (Reply(fault=Fault.RESET), Transient),
    (Reply(f"{CANARY}\r\n".encode(), fault=Fault.NOT_HTTP), Transient),
    (Reply({}), Poison),
    (Reply([]), Poison),
    (Reply({"id": "42"}), Poison),
    (Reply({"id": "42", "properties": {"amount": {"deep": CANARY}}}), Poison),
]


@pytest.mark.parametrize(("reply", "expected"), READS)
async def test_a_failed_read_says_what_kind_of_failure_it_is(
    crm: Crm, stub: Stub, reply: Reply, expected: type[ConnectorError]
) -> None:
    assert type(await failed_read(crm, stub, reply)) is expected


WRITES = [
    (error(401), Auth),
    (error(403), Forbidden),
    (error(404), NotFound),
    (error(400), Permanent),
    (error(409), Permanent),
    *((error(status), AmbiguousWrite) for status in (408, 500, 502, 503, 504, 521, 522, 523, 524)),
    (error(423), RateLimited),
    (error(429), RateLimited),
    (error(477), RateLimited),
    (Reply(status=302, headers={"Location": "/hubspot/crm/v3/objects/deals/43"}), AmbiguousWrite),
    (HTML, AmbiguousWrite),
    (Reply(b""), AmbiguousWrite),
    (Reply(b"<html>404</html>", 404), AmbiguousWrite),
    (Reply({"id": "42", "properties": {}}, fault=Fault.TRUNCATE), AmbiguousWrite),
    (Reply(fault=Fault.RESET), AmbiguousWrite),
    (Reply({}), AmbiguousWrite),
    (Reply(status=204), AmbiguousWrite),
]


@pytest.mark.parametrize(("reply", "expected"), WRITES)
async def test_a_failed_write_says_whether_it_may_have_happened(
    crm: Crm, stub: Stub, reply: Reply, expected: type[ConnectorError]
) -> None:
    assert type(await failed_write(crm, stub, reply)) is expected


@pytest.mark.parametrize(
    ("reply", "answered"),
    [(error(503), True), (error(408), False), (HTML, False), (Reply(fault=Fault.RESET), False)],
)
async def test_only_a_server_error_answers_an_ambiguous_write(
    crm: Crm, stub: Stub, reply: Reply, answered: bool
) -> None:
    found = await failed_write(crm, stub, reply)
    assert isinstance(found, AmbiguousWrite)
    assert found.answered is answered


@pytest.mark.parametrize("fault", [Fault.STALL, Fault.DRIP])
async def test_a_slow_answer_is_given_up_after_the_time_of_one_request(
    connect: Connect, stub: Stub, fault: Fault
) -> None:
    crm = connect(timeout=timedelta(seconds=0.4))
    started = datetime.now(UTC)
    reply = Reply({"id": "42", "properties": {}}, fault=fault)
    assert type(await failed_read(crm, stub, reply)) is Transient
    assert type(await failed_write(crm, stub, reply)) is AmbiguousWrite
    assert datetime.now(UTC) - started < timedelta(seconds=patience(3))


async def test_a_write_that_never_left_is_not_ambiguous(connect: Connect, stub: Stub) -> None:
    crm = connect(timeout=timedelta(seconds=0.4), requests_per_second=0.01)
    stub.on(f"GET {DEAL}", error(404))
    with pytest.raises(NotFound):
        await crm.read_deal("42")
    with pytest.raises(RateLimited, match="own limit"):
        await crm.write_invoice("42", FIELDS)
    assert stub.count(f"PATCH {DEAL}") == 0


async def test_after_a_failure_the_connection_works_again(crm: Crm, account: Account) -> None:
    for reply in (Reply(fault=Fault.RESET), HTML, error(500)):
        account.stub.on(f"GET {DEAL}", reply)
        with pytest.raises(Transient):
            await crm.read_deal("42")
    account.stub.on(f"GET {DEAL}", Reply(account.as_deal("42")))
    assert (await crm.read_deal("42")).ref.id == "42"


async def test_a_missing_permission_is_named(crm: Crm, stub: Stub) -> None:
    assert "crm.objects.deals.read" in str(await failed_read(crm, stub, error(403)))
    assert "crm.objects.deals.write" in str(await failed_write(crm, stub, error(403)))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (["crm.objects.deals.write"], "the scope crm.objects.deals.write in"),
        (["e-commerce", "other.write"], "the scope e-commerce or other.write in"),
        ([CANARY, 5, None], "the scope crm.objects.deals.write in"),
        ("x", "the scope crm.objects.deals.write in"),
    ],
)
async def test_the_permission_that_hubspot_names_is_told_too(
    crm: Crm, stub: Stub, named: Any, said: str
) -> None:
    detail = {"message": "One or more are required.", "context": {"requiredGranularScopes": named}}
    found = await failed_write(crm, stub, error(403, category="MISSING_SCOPES", errors=[detail]))
    assert type(found) is Forbidden
    assert said in str(found)


SCHEMA = "crm.schemas.deals.read"


@pytest.mark.parametrize(
    "more",
    [
        {"errors": [{"context": {"requiredGranularScopes": [SCHEMA]}}]},
        {"errors": [{"message": "x"}, {"context": {"requiredGranularScopes": [SCHEMA]}}]},
        {"context": {"requiredGranularScopes": [SCHEMA]}},
        {"context": {"missingScopes": [SCHEMA]}},
        {"errors": [{"context": {"requiredScopes": ["contacts"], "requiredGranularScopes": [SCHEMA]}}]},
    ],
)
async def test_the_scope_is_the_one_that_hubspot_names_and_no_other(
    crm: Crm, stub: Stub, more: dict[str, Any]
) -> None:
    found = str(await failed_read(crm, stub, error(403, category="MISSING_SCOPES", **more)))
    assert f"the scope {SCHEMA} in" in found
    assert "crm.objects" not in found
    assert "contacts" not in found


@pytest.mark.parametrize("status", [401, 403])
async def test_an_address_that_is_not_allowed_is_no_missing_scope(crm: Crm, stub: Stub, status: int) -> None:
    message = f"Requests from the IP address 203.0.113.9 are not allowed for {CANARY}."
    found = str(await failed_read(crm, stub, error(status, message=message)))
    assert "this machine's address" in found
    assert "scope" not in found
    assert "203.0.113.9" not in found


@pytest.mark.parametrize("status", [400, 413, 414])
async def test_a_page_on_the_way_is_no_refusal_of_the_data(crm: Crm, stub: Stub, status: int) -> None:
    page = Reply(b"<html>Request-URI Too Large</html>", status)
    read, written = await failed_read(crm, stub, page), await failed_write(crm, stub, page)
    assert (type(read), type(written)) == (Transient, AmbiguousWrite)
    assert "the proxies on the way" in str(read)


async def test_a_refused_property_is_named(crm: Crm, stub: Stub) -> None:
    detail = {"message": CANARY, "code": "INVALID_OPTION", "context": {"propertyName": ["billing_status"]}}
    found = await failed_write(crm, stub, error(400, category="VALIDATION_ERROR", errors=[detail]))
    assert isinstance(found, Permanent)
    assert (found.code, found.field, found.request_id) == ("INVALID_OPTION", "billing_status", "c-1")
    assert "“billing_status” does not offer" in str(found)


async def test_a_property_named_inside_an_older_message_is_found(crm: Crm, stub: Stub) -> None:
    message = (
        'Property values were not valid: [{"isValid":false,"message":"Property \\"billing_due_on\\" does not '
        f'exist ({CANARY})","error":"PROPERTY_DOESNT_EXIST","name":"billing_due_on"}}] - see the docs'
    )
    found = await failed_write(crm, stub, error(400, message=message, category="VALIDATION_ERROR"))
    assert isinstance(found, Permanent)
    assert (found.code, found.field) == ("PROPERTY_DOESNT_EXIST", "billing_due_on")
    assert "Create it in HubSpot" in str(found)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"errors":[]}',
        b'{"errors":"x","message":5}',
        b'{"message":"[{"}',
        b'{"message":"{}"}',
        b'{"errors":[{"code":"a canary","context":[]}],"category":7,"correlationId":"a b"}',
        b"\xff",
        b"[" * 9000,
    ],
)
def test_any_body_of_an_error_can_be_read(body: bytes) -> None:
    fault = read_fault(Answer(400, {}, body), zone=PARIS)
    assert (fault.code, fault.field, fault.request_id, fault.needed) == (None, None, None, None)


def pause(status: int, policy: str | None, now: datetime) -> timedelta | None:
    body = json.dumps({"status": "error", "policyName": policy}).encode()
    return read_fault(Answer(status, {}, body), zone=PARIS, now=now).pause


@pytest.mark.parametrize(
    ("status", "policy", "seconds"),
    [
        (429, "SECONDLY", 1),
        (429, "TEN_SECONDLY_ROLLING", 10),
        (429, None, 10),
        (429, "NEW_POLICY", 10),
        (429, "DAILY", 8 * 3600),
        (423, None, 2),
        (477, None, 60),
    ],
)
def test_the_wait_is_what_the_exhausted_quota_asks_for(
    status: int, policy: str | None, seconds: float
) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=PARIS)
    assert (pause(status, policy, noon) or table(PARIS).pause).total_seconds() == seconds


def test_the_day_s_quota_is_awaited_until_midnight_in_the_company_s_zone() -> None:
    assert pause(429, "DAILY", datetime(2026, 11, 20, 22, 30, tzinfo=UTC)) == timedelta(minutes=30)


def test_after_midnight_the_company_s_next_day_is_awaited() -> None:
    assert pause(429, "DAILY", datetime(2026, 11, 20, 23, 30, tzinfo=UTC)) == timedelta(hours=8)


async def test_the_wait_reaches_the_caller(crm: Crm, stub: Stub) -> None:
    limited = await failed_read(
        crm, stub, error(429, policyName="TEN_SECONDLY_ROLLING", errorType="RATE_LIMIT")
    )
    assert isinstance(limited, RateLimited)
    assert limited.retry_after >= timedelta(seconds=10)
    migrating = await failed_write(crm, stub, error(477, {"Retry-After": "120"}))
    assert isinstance(migrating, RateLimited)
    assert migrating.retry_after == timedelta(seconds=120)
