"""Tokens, scopes, limits, failures, and what an answer looks like."""

import time

import httpx
import pytest

from sandbox.pennylane.settings import PennylaneSettings
from tests.sandbox.pennylane.bench import API, Pennylane, line

CLIENT, SECRET, BACK = (
    "pl_sandbox_app",
    "pl_sandbox_app_secret_000000",
    "https://raccord.example/oauth/callback",
)


async def test_the_token_says_whose_it_is_and_that_the_company_is_a_test(pennylane: Pennylane) -> None:
    told = await pennylane.call("GET", "/me")
    assert (told["user"], told["company"]["reg_no"]) == (None, "sandbox-20260")
    assert "customers:all" in told["scopes"]
    await pennylane.settings(sandbox_account=False)
    assert (await pennylane.call("GET", "/me"))["company"]["reg_no"] == "812404309"


@pytest.mark.parametrize("token", [None, "other"])
async def test_another_token_is_401(pennylane: Pennylane, token: str | None) -> None:
    refused = await pennylane.refused("GET", "/me", token=token)
    assert refused == (401, "The access token is invalid")


async def test_a_revoked_token_is_401(pennylane: Pennylane) -> None:
    await pennylane.settings(token_revoked=True)
    assert (await pennylane.refused("GET", "/me"))[0] == 401


async def test_a_scope_that_lacks_is_403_and_readonly_reads(pennylane: Pennylane) -> None:
    await pennylane.settings(scopes=["customers:readonly"])
    await pennylane.call("GET", "/customers")
    await pennylane.call("GET", "/me")
    posted = await pennylane.refused("POST", "/company_customers", json={})
    read = await pennylane.refused("GET", "/customer_invoices")
    needs = 'Access to this resource requires scope "{}".'
    assert posted == (403, needs.format("customers:all"))
    assert read == (403, needs.format("customer_invoices:all"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/customer_invoices/1"),
        ("GET", "/customers/4711"),
        ("PUT", "/customer_invoices/1/finalize"),
        ("GET", "/credit_notes"),
        ("GET", "/customer_invoices/abc"),
        ("GET", f"/customer_invoices/{'9' * 5000}"),
    ],
)
async def test_what_there_is_not_is_404(pennylane: Pennylane, method: str, path: str) -> None:
    assert await pennylane.refused(method, path) == (404, "Not Found")


async def test_25_requests_in_5_seconds_and_each_answer_says_what_is_left(pennylane: Pennylane) -> None:
    usual = PennylaneSettings()
    assert (usual.requests, usual.window_seconds) == (25, 5.0)
    # So long that no slow machine leaves it.
    await pennylane.settings(rate_limits=True, window_seconds=600.0)
    answers = [await pennylane.raw("GET", "/me") for _ in range(26)]
    left = [answer.headers["ratelimit-remaining"] for answer in answers]
    assert (left[0], left[-2], answers[0].headers["ratelimit-limit"]) == ("24", "0", "25")
    assert 0 <= int(answers[0].headers["ratelimit-reset"]) - time.time() <= 601
    limited = answers[-1]
    wait = limited.headers["retry-after"]
    assert (limited.status_code, limited.text) == (
        429,
        f"Rate limit exceeded. Please retry in {wait} seconds.",
    )
    assert limited.headers["content-type"].startswith("text/plain")
    assert 1 <= int(wait) <= 600
    assert await pennylane.person.customers() == []


