"""Histories and threads, page by page."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.slack_bench import Slack, slack_bench

META = {"event_type": "question", "event_payload": {"ref": "q/1"}}


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Slack]:
    async with slack_bench() as one:
        yield one


@pytest.fixture
async def slack(served: Slack) -> Slack:
    await served.fresh(rate_limits=False)
    return served


async def _pages(slack: Slack, method: str, **arguments: Any) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        answer = await slack.call(method, channel="C0BILLING", cursor=cursor, **arguments)
        assert answer["ok"], answer
        pages.append([message["text"] for message in answer["messages"]])
        assert answer["has_more"] == ("response_metadata" in answer)
        if not answer["has_more"]:
            return pages
        cursor = answer["response_metadata"]["next_cursor"]


async def test_history_runs_from_the_newest_back_in_pages(slack: Slack) -> None:
    for number in range(5):
        await slack.post(str(number))
    assert await _pages(slack, "conversations.history", limit=2) == [["4", "3"], ["2", "1"], ["0"]]


async def test_bounds_are_open_unless_asked_otherwise(slack: Slack) -> None:
    stamps = [await slack.post(str(number)) for number in range(5)]
    bounds = {"oldest": stamps[1], "latest": stamps[3]}
    assert await _pages(slack, "conversations.history", **bounds) == [["2"]]
    assert await _pages(slack, "conversations.history", **bounds, inclusive=True) == [["3", "2", "1"]]


async def test_metadata_is_shown_only_when_asked_for(slack: Slack) -> None:
    ts = await slack.post(metadata=META)
    shown = []
    for method in ("conversations.history", "conversations.replies"):
        for asked in ({}, {"include_all_metadata": True}):
            answer = await slack.call(method, channel="C0BILLING", ts=ts, **asked)
            shown.append(answer["messages"][0].get("metadata"))
    assert shown == [None, META, None, META]


async def test_replies_stay_out_of_the_history_and_follow_their_parent(slack: Slack) -> None:
    parent = await slack.post("parent")
    reply = await slack.post("first", thread_ts=parent)
    await slack.post("second", thread_ts=parent)
    await slack.post("told to all", thread_ts=parent, reply_broadcast=True)
    assert await _pages(slack, "conversations.history") == [["told to all", "parent"]]
    assert await _pages(slack, "conversations.replies", ts=parent, limit=2) == [
        ["parent", "first"],
        ["parent", "second", "told to all"],
    ]
    assert await _pages(slack, "conversations.replies", ts=reply) == [["first"]]
    head = (await slack.call("conversations.history", channel="C0BILLING"))["messages"][-1]
    assert (head["reply_count"], head["thread_ts"]) == (3, parent)
    nested = await slack.call("chat.postMessage", channel="C0BILLING", text="x", thread_ts=reply)
    assert nested["error"] == "cannot_reply_to_message"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"channel": "C0OTHER"}, "not_in_channel"),
        ("conversations.history", {"channel": "C0BILLING", "oldest": "monday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C0BILLING", "cursor": "bm9uc2Vuc2U="}, "invalid_cursor"),
        ("conversations.history", {"channel": "C0BILLING", "limit": 1000}, "invalid_limit"),
        ("conversations.replies", {"channel": "C0BILLING", "ts": "1790000000.000100"}, "thread_not_found"),
        ("conversations.info", {}, "invalid_arguments"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("chat.shout", {}, "unknown_method"),
    ],
)
async def test_a_bad_question_is_refused_by_slacks_own_word(
    slack: Slack, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert (await slack.raw(method, data=arguments)).json()["error"] == error


async def test_methods_that_take_no_json_do_not_see_it(slack: Slack) -> None:
    lost = await slack.call("users.lookupByEmail", email="anne.durand@hexalab.example")
    assert lost["response_metadata"]["messages"] == ["[ERROR] missing required field: email"]


async def test_json_must_be_an_object_and_say_its_charset(slack: Slack) -> None:
    kind = {"Content-Type": "application/json"}
    broken = await slack.raw("auth.test", content=b"{", headers=kind)
    a_list = await slack.raw("auth.test", content=b"[]", headers=kind)
    plain = await slack.raw("auth.test", content=b"x", headers={"Content-Type": "text/plain"})
    warned = await slack.raw("auth.test", content=b"{}", headers=kind)
    errors = [answer.json()["error"] for answer in (broken, a_list, plain)]
    assert errors == ["invalid_json", "json_not_object", "invalid_post_type"]
    assert (warned.json()["ok"], warned.json()["warning"]) == (True, "missing_charset")


async def test_a_direct_conversation_is_opened_once(slack: Slack) -> None:
    first = await slack.call("conversations.open", users="U0NADIA")
    again = await slack.call("conversations.open", users="U0NADIA")
    by_user = await slack.call("chat.postMessage", channel="U0NADIA", text="x")
    assert (first["channel"]["id"], "already_open" in first) == ("D0NADIA", False)
    assert (again["already_open"], by_user["channel"]) == (True, "D0NADIA")


async def test_everybody_of_the_seed_can_be_found_by_address(slack: Slack) -> None:
    owners = ("camille.lefevre", "thomas.girard", "nadia.benali", "julien.caron", "anne.durand")
    found = [
        (await slack.client.users_lookupByEmail(email=f"{name}@hexalab.example"))["user"]["id"]
        for name in owners
    ]
    assert found == ["U0CAMILLE", "U0THOMAS", "U0NADIA", "U0JULIEN", "U0ANNE"]


async def test_a_stale_read_hides_what_was_just_posted(slack: Slack) -> None:
    await slack.post("new")
    rule = {"vendor": "slack", "path": "/api/conversations.history", "effect": {"stale": 60}}
    await slack.http.post("/_control/faults", json=rule)
    pages = [await _pages(slack, "conversations.history") for _ in range(2)]
    assert pages == [[[]], [["new"]]]
