"""Tokens, scopes, versions, limits and failures (pipedrive.md 0, 6, 8, 9)."""

import httpx
import pytest

from tests.sandbox.pipedrive.bench import CAMILLE, INTEGRATION, TOKEN, Pipedrive

SECRET = ("sandbox-pipedrive-client", "sandbox-pipedrive-client-secret-0000")
REFRESH = {"grant_type": "refresh_token", "refresh_token": "sandbox-pipedrive-refresh-0000"}


async def grant(pipedrive: Pipedrive, auth: tuple[str, str] = SECRET, **form: str) -> httpx.Response:
    answer = await pipedrive.http.post("/pipedrive/oauth/token", data=REFRESH | form, auth=auth)
    pipedrive.contract.check(answer)
    return answer


async def test_the_token_says_whose_it_is_and_of_which_company(pipedrive: Pipedrive) -> None:
    me = await pipedrive.data("GET", "/v1/users/me")
    assert (me["id"], me["name"], me["is_you"]) == (INTEGRATION, "Raccord", True)
    assert (me["company_id"], me["company_domain"]) == (8087566, "hexalab")
    assert (me["default_currency"], me["timezone_name"]) == ("EUR", "Europe/Paris")


async def test_version_1_is_served_under_both_of_its_addresses(pipedrive: Pipedrive) -> None:
    short = await pipedrive.http.get("/pipedrive/v1/users/me", headers={"x-api-token": TOKEN})
    assert short.json() == await pipedrive.call("GET", "/v1/users/me")


async def test_a_token_in_the_address_works_too_and_none_or_another_is_refused(pipedrive: Pipedrive) -> None:
    await pipedrive.call("GET", f"/v2/deals/1?api_token={TOKEN}", token=None)
    for token in (None, "5a4db0c0"):
        answer = await pipedrive.raw("GET", "/v2/deals/1", token=token)
        assert (answer.status_code, answer.headers["x-401-by-gw"]) == (401, "true")
        assert (answer.json()["success"], answer.json()["errorCode"]) == (False, 401)
    await pipedrive.settings(token_revoked=True)
    assert (await pipedrive.refused("GET", "/v2/deals/1"))[0] == 401


async def test_the_log_does_not_show_the_token(pipedrive: Pipedrive) -> None:
    await pipedrive.deal()
    [logged] = await pipedrive.operator.requests(vendor="pipedrive")
    assert logged["headers"]["x-api-token"] == "0000"


async def test_a_refresh_token_becomes_an_access_token_and_the_place_to_call(pipedrive: Pipedrive) -> None:
    given = (await grant(pipedrive)).json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3599)
    assert given["api_domain"] == str(pipedrive.http.base_url).rstrip("/") + "/pipedrive"
    assert given["refresh_token"] == REFRESH["refresh_token"]
    await pipedrive.call("GET", "/v2/deals/1", bearer=given["access_token"])
    # Where both are set, the API token wins.
    both = {"x-api-token": "another", "Authorization": f"Bearer {given['access_token']}"}
    assert (await pipedrive.http.get("/pipedrive/api/v2/deals/1", headers=both)).status_code == 401


