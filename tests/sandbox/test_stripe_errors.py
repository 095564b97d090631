"""Every refusal, as Stripe's own client understands it."""

import asyncio
from typing import Any

import pytest
import stripe

from sandbox.stripe.settings import StripeSettings
from tests.sandbox.stripe_bench import Bench, line


@pytest.mark.parametrize("key", ["sk_test_other", "rk_live_sandbox0000000000000000"])
async def test_an_unknown_key_is_an_authentication_error(bench: Bench, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        await bench.client_with(key).v1.customers.list_async()
    assert refused.value.http_status == 401
    assert key not in str(refused.value)


async def test_a_request_without_a_key_is_refused(bench: Bench) -> None:
    answer = await bench.control.get("/stripe/v1/customers")
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_a_revoked_key_stops_working_until_it_is_replaced(bench: Bench) -> None:
    await bench.settings(api_key="rk_test_rotated00000000000000000")
    with pytest.raises(stripe.AuthenticationError):
        await bench.client.v1.customers.list_async()
    await bench.client_with("rk_test_rotated00000000000000000").v1.customers.list_async()


async def test_a_missing_permission_is_named(bench: Bench) -> None:
    await bench.settings(denied=["rak_invoice_write"])
    customer = await bench.customer()
    with pytest.raises(stripe.PermissionError, match="rak_invoice_write") as refused:
        await bench.draft(customer=customer.id)
    assert refused.value.http_status == 403
    assert (await bench.client.v1.invoices.list_async()).data == []


@pytest.mark.parametrize(
    ("denied", "refused"),
    [
        ("rak_customer_write", {"POST /v1/customers"}),
        ("rak_customer_read", {"GET /v1/customers", "POST /v1/customers"}),
        ("rak_event_read", {"GET /v1/events"}),
        ("rak_invoice_write", {"POST /v1/invoices/in_1/finalize"}),
        ("rak_tax_rate_write", {"POST /v1/tax_rates"}),
    ],
)
async def test_each_row_of_a_restricted_key_is_none_read_or_write(
    bench: Bench, denied: str, refused: set[str]
) -> None:
    await bench.settings(denied=[denied])
    calls = [
        ("GET", "/v1/customers"),
        ("POST", "/v1/customers"),
        ("GET", "/v1/events"),
        ("GET", "/v1/invoices"),
        ("POST", "/v1/invoices/in_1/finalize"),
        ("POST", "/v1/tax_rates"),
    ]
    answers = {f"{method} {path}": await bench.raw(method, path) for method, path in calls}
    errors = [answer.json()["error"] for answer in answers.values() if answer.status_code == 403]
    assert {call for call, answer in answers.items() if answer.status_code == 403} == refused
    assert {error["type"] for error in errors} == {"invalid_request_error"}
    assert any(f"'{denied}'" in error["message"] for error in errors)


async def test_the_permissions_and_limits_of_a_key_are_not_those_of_a_person_in_the_dashboard(
    bench: Bench,
) -> None:
    await bench.settings(denied=["rak_customer_write"], rate_limits=True, requests_per_second=1)
    person = {"X-Sandbox-Actor": "dashboard"}
    answers = [await bench.raw("POST", "/v1/customers", headers=person) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize(
    ("effect", "retry_after"), [({"status": 403}, None), ({"status": 429, "retry_after": 300}, "300")]
)
async def test_finalising_alone_can_be_refused(
    bench: Bench, effect: dict[str, Any], retry_after: str | None
) -> None:
    draft = await bench.draft(line())
    await bench.fault(method="POST", path="/v1/invoices/[^/]+/finalize", effect=effect, times=None)
    refused = await bench.raw("POST", f"/v1/invoices/{draft.id}/finalize")
    edited = await bench.raw("POST", f"/v1/invoices/{draft.id}", data={"description": "x"})
    assert (refused.status_code, edited.status_code) == (effect["status"], 200)
    assert refused.headers.get("retry-after") == retry_after
    if refused.status_code == 403:
        assert "'rak_invoice_write'" in refused.json()["error"]["message"]


async def test_an_unknown_api_version_is_refused(bench: Bench) -> None:
    client = bench.client_with("rk_test_sandbox0000000000000000", version="2031-01-01.nobody")
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        await client.v1.customers.list_async()


async def test_an_unknown_address_is_a_404_that_names_it(bench: Bench) -> None:
    answer = await bench.raw("GET", "/v1/unicorns")
    assert answer.status_code == 404
    assert "GET: /v1/unicorns" in answer.json()["error"]["message"]


async def test_a_json_body_is_refused(bench: Bench) -> None:
    answer = await bench.raw("POST", "/v1/customers", json={"name": "x"})
    assert answer.status_code == 400
    assert "content type" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ("colour=red", "parameter_unknown", "colour"),
        ("address[planet]=mars", "parameter_unknown", "address[planet]"),
        ("address=mars", None, "address"),
        ("email=nobody", "email_invalid", "email"),
        ("balance=1.5", "parameter_invalid_integer", "balance"),
        ("tax_exempt=sometimes", None, "tax_exempt"),
        ("tax_id_data[0][type]=eu_vat", "parameter_missing", "tax_id_data[0][value]"),
        ("tax_id_data[0][type]=xx_vat&tax_id_data[0][value]=1", None, "tax_id_data[0][type]"),
        ("metadata=x", None, "metadata"),
        ("name[]=x", None, "name"),
        ("preferred_locales=fr", None, "preferred_locales"),
        ("name=a&name[b]=c", None, "name[b]"),
        ("na]me=a", None, "na]me"),
        ("name=" + "x" * 257, None, "name"),
    ],
)
async def test_a_wrong_parameter_is_named(bench: Bench, body: str, code: str | None, param: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await bench.raw("POST", "/v1/customers", content=body, headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error.get("code"), error["param"]) == (400, code, param)
    assert error["message"]
    assert answer.headers["request-id"].startswith("req_")


async def test_required_parameters_cannot_be_empty(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await bench.client.v1.tax_rates.create_async(
            {"display_name": "", "percentage": 20, "inclusive": False}
        )
    assert refused.value.code == "parameter_invalid_empty"


async def test_an_endpoint_and_the_whole_account_take_only_so_much_in_a_second(bench: Bench) -> None:
    target = (await bench.control.get("/_control/webhooks/stripe")).json()
    assert (target["requests_per_second_and_endpoint"], target["requests_per_second"]) == (25, 0)
    # Far below the default, so that a slow machine meets the limit as well.
    await bench.settings(rate_limits=True, requests_per_second_and_endpoint=3)
    calls = [bench.client.v1.customers.list_async() for _ in range(20)]
    results: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    refused = [each for each in results if isinstance(each, stripe.RateLimitError)]
    assert refused
    assert {each.headers["stripe-rate-limited-reason"] for each in refused if each.headers} == {
        "endpoint-rate"
    }
    assert refused[0].error is not None
    assert refused[0].error.code == "rate_limit"
    await bench.settings(requests_per_second=1)
    await asyncio.sleep(1)
    await bench.client.v1.customers.list_async()
    with pytest.raises(stripe.RateLimitError) as stopped:
        await bench.client.v1.invoices.list_async()
    assert stopped.value.headers is not None
    assert stopped.value.headers["stripe-rate-limited-reason"] == "global-rate"


@pytest.mark.parametrize(("key", "limit"), [("rk_test_sandbox0000000000000000", 25), ("rk_live_1", 100)])
def test_a_test_key_has_a_quarter_of_the_requests_of_a_live_one(key: str, limit: int) -> None:
    assert StripeSettings(api_key=key).overall_limit == limit


@pytest.mark.parametrize(("seconds", "said"), [(0, None), (300, "300")])
async def test_a_limit_says_when_to_come_back_only_if_it_is_told_to(
    bench: Bench, seconds: int, said: str | None
) -> None:
    await bench.settings(rate_limits=True, requests_per_second=1, retry_after=seconds)
    answers = [await bench.raw("GET", "/v1/customers") for _ in range(10)]
    assert {a.headers.get("retry-after") for a in answers if a.status_code == 429} == {said}


@pytest.mark.parametrize(("lock", "code"), [(False, "rate_limit"), (True, "lock_timeout")])
async def test_an_injected_429_is_either_a_limit_or_a_lock(bench: Bench, lock: bool, code: str) -> None:
    await bench.settings(lock_timeouts=lock)
    await bench.fault(method="POST", path="/v1/customers", effect={"status": 429})
    with pytest.raises(stripe.RateLimitError) as refused:
        await bench.customer()
    assert refused.value.error is not None
    assert refused.value.error.code == code
    assert (await bench.state())["customers"] == []


async def test_a_server_error_is_an_api_error(bench: Bench) -> None:
    await bench.fault(method="GET", path="/v1/customers", effect={"status": 502})
    with pytest.raises(stripe.APIError) as broken:
        await bench.client.v1.customers.list_async()
    assert broken.value.http_status == 502
    assert broken.value.error is not None
    assert broken.value.error.type == "api_error"


async def test_balance_and_account_answer(bench: Bench) -> None:
    assert (await bench.client.v1.balance.retrieve_async()).livemode is False
    assert (await bench.raw("GET", "/v1/account")).json()["country"] == "FR"
