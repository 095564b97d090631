"""Versions, tokens, what is shared, limits and failures."""

from typing import Any

import pytest

from tests.sandbox.notion.bench import NEW, OLD, PRIVATE, ROOT, Notion, paragraph


async def test_the_token_says_whose_it_is(notion: Notion) -> None:
    me = await notion.call("GET", "/users/me")
    assert (me["type"], me["name"]) == ("bot", "Raccord")


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"version": None}, 400, "missing_version"),
        ({"version": "2022-06-28"}, 400, "validation_error"),
        ({"token": None}, 401, "unauthorized"),
        ({"token": "ntn_other"}, 401, "unauthorized"),
    ],
)
async def test_version_and_token_are_needed(
    notion: Notion, options: dict[str, Any], status: int, code: str
) -> None:
    refused = await notion.refused("GET", "/users/me", **options)
    assert refused[:2] == (status, code)


async def test_a_deleted_integration_is_unauthorized(notion: Notion) -> None:
    await notion.operator.settings("notion", token_revoked=True)
    assert (await notion.refused("GET", "/users/me"))[1] == "unauthorized"


async def test_what_is_not_shared_is_not_found_until_somebody_connects_it(notion: Notion) -> None:
    for path in (f"/pages/{PRIVATE}", f"/blocks/{PRIVATE}/children"):
        status, code, message = await notion.refused("GET", path)
        assert (status, code, "shared with your integration" in message) == (404, "object_not_found", True)
    body = {"parent": {"page_id": PRIVATE}, "properties": {}}
    assert (await notion.refused("POST", "/pages", json=body))[0] == 404
    await notion.person.share(PRIVATE)
    await notion.call("GET", f"/pages/{PRIVATE}")


async def test_what_is_made_under_a_shared_page_is_shared_and_goes_with_it(notion: Notion) -> None:
    database, source = await notion.database()
    row = await notion.row(source, "a")
    await notion.person.unshare()
    paths = (f"/databases/{database}", f"/data_sources/{source}", f"/pages/{row}")
    assert [(await notion.refused("GET", path))[0] for path in paths] == [404, 404, 404]


@pytest.mark.parametrize(
    ("lacking", "method", "path"),
    [
        ("read_content", "GET", f"/pages/{ROOT}"),
        ("insert_content", "PATCH", f"/blocks/{ROOT}/children"),
        ("update_content", "PATCH", f"/pages/{ROOT}"),
    ],
)
async def test_a_capability_that_lacks_is_403(notion: Notion, lacking: str, method: str, path: str) -> None:
    kept = [each for each in ("read_content", "insert_content", "update_content") if each != lacking]
    await notion.operator.settings("notion", capabilities=kept)
    assert (await notion.refused(method, path))[:2] == (403, "restricted_resource")
    await notion.call("GET", "/users/me")


async def test_an_id_may_lack_its_dashes_and_must_be_one(notion: Notion) -> None:
    assert (await notion.call("GET", f"/pages/{ROOT.replace('-', '')}"))["id"] == ROOT
    assert (await notion.refused("GET", "/pages/2026-W47"))[:2] == (400, "validation_error")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", f"/databases/{ROOT}/query"), ("PUT", f"/pages/{ROOT}"), ("GET", "/nothing"), ("GET", "/pages")],
)
async def test_a_call_that_there_is_not_is_an_invalid_url(notion: Notion, method: str, path: str) -> None:
    assert (await notion.refused(method, path))[:2] == (400, "invalid_request_url")


async def test_a_body_that_is_no_json_is_refused(notion: Notion) -> None:
    assert (await notion.refused("POST", "/pages", content=b"{"))[1] == "invalid_json"
    assert (await notion.refused("POST", "/pages", json=[]))[1] == "validation_error"