async def test_each_token_has_a_limit_of_its_own(pennylane: Pennylane) -> None:
    await pennylane.settings(rate_limits=True, requests=1, window_seconds=600.0)
    token = (await granted(pennylane, "customers:all"))["access_token"]
    statuses = [(await pennylane.raw("GET", "/me", token=token)).status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert (await pennylane.raw("GET", "/me")).status_code == 200


@pytest.mark.parametrize(
    ("status", "json"),
    [
        (401, True),
        (403, True),
        (409, True),
        (429, False),
        (500, True),
        (502, False),
        (503, False),
        (504, False),
    ],
)
async def test_failures_speak_as_pennylane_and_its_gateway_do(
    pennylane: Pennylane, status: int, json: bool
) -> None:
    pennylane.checked = False
    await pennylane.operator.fault(vendor="pennylane", effect={"status": status})
    answer = await pennylane.raw("GET", "/customer_invoices")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json") is json
    if json:
        assert answer.json()["status"] == status


async def test_the_guides_errors_have_another_shape(pennylane: Pennylane) -> None:
    pennylane.checked = False
    await pennylane.settings(guide_errors=True)
    body = await pennylane.body(external_reference="a/1")
    await pennylane.call("POST", "/customer_invoices", json=body)
    answer = await pennylane.raw("POST", "/customer_invoices", json=body)
    said = answer.json()
    assert (answer.status_code, said["error"]) == (422, "unprocessable_entity")
    assert said["details"]["field"] == "external_reference"


async def test_what_is_newer_than_the_openapi_can_be_played(pennylane: Pennylane) -> None:
    plain = await pennylane.final()
    pennylane.checked = False
    await pennylane.settings(live_fields=True)
    newer = await pennylane.invoice(plain["id"])
    assert set(newer) - set(plain) == {"factur_x", "schematron_validation_status"}
    await pennylane.person.dispute(plain["id"])
    assert (await pennylane.invoice(plain["id"]))["e_invoicing"]["flow"]["id"]
    assert "establishment_no" in await pennylane.company()


async def test_amounts_are_texts_with_two_decimals_or_as_few_as_they_need(pennylane: Pennylane) -> None:
    made = await pennylane.final(line("100.00"))
    await pennylane.settings(short_amounts=True)
    short = await pennylane.invoice(made["id"])
    assert (made["currency_amount"], short["currency_amount"]) == ("120.00", "120.0")


async def test_a_body_that_is_no_json_is_400(pennylane: Pennylane) -> None:
    refused = await pennylane.refused("POST", "/company_customers", content=b"{")
    assert refused == (400, "ValidateError")
    assert (await pennylane.refused("POST", "/company_customers", json=[]))[0] == 400


async def test_an_invoice_whose_answer_is_lost_was_made(pennylane: Pennylane) -> None:
    body = await pennylane.body(external_reference="38990100001/1")
    path = "/api/external/v2/customer_invoices"
    await pennylane.operator.fault(
        vendor="pennylane", method="POST", path=path, when="after", effect={"status": 504}
    )
    pennylane.checked = False
    assert (await pennylane.raw("POST", "/customer_invoices", json=body)).status_code == 504
    assert (
        len(await pennylane.found("/customer_invoices", ("external_reference", "eq", "38990100001/1"))) == 1
    )
    logged = await pennylane.operator.requests(vendor="pennylane", committed="true")
    assert [entry["path"] for entry in logged][-1] == path


async def test_an_aimed_fault_follows_the_number_of_what_was_created(pennylane: Pennylane) -> None:
    pennylane.checked = False
    await pennylane.operator.fault(
        vendor="pennylane", path=".*/finalize", containing="deal-7", effect={"status": 503}, times=None
    )
    meant, other = [await pennylane.draft(external_reference=name) for name in ("deal-7", "deal-8")]
    statuses = [
        (await pennylane.raw("PUT", f"/customer_invoices/{each['id']}/finalize")).status_code
        for each in (meant, other)
    ]
    assert statuses == [503, 200]


async def granted(pennylane: Pennylane, *scopes: str) -> dict[str, str]:
    """Let somebody consent, and exchange the code."""
    back = await pennylane.person.consent(CLIENT, BACK, *scopes, state="s1")
    query = httpx.URL(back).params
    assert query["state"] == "s1"
    answer = await token_of(pennylane, grant_type="authorization_code", code=query["code"], redirect_uri=BACK)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


async def token_of(
    pennylane: Pennylane, *, path: str = "/oauth/token", secret: str = SECRET, **form: str
) -> httpx.Response:
    data = {"client_id": CLIENT, "client_secret": secret, **form}
    return await pennylane.http.post(f"/pennylane{path}", data=data)


async def test_a_partners_token_has_the_scopes_that_were_agreed_to(pennylane: Pennylane) -> None:
    token = (await granted(pennylane, "customers:readonly"))["access_token"]
    told = await pennylane.call("GET", "/me", token=token)
    assert (told["scopes"], told["user"]["email"]) == (["customers:readonly"], "claire@hexalab.example")
    refused = await pennylane.refused("POST", "/company_customers", token=token, json={})
    assert refused[0] == 403


async def test_a_code_is_used_once_and_at_its_own_address(pennylane: Pennylane) -> None:
    code = httpx.URL(await pennylane.person.consent(CLIENT, BACK, "customers:all")).params["code"]
    for redirect in ("https://elsewhere.example/", BACK):
        answer = await token_of(pennylane, grant_type="authorization_code", code=code, redirect_uri=redirect)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_refresh_token_that_was_used_is_refused(pennylane: Pennylane) -> None:
    first = await granted(pennylane, "customers:all")
    used = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await token_of(pennylane, **used)).json()
    again = await token_of(pennylane, **used)
    assert second["refresh_token"] != first["refresh_token"]
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    await pennylane.call("GET", "/customers", token=second["access_token"])


async def test_an_access_token_ends(pennylane: Pennylane) -> None:
    await pennylane.settings(access_seconds=0)
    told = await granted(pennylane, "customers:all")
    assert (await pennylane.refused("GET", "/me", token=told["access_token"]))[0] == 401
    await pennylane.settings(refresh_seconds=0)
    ended = await granted(pennylane, "customers:all")
    answer = await token_of(pennylane, grant_type="refresh_token", refresh_token=ended["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


async def test_tokens_are_revoked_and_an_application_is_disconnected(pennylane: Pennylane) -> None:
    told = await granted(pennylane, "customers:all")
    form = {"client_id": CLIENT, "client_secret": SECRET, "token": told["access_token"]}
    assert (await pennylane.http.post("/pennylane/oauth/revoke", data=form)).json() == {}
    assert (await pennylane.refused("GET", "/me", token=told["access_token"]))[0] == 401
    await pennylane.person.disconnect()
    again = await token_of(pennylane, grant_type="refresh_token", refresh_token=told["refresh_token"])
    assert again.json()["error"] == "invalid_grant"


async def test_who_is_not_the_application_gets_no_token(pennylane: Pennylane) -> None:
    wrong = await token_of(pennylane, secret="wrong", grant_type="refresh_token", refresh_token="x")
    other = await token_of(pennylane, grant_type="password")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert other.json()["error"] == "unsupported_grant_type"


async def test_tokens_are_got_where_the_guide_says_or_where_the_openapi_does(pennylane: Pennylane) -> None:
    paths = ("/oauth/token", "/oauth/oauth/token")
    guide = [(await token_of(pennylane, path=path)).status_code for path in paths]
    await pennylane.settings(token_path="/oauth/oauth/token")
    spec = [(await token_of(pennylane, path=path)).status_code for path in paths]
    assert (guide, spec) == ([400, 404], [404, 400])


async def test_what_only_people_do_is_not_there_for_an_app(pennylane: Pennylane) -> None:
    answer = await pennylane.http.post("/pennylane/people/transactions", json={"amount": "1", "label": "x"})
    assert answer.status_code == 404
    assert (await pennylane.http.get(f"{API}/me", headers={"X-Sandbox-Actor": "claire"})).status_code == 200
