"""What Slack takes, and its word for what it does not take."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack_bench import BUTTONS, Slack, slack_bench


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Slack]:
    async with slack_bench() as one:
        yield one


@pytest.fixture
async def slack(served: Slack) -> Slack:
    await served.fresh()
    return served


async def test_the_official_client_can_post_update_and_read(slack: Slack) -> None:
    who = await slack.client.auth_test()
    user = (await slack.client.users_lookupByEmail(email="Camille.Lefevre@hexalab.example"))["user"]["id"]
    dm = (await slack.client.conversations_open(users=user))["channel"]["id"]
    posted = await slack.client.chat_postMessage(channel=dm, text="Bonjour", blocks=BUTTONS)
    await slack.client.chat_update(channel=dm, ts=posted["ts"], text="Done", blocks=BUTTONS[:1])
    [found] = (await slack.client.conversations_history(channel=dm))["messages"]
    assert (who["team_id"], who["user_id"], user, dm) == ("T0SANDBOX", "U0RACCORD", "U0CAMILLE", "D0CAMILLE")
    assert (found["text"], len(found["blocks"])) == ("Done", 1)


async def test_a_failure_is_an_ordinary_answer_that_says_not_ok(slack: Slack) -> None:
    with pytest.raises(SlackApiError) as caught:
        await slack.client.users_lookupByEmail(email="nobody@hexalab.example")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (200, "users_not_found")


async def test_the_token_must_be_there_right_and_not_revoked(slack: Slack) -> None:
    errors = [(await slack.raw("auth.test", token=token)).json()["error"] for token in (None, "xoxb-other")]
    await slack.settings(token_revoked=True)
    errors.append((await slack.raw("auth.test")).json()["error"])
    assert errors == ["not_authed", "invalid_auth", "token_revoked"]


@pytest.mark.parametrize(
    ("method", "arguments", "lost"),
    [
        ("chat.postMessage", {"channel": "C0BILLING", "text": "x"}, "chat:write"),
        ("users.lookupByEmail", {"email": "anne.durand@hexalab.example"}, "users:read.email"),
        ("conversations.open", {"users": "U0ANNE"}, "im:write"),
        ("conversations.history", {"channel": "C0BILLING"}, "channels:history"),
    ],
)
async def test_a_missing_scope_is_named_beside_those_that_are_there(
    slack: Slack, method: str, arguments: dict[str, str], lost: str
) -> None:
    before = (await slack.http.get("/_control/webhooks/slack")).json()["scopes"]
    await slack.settings(scopes=[scope for scope in before if scope != lost])
    refused = (await slack.raw(method, data=arguments)).json()
    assert (refused["error"], refused["needed"]) == ("missing_scope", lost)
    assert lost not in refused["provided"].split(",")
    assert "users:read" in refused["provided"].split(",")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0BILLING"}, "no_text"),
        ({"channel": "C0BILLING", "text": "  "}, "no_text"),
        ({"channel": "C0BILLING", "text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"channel": "C0BILLING", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": "C0BILLING", "text": "x", "thread_ts": "1790000000.000100"}, "thread_not_found"),
        ({"channel": "C0BILLING", "text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
        ({"channel": "C0BILLING", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        ({"channel": "C0BILLING", "text": "x", "metadata": "a"}, "invalid_metadata_format"),
        ({"channel": "C0BILLING", "text": "x", "bad-name": "a"}, "invalid_arg_name"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "C0BILLING", "text": 12}, "invalid_arguments"),
    ],
)
async def test_a_bad_post_is_refused_by_slacks_own_word_and_leaves_nothing(
    slack: Slack, arguments: dict[str, Any], error: str
) -> None:
    assert (await slack.call("chat.postMessage", **arguments))["error"] == error
    assert await slack.messages() == []


def _button(**changes: Any) -> list[dict[str, Any]]:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}, **changes}
    return [{"type": "actions", "elements": [button]}]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([_section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([_section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "missing required field: text or fields [json-pointer:/blocks/0]"),
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "poem"}], "unsupported type: poem [json-pointer:/blocks/0/type]"),
        (
            [{"type": "divider", "block_id": "a"}] * 2,
            'block_id "a" already exists [json-pointer:/blocks/1/block_id]',
        ),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
        ),
        (
            [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            [{"type": "actions", "elements": _button()[0]["elements"] * 2}],
            'action_id "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
        ),
        (
            _button(text={"type": "plain_text", "text": "x" * 76}),
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            _button(value="x" * 2001),
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        ),
        (
            _button(action_id="x" * 256),
            "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
        ),
        (
            _button(style="warning"),
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (_button(colour="red"), "invalid additional property: colour [json-pointer:/blocks/0/elements/0]"),
    ],
)
async def test_a_bad_block_is_pointed_at(slack: Slack, blocks: list[Any], message: str) -> None:
    refused = await slack.call("chat.postMessage", channel="C0BILLING", text="x", blocks=blocks)
    assert (refused["error"], await slack.messages()) == ("invalid_blocks", [])
    assert f"[ERROR] {message}" in refused["response_metadata"]["messages"]


async def test_many_blocks_within_their_own_limits_can_be_too_long_together(slack: Slack) -> None:
    blocks = [_section("x" * 3000)] * 5
    refused = await slack.call("chat.postMessage", channel="C0BILLING", text="x", blocks=blocks)
    assert refused["error"] == "msg_blocks_too_long"


async def test_text_stays_as_it_was_sent_and_every_identifier_is_later_than_the_last(slack: Slack) -> None:
    sent = ["<!channel> & Cie", "&lt;!channel&gt; &amp; Cie", "*é* 🎉"]
    stamps = [await slack.post(text) for text in sent]
    assert [message["text"] for message in await slack.messages()] == sent
    assert stamps == sorted(set(stamps))
    assert all(isinstance(ts, str) and len(ts.partition(".")[2]) == 6 for ts in stamps)


async def test_very_long_text_is_cut_and_said_to_be(slack: Slack) -> None:
    answer = await slack.call("chat.postMessage", channel="C0BILLING", text="x" * 40_001)
    assert (answer["warning"], len(answer["message"]["text"])) == ("message_truncated", 40_000)


async def test_an_archived_channel_takes_neither_posts_nor_edits(slack: Slack) -> None:
    ts = await slack.post()
    await slack.settings(channel_archived=True)
    posted = await slack.call("chat.postMessage", channel="#facturation", text="x")
    edited = await slack.call("chat.update", channel="C0BILLING", ts=ts, text="x")
    elsewhere = await slack.call("chat.postMessage", channel="C0OTHER", text="x")
    assert (posted["error"], edited["error"], elsewhere["ok"]) == ("is_archived", "is_inactive", True)


async def test_a_channel_without_the_bot_needs_the_public_scope(slack: Slack) -> None:
    await slack.settings(scopes=["chat:write"])
    refused = await slack.call("chat.postMessage", channel="C0OTHER", text="x")
    assert refused["error"] == "not_in_channel"


async def test_a_bot_that_was_removed_posts_again_once_somebody_invites_it(slack: Slack) -> None:
    await slack.settings(scopes=["chat:write"])
    person = {"X-Sandbox-Actor": "U0CAMILLE"}

    async def by_person(method: str, **arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = (await slack.raw(method, json=arguments, headers=person)).json()
        return found

    async def posted() -> dict[str, Any]:
        return await slack.call("chat.postMessage", channel="C0BILLING", text="x")

    removed = await by_person("conversations.kick", channel="C0BILLING", user="U0RACCORD")
    outside = await posted()
    invited = await by_person("conversations.invite", channel="C0BILLING", users="U0RACCORD")
    again = await by_person("conversations.invite", channel="C0BILLING", users="U0RACCORD")
    itself = await slack.call("conversations.invite", channel="C0OTHER", users="U0RACCORD")
    assert (removed["ok"], outside["error"], invited["ok"]) == (True, "not_in_channel", True)
    assert (await posted())["ok"]
    assert (again["error"], itself["error"]) == ("already_in_channel", "missing_scope")


async def test_markdown_has_a_limit_of_its_own(slack: Slack) -> None:
    place = {"channel": "C0BILLING"}
    answers = [
        await slack.call("chat.postMessage", **place, markdown_text="x" * length)
        for length in (12_000, 12_001)
    ]
    assert (answers[0]["ok"], answers[1]["error"]) == (True, "msg_too_long")


async def test_an_update_changes_only_what_it_names(slack: Slack) -> None:
    kept = {"event_type": "question", "event_payload": {"ref": "q/1"}}
    ts = await slack.post("before", blocks=BUTTONS, metadata=kept)
    await slack.call("chat.update", channel="C0BILLING", ts=ts, text="after", blocks=BUTTONS[:1])
    [first] = await slack.messages()
    await slack.call("chat.update", channel="C0BILLING", ts=ts, text="text alone", metadata={})
    [second] = await slack.messages()
    assert (first["ts"], first["text"], first["edited"]) == (ts, "after", ["before"])
    assert ([block["block_id"] for block in first["blocks"]], first["metadata"]) == (["ask:1"], kept)
    assert (second["blocks"], second["metadata"], second["edited"]) == ([], None, ["before", "after"])


async def test_only_the_bots_own_messages_can_be_edited(slack: Slack) -> None:
    said = await slack.raw(
        "chat.postMessage",
        json={"channel": "C0BILLING", "text": "C'est payé"},
        headers={"X-Sandbox-Actor": "U0CAMILLE"},
    )
    place = {"channel": "C0BILLING", "text": "x"}
    other = await slack.call("chat.update", ts=said.json()["ts"], **place)
    gone = await slack.call("chat.update", ts="1790000000.000100", **place)
    ts = await slack.post()
    long = await slack.call("chat.update", ts=ts, channel="C0BILLING", text="x" * 4001)
    number = await slack.call("chat.update", ts=float(ts), **place)
    by_user = await slack.call("chat.update", ts=ts, channel="U0CAMILLE", text="x")
    errors = [answer["error"] for answer in (other, gone, long, number, by_user)]
    assert errors == [
        "cant_update_message",
        "message_not_found",
        "msg_too_long",
        "invalid_arguments",
        "channel_not_found",
    ]


async def test_an_ephemeral_message_is_for_one_member_and_never_found_again(slack: Slack) -> None:
    answer = await slack.call("chat.postEphemeral", channel="C0BILLING", user="U0ANNE", text="Too late")
    absent = await slack.call("chat.postEphemeral", channel="C0BILLING", user="U0NOBODY", text="x")
    outside = await slack.call("chat.postEphemeral", channel="C0OTHER", user="U0CAMILLE", text="x")
    [message] = await slack.messages()
    found = (await slack.call("conversations.history", channel="C0BILLING"))["messages"]
    assert (message["ts"], message["ephemeral_to"], found) == (answer["message_ts"], "U0ANNE", [])
    assert (absent["error"], outside["error"]) == ("user_not_in_channel", "not_in_channel")


async def test_more_than_about_one_post_a_second_is_limited_per_channel(slack: Slack) -> None:
    answers = [
        await slack.raw("chat.postMessage", json={"channel": "C0BILLING", "text": str(number)})
        for number in range(9)
    ]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert (refused[0].json(), refused[0].headers["retry-after"]) == (
        {"ok": False, "error": "ratelimited"},
        "1",
    )
    assert (await slack.call("chat.postMessage", channel="C0OTHER", text="elsewhere"))["ok"]
    taken = [message for message in await slack.messages() if message["channel"] == "C0BILLING"]
    assert len(taken) == len(answers) - len(refused)


async def test_a_tier_limits_calls_per_minute_and_can_be_switched_off(slack: Slack) -> None:
    async def look() -> int:
        return (
            await slack.raw("users.lookupByEmail", verb="GET", params={"email": "a@b.example"})
        ).status_code

    codes = [await look() for _ in range(51)]
    assert codes == [200] * 50 + [429]
    await slack.settings(rate_limits=False)
    assert await look() == 200


async def test_a_retried_request_that_was_answered_with_an_error_may_have_been_posted(slack: Slack) -> None:
    rule = {"vendor": "slack", "path": "/api/chat.postMessage", "when": "after", "effect": {"status": 500}}
    await slack.http.post("/_control/faults", json=rule)
    lost = await slack.raw("chat.postMessage", json={"channel": "C0BILLING", "text": "x"})
    [seen] = (await slack.http.get("/_control/requests", params={"vendor": "slack"})).json()
    assert (lost.status_code, lost.json()["error"]) == (500, "internal_error")
    assert (seen["committed"], len(await slack.messages())) == (True, 1)