async def test_a_burst_is_taken_then_three_a_second(notion: Notion) -> None:
    await notion.operator.settings("notion", rate_limits=True, burst=3)
    answers = [await notion.raw("GET", "/users/me") for _ in range(8)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    assert limited
    assert (limited[0].json()["code"], limited[0].headers["retry-after"]) == ("rate_limited", "1")
    assert (await notion.person.pages()) == []


async def test_a_body_of_more_than_500_kilobytes_is_refused(notion: Notion) -> None:
    many = [paragraph("x" * 2000, color="default") for _ in range(100)]
    wide = [{"paragraph": {"rich_text": [{"text": {"content": "x" * 2000}}] * 3}}] * 100
    await notion.call("PATCH", f"/blocks/{ROOT}/children", json={"children": many})
    refused = await notion.refused("PATCH", f"/blocks/{ROOT}/children", json={"children": wide})
    assert (refused[0], "500000 bytes" in refused[2]) == (400, True)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (409, "conflict_error"),
        (429, "rate_limited"),
        (500, "internal_server_error"),
        (503, "service_unavailable"),
        (504, "gateway_timeout"),
        (529, "service_overload"),
    ],
)
async def test_failures_speak_notions_words(notion: Notion, status: int, code: str) -> None:
    await notion.operator.fault(vendor="notion", effect={"status": status, "retry_after": 3})
    answer = await notion.raw("GET", "/users/me")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["retry-after"] == "3"


async def test_a_gateway_fails_without_json(notion: Notion) -> None:
    await notion.operator.fault(vendor="notion", effect={"status": 502})
    answer = await notion.raw("GET", "/users/me")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_a_page_whose_answer_is_lost_was_made(notion: Notion) -> None:
    await notion.operator.fault(vendor="notion", path="/v1/pages", when="after", effect={"status": 504})
    body = {"parent": {"page_id": ROOT}, "properties": {"title": {"title": [{"text": {"content": "W47"}}]}}}
    assert (await notion.raw("POST", "/pages", json=body)).status_code == 504
    assert [page["title"] for page in await notion.person.pages()] == ["W47"]
    logged = await notion.operator.requests(vendor="notion", committed="true")
    assert [entry["path"] for entry in logged] == ["/v1/pages"]


async def test_archived_and_after_went_with_the_newer_version(notion: Notion) -> None:
    page = await notion.page("W47", paragraph("a"), paragraph("b"))
    first = (await notion.call("GET", f"/blocks/{page}/children"))["results"][0]["id"]
    path = f"/blocks/{page}/children"
    added = {"children": [paragraph("entre")]}
    place = {"position": {"type": "after_block", "after_block": {"id": first}}}
    refused = [
        await notion.refused("PATCH", f"/pages/{page}", json={"archived": True}, version=NEW),
        await notion.refused("PATCH", path, json={**added, "after": first}, version=NEW),
        await notion.refused("PATCH", path, json={**added, **place}, version=OLD),
    ]
    await notion.call("PATCH", path, json={**added, "after": first}, version=OLD)
    await notion.call("PATCH", path, json={**added, **place}, version=NEW)
    await notion.call("PATCH", path, json={**added, "position": {"type": "start"}}, version=NEW)
    await notion.call("PATCH", path, json={**added, "position": {"type": "end"}}, version=NEW)
    assert {code for _, code, _ in refused} == {"validation_error"}
    assert await notion.person.lines("W47") == ["entre", "a", "entre", "entre", "b", "entre"]
    old, new = [await notion.call("GET", f"/pages/{page}", version=each) for each in (OLD, NEW)]
    assert (old["archived"], old["in_trash"], "archived" in new) == (False, False, False)
    assert (await notion.call("PATCH", f"/pages/{page}", json={"archived": True}, version=OLD))["in_trash"]


async def test_the_state_shows_pages_databases_and_what_is_shared(notion: Notion) -> None:
    await notion.database()
    state = await notion.operator.state("notion")
    assert state["shared"] == [ROOT]
    assert [(page["title"], page["shared"]) for page in state["pages"]] == [
        ("Pilotage", True),
        ("Direction", False),
    ]
    assert state["databases"][0]["data_sources"][0]["columns"]["Montant"] == "number"