async def test_an_access_token_ends(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(token_seconds=0)
    given = (await grant(pipedrive)).json()
    assert (await pipedrive.refused("GET", "/v2/deals/1", bearer=given["access_token"]))[0] == 401


@pytest.mark.parametrize(
    ("form", "secret", "status", "error"),
    [
        ({"refresh_token": "another"}, SECRET[1], 400, "invalid_grant"),
        ({"grant_type": "password"}, SECRET[1], 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, SECRET[1], 400, "invalid_grant"),
        ({}, "x", 400, "invalid_client"),
    ],
)
async def test_what_is_no_grant_is_refused(
    pipedrive: Pipedrive, form: dict[str, str], secret: str, status: int, error: str
) -> None:
    answer = await grant(pipedrive, (SECRET[0], secret), **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_refresh_token_that_nobody_used_for_sixty_days_is_dead(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(refresh_expired=True)
    assert (await grant(pipedrive)).json()["error"] == "invalid_grant"


async def test_a_refresh_may_hand_out_another_refresh_token_and_the_old_one_is_dead(
    pipedrive: Pipedrive,
) -> None:
    await pipedrive.settings(refresh_rotates=True)
    second = (await grant(pipedrive)).json()["refresh_token"]
    assert second != REFRESH["refresh_token"]
    assert (await grant(pipedrive)).status_code == 400
    assert (await grant(pipedrive, refresh_token=second)).status_code == 200


BACK = "http://127.0.0.1:8089/oauth/callback"


async def code_of(pipedrive: Pipedrive, **asked: str) -> httpx.QueryParams:
    """Have somebody agree; return what the app is sent."""
    query = {"client_id": SECRET[0], "redirect_uri": BACK, "state": "s1"} | asked
    page = str(httpx.URL("/pipedrive/oauth/authorize", params=query))
    return httpx.URL(await pipedrive.person.consent(page)).params


async def test_a_code_is_good_once_at_its_own_address(pipedrive: Pipedrive) -> None:
    back = await code_of(pipedrive)
    assert back["state"] == "s1"
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    given = (await grant(pipedrive, SECRET, **form)).json()
    await pipedrive.call("GET", "/v2/deals/1", bearer=given["access_token"])
    assert (await grant(pipedrive, refresh_token=given["refresh_token"])).status_code == 200
    assert (await grant(pipedrive, SECRET, **form)).json()["error"] == "invalid_grant"
    other = form | {"code": (await code_of(pipedrive))["code"], "redirect_uri": "https://a.example/"}
    assert (await grant(pipedrive, SECRET, **other)).json()["error"] == "invalid_request"


async def test_a_page_of_consent_is_for_a_known_app_and_for_its_address_and_may_be_declined(
    pipedrive: Pipedrive,
) -> None:
    query = {"client_id": SECRET[0], "redirect_uri": BACK, "state": "s1"}
    page = httpx.URL("/pipedrive/oauth/authorize", params=query)
    assert (await pipedrive.http.get(page)).status_code == 200
    declined = httpx.URL(await pipedrive.person.consent(str(page), agrees=False)).params
    assert (declined["error"], declined["state"]) == ("user_denied", "s1")
    await pipedrive.settings(callback_url="https://a.example/")
    assert (await pipedrive.http.get(page)).status_code == 400
    other = page.copy_set_param("client_id", "x").copy_set_param("redirect_uri", "https://a.example/")
    assert (await pipedrive.http.get(other)).status_code == 400


async def test_an_app_that_was_removed_has_nothing_any_more(pipedrive: Pipedrive) -> None:
    given = (await grant(pipedrive)).json()
    await pipedrive.person.uninstall()
    assert (await pipedrive.refused("GET", "/v2/deals/1", bearer=given["access_token"]))[0] == 401
    assert (await grant(pipedrive)).json()["error"] == "invalid_grant"


async def test_tokens_are_asked_for_with_a_form(pipedrive: Pipedrive) -> None:
    answer = await pipedrive.http.post("/pipedrive/oauth/token", json=REFRESH, auth=SECRET)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_an_oauth_token_needs_the_scope_and_an_api_token_needs_none(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(scopes=["deals:read"])
    bearer = (await grant(pipedrive)).json()["access_token"]
    await pipedrive.call("GET", "/v2/deals/1", bearer=bearer)
    assert (await pipedrive.refused("PATCH", "/v2/deals/1", bearer=bearer, json={}))[0] == 403
    assert (await pipedrive.refused("GET", "/v1/webhooks", bearer=bearer))[0] == 403
    await pipedrive.call("GET", "/v1/webhooks")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/deals/1", 404),
        ("GET", "/v1/dealFields", 404),
        ("PUT", "/v1/webhooks/1", 405),
        ("DELETE", "/v2/deals/1", 405),
        ("GET", "/v2/deals/x", 404),
        ("DELETE", "/console/deals/1", 404),
    ],
)
async def test_calls_that_there_are_not(pipedrive: Pipedrive, method: str, path: str, status: int) -> None:
    """The twins of v2 are gone from v1, there is no way to change a webhook, and the pages are for people."""
    assert (await pipedrive.refused(method, path))[0] == status


async def test_a_body_that_is_no_json_and_a_parameter_of_nobodys_are_refused(pipedrive: Pipedrive) -> None:
    assert (await pipedrive.refused("PATCH", "/v2/deals/1", content=b"{"))[0] == 400
    assert (await pipedrive.refused("PATCH", "/v2/deals/1", json=[]))[0] == 400
    assert (await pipedrive.refused("GET", "/v2/deals?won_since=x"))[0] == 400


async def test_whatever_is_sent_is_refused_and_nothing_breaks(pipedrive: Pipedrive) -> None:
    sent: list[tuple[str, str, bytes]] = [
        ("POST", "/v2/deals/1/products", b'{"product_id":1,"item_price":1e400,"quantity":1}'),
        ("POST", "/v2/deals/1/products", b'{"product_id":1,"item_price":1e300,"quantity":1}'),
        ("PATCH", "/v2/deals/1", b'{"value":Infinity}'),
        ("PATCH", "/v2/deals/1", b'{"status":"won","won_time":"2026-99-99T10:00:00Z"}'),
        ("PATCH", "/v2/deals/1", b'{"custom_fields":[]}'),
        ("PATCH", "/v2/deals/1", b'{"label_ids":[null]}'),
        ("POST", "/v2/dealFields", b'{"field_name":"x","field_type":"text","ui_visibility":true}'),
        ("POST", "/v2/dealFields", b'{"field_name":[],"field_type":{}}'),
        ("POST", "/v2/persons", b'{"name":"x","emails":[1]}'),
        ("POST", "/v2/activities", b'{"participants":[{"person_id":[]}]}'),
        ("GET", "/v2/deals?updated_since=2026-11-20T99:00:00Z", b""),
        ("GET", "/v2/deals?ids=99999999999999999999", b""),
        ("GET", "/v2/deals?cursor=eyJmaWVsZCI6ImlkIiwic29ydERpcmVjdGlvbiI6ImFzYyJ9", b""),
    ]
    for method, path, content in sent:
        assert (await pipedrive.refused(method, path, content=content))[0] == 400, (path, content)


async def test_an_account_that_nobody_pays_for_is_402(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(account_open=False)
    assert (await pipedrive.refused("GET", "/v2/deals/1"))[0] == 402


async def test_a_burst_is_taken_then_429_says_when_and_sends_no_retry_after(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(rate_limits=True, plan="Lite", burst_window=600.0)
    answers = [await pipedrive.raw("GET", "/v2/deals/1") for _ in range(21)]
    assert answers[0].headers["x-ratelimit-limit"] == "20"
    assert answers[0].headers["x-ratelimit-remaining"] == "19"
    assert [each.status_code for each in answers].count(429) >= 1
    limited = answers[-1]
    assert (limited.status_code, limited.headers["x-ratelimit-remaining"]) == (429, "0")
    assert 1 <= int(limited.headers["x-ratelimit-reset"]) <= 600
    assert "retry-after" not in limited.headers
    assert limited.json()["success"] is False
    # Nobody in the pages waits for an app.
    assert await pipedrive.person.lines(1)


async def test_the_reset_may_be_in_milliseconds(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(rate_limits=True, reset_unit="milliseconds", burst_window=600.0)
    assert int((await pipedrive.raw("GET", "/v2/deals/1")).headers["x-ratelimit-reset"]) > 600


async def test_oauth_has_four_times_the_burst_and_search_has_ten_for_all(pipedrive: Pipedrive) -> None:
    bearer = (await grant(pipedrive)).json()["access_token"]
    await pipedrive.settings(rate_limits=True, plan="Lite", burst_window=600.0)
    answer = await pipedrive.raw("GET", "/v2/deals/1", bearer=bearer)
    assert answer.headers["x-ratelimit-limit"] == "80"
    found = [await pipedrive.raw("GET", "/v2/deals/search?term=ordinary", bearer=bearer) for _ in range(11)]
    assert found[0].headers["x-ratelimit-limit"] == "10"
    assert (found[0].status_code, found[-1].status_code) == (200, 429)


async def test_429s_that_are_ignored_end_in_a_403_that_is_no_json_and_it_passes(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(rate_limits=True, plan="Lite", burst_window=600.0, abuse_after=3)
    await pipedrive.settings(abuse_seconds=600.0)
    answers = [await pipedrive.raw("GET", "/v2/deals/1") for _ in range(24)]
    blocked = answers[-1]
    assert (blocked.status_code, "x-ratelimit-limit" in blocked.headers) == (403, False)
    assert blocked.headers["content-type"].startswith("text/html")
    assert "Cloudflare" in blocked.text
    bearer = (await grant(pipedrive)).json()["access_token"]
    await pipedrive.call("GET", "/v2/deals/1", bearer=bearer)
    await pipedrive.settings(abuse_seconds=0.0, plan="Ultimate")
    await pipedrive.deal()


async def test_a_token_may_be_blocked_whatever_it_does(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(rate_limits=True, blocked=True)
    assert (await pipedrive.raw("GET", "/v2/deals/1")).headers["content-type"].startswith("text/html")


async def test_a_day_has_so_many_tokens_and_then_everything_is_429_until_midnight(
    pipedrive: Pipedrive,
) -> None:
    await pipedrive.settings(rate_limits=True, daily_tokens=26)
    first = await pipedrive.raw("GET", "/v1/users")
    assert first.headers["x-daily-ratelimit-token-limit"] == "26"
    assert first.headers["x-daily-ratelimit-token-remaining"] == "6"
    assert "x-daily-requests-left" not in first.headers
    written = await pipedrive.raw("POST", "/v2/organizations", json={"name": "Une"})
    assert written.headers["x-daily-requests-left"] == "1"
    assert (await pipedrive.raw("GET", "/v2/deals")).status_code == 429
    await pipedrive.deal()
    last = await pipedrive.raw("GET", "/v2/deals/1")
    assert (last.status_code, last.headers["x-daily-ratelimit-token-remaining"]) == (429, "0")
    await pipedrive.person.midnight()
    await pipedrive.deal()


async def test_plan_and_seats_give_the_tokens_and_the_undocumented_headers_may_lack(
    pipedrive: Pipedrive,
) -> None:
    await pipedrive.settings(rate_limits=True, plan="Premium", seats=3)
    answer = await pipedrive.raw("GET", "/v2/deals/1")
    assert answer.headers["x-daily-ratelimit-token-limit"] == str(30_000 * 5 * 3)
    await pipedrive.settings(daily_headers=False)
    assert "x-daily-ratelimit-token-limit" not in (await pipedrive.raw("GET", "/v2/deals/1")).headers


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_failures_speak_pipedrives_words(pipedrive: Pipedrive, status: int) -> None:
    await pipedrive.operator.fault(vendor="pipedrive", effect={"status": status})
    assert (await pipedrive.refused("GET", "/v2/deals/1"))[0] == status


async def test_a_gateway_fails_without_json(pipedrive: Pipedrive) -> None:
    await pipedrive.operator.fault(vendor="pipedrive", effect={"status": 503})
    answer = await pipedrive.raw("GET", "/v2/deals/1")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")


async def test_there_is_no_idempotency_key_so_a_write_whose_answer_is_lost_was_made(
    pipedrive: Pipedrive,
) -> None:
    body = {"subject": "Relance [dunning:in_1:15]", "deal_id": 1}
    await pipedrive.operator.fault(vendor="pipedrive", method="POST", when="after", effect={"status": 504})
    assert (await pipedrive.raw("POST", "/v2/activities", json=body)).status_code == 504
    await pipedrive.call("POST", "/v2/activities", json=body, headers={"Idempotency-Key": "same"})
    await pipedrive.call("POST", "/v2/activities", json=body, headers={"Idempotency-Key": "same"})
    assert len(await pipedrive.person.tasks(1)) == 3
    assert len(await pipedrive.operator.requests(vendor="pipedrive", committed="true")) == 3


async def test_a_person_must_be_one_of_the_account(pipedrive: Pipedrive) -> None:
    answer = await pipedrive.http.get("/pipedrive/api/v2/deals/1", headers={"X-Sandbox-Actor": "1"})
    assert answer.status_code == 400
    me = await pipedrive.person.call("GET", "/api/v1/users/me")
    assert me["data"]["id"] == CAMILLE
