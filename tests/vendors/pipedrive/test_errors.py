"""Refusals as the page's sections 7 to 9 have them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    NotFound,
    Permanent,
    RateLimited,
    Transient,
)
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.failures import Answer, Refused
from raccord.vendors.pipedrive.errors import TABLE, read_fault

READ, WRITE = Operation("read the deal 8", "see all deals"), Operation("write", "edit all deals", write=True)
PAGE = b"<!DOCTYPE html><title>Attention Required! | Cloudflare</title>"


def refused(error: str = "Refused", **more: Any) -> bytes:
    told = {"success": False, "error": error, "error_info": "Please check", "data": None}
    return json.dumps(told | more).encode()


def told(status: int, body: bytes, operation: Operation = READ, **headers: str) -> ConnectorError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(ConnectorError) as caught, TABLE.errors(operation):
        raise Refused(Answer(status, named, body))
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Permanent), (401, Auth), (402, Permanent), (403, Forbidden), (404, NotFound), (405, Permanent)]
    + [(410, Permanent), (415, Permanent), (422, Permanent), (429, RateLimited)]
    + [(status, Transient) for status in (500, 502, 503, 504)],
)
def test_a_status_means_what_the_page_says(status: int, kind: type) -> None:
    assert type(told(status, refused())) is kind


def test_a_write_without_a_verdict_may_have_happened() -> None:
    assert type(told(502, b"<html>", WRITE)) is AmbiguousWrite


@pytest.mark.parametrize("operation", [READ, WRITE])
def test_a_page_of_html_with_403_asks_to_slow_down(operation: Operation) -> None:
    error = told(403, PAGE, operation)
    assert isinstance(error, RateLimited)
    assert error.retry_after >= timedelta(seconds=60)


@pytest.mark.parametrize(("reset", "least", "most"), [("1", 1, 2), ("60", 60, 90), ("1795795200", 2, 3)])
def test_the_reset_is_waited_for_where_it_can_be_seconds(reset: str, least: int, most: int) -> None:
    error = told(429, refused(), x_ratelimit_reset=reset)
    assert isinstance(error, RateLimited)
    assert timedelta(seconds=least) <= error.retry_after <= timedelta(seconds=most)


@pytest.mark.parametrize("header", ["x-daily-ratelimit-token-remaining", "x-daily-requests-left"])
def test_a_budget_that_is_used_up_waits_until_tomorrow_in_its_own_words(header: str) -> None:
    error = told(429, refused("request over limit"), READ, **{header: "0"})
    assert isinstance(error, RateLimited)
    assert "tokens of today are used up" in str(error)
    for hour, hours in ((1, 8), (21, 3)):
        now = datetime(2026, 11, 20, hour, tzinfo=UTC)
        assert read_fault(Answer(429, {header: "0"}, refused()), now=now).pause == timedelta(hours=hours)


def test_less_than_a_request_costs_is_a_budget_used_up_where_the_burst_is_not() -> None:
    left = {"x-daily-ratelimit-token-remaining": "1"}
    assert "tokens of today" in str(told(429, refused(), READ, **left, **{"x-ratelimit-remaining": "12"}))
    assert "tokens of today" not in str(told(429, refused(), READ, **left, **{"x-ratelimit-remaining": "0"}))


def test_a_limit_of_the_plan_says_so() -> None:
    error = told(403, refused("Forbidden", code="feature_capping_deal_fields"), WRITE)
    assert "limit of it is reached" in str(error)


def test_a_refused_token_says_which_setting_to_correct() -> None:
    error = told(401, refused("unauthorized access", errorCode=401), x_401_by_gw="true")
    assert "api_token" in str(error)


def test_the_field_that_is_refused_is_named_and_no_value() -> None:
    code = "3d0fa3429dfa2d3dec265b4fc5dc8258ab66cdf3"
    error = told(400, refused(f"Validation failed: {code}: 'anne@acme.example' is no date"), WRITE)
    assert isinstance(error, Permanent)
    assert error.field == code
    assert "anne" not in str(error)


def test_a_refused_webhook_says_why() -> None:
    body = {"status": "error", "success": False, "errors": {"subscription_url": ["non-reachable URL"]}}
    assert "non-reachable" in str(told(400, json.dumps(body).encode(), WRITE))
