"""What is sent to Slack and what is made of its answers, through Slack's real client."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.errors import Auth, NotFound, Permanent, Transient
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Button, Fact, Notice, Place
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.people import People
from raccord.vendors.slack.settings import SlackSettings
from tests.vendors.slack.conftest import CHANNEL, TOKEN, TS, Connect, member
from tests.vendors.slack.stub import Asked, Fault, Reply, Stub, no, ok

PLACE = Place(channel=CHANNEL, message=TS)
SINCE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOTICE = Notice(
    title="SIRET manquant <!channel>",
    facts=(Fact(label="Affaire", value="Site & co (42)"),),
    points=("companies/7 · siret : absent → le saisir",),
    buttons=(Button(label="Relire", value="inc-1|1|retry|"),),
    people=("Anne@Example.fr", "nobody@example.fr"),
    footer="TEST",
)


def marked(ts: str, ref: str, event_type: str = "raccord") -> dict[str, Any]:
    return {"ts": ts, "metadata": {"event_type": event_type, "event_payload": {"ref": ref}}}


async def test_a_message_is_posted_with_its_mark_and_stands_where_slack_says(
    slack: Messenger, stub: Stub
) -> None:
    stub.on("POST chat.postMessage", ok(channel="D0OTHER", ts="1790000000.000900"))
    assert await slack.post(NOTICE, ref="inc-1") == Place(channel="D0OTHER", message="1790000000.000900")
    asked = stub.last("POST chat.postMessage")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["content-type"].startswith("application/json")
    assert asked.json["channel"] == CHANNEL
    assert asked.json["metadata"] == {"event_type": "raccord", "event_payload": {"ref": "inc-1"}}
    assert asked.json["unfurl_links"] is asked.json["unfurl_media"] is False
    assert asked.json["text"].startswith("SIRET manquant &lt;!channel&gt;")
    assert "thread_ts" not in asked.json
    said = json.dumps(asked.json["blocks"])
    assert "<@U0ANNE>" in said
    assert "nobody@example.fr" in said
    assert "<!channel>" not in said


async def test_a_reply_goes_below_its_message_even_when_the_channel_was_changed(
    connect: Connect, stub: Stub
) -> None:
    await connect(channel="C0NEW").post(NOTICE, ref="inc-1.late", reply_to=PLACE)
    asked = stub.last("POST chat.postMessage")
    assert (asked.json["channel"], asked.json["thread_ts"]) == (CHANNEL, TS)


async def test_a_message_is_called_out_even_when_looking_people_up_is_not_allowed(
    slack: Messenger, stub: Stub
) -> None:
    stub.on("GET users.lookupByEmail", no("missing_scope", needed="users:read.email"))
    assert await slack.post(NOTICE, ref="inc-1")
    assert "Anne@Example.fr" in json.dumps(stub.last("POST chat.postMessage").json["blocks"])


async def test_nothing_is_posted_while_people_cannot_be_looked_up(slack: Messenger, stub: Stub) -> None:
    stub.on("GET users.lookupByEmail", Reply(status=503))
    with pytest.raises(Transient):
        await slack.post(NOTICE, ref="inc-1")
    assert stub.count("POST chat.postMessage") == 0


async def test_an_edit_replaces_the_whole_message_with_new_blocks_and_keeps_its_mark(
    slack: Messenger, stub: Stub
) -> None:
    await slack.post(NOTICE, ref="inc-1")
    await slack.update(PLACE, NOTICE)
    first, second = stub.last("POST chat.postMessage").json, stub.last("POST chat.update").json
    assert (second["channel"], second["ts"]) == (CHANNEL, TS)
    assert "metadata" not in second
    assert [{**b, "block_id": ""} for b in first["blocks"]] == [
        {**b, "block_id": ""} for b in second["blocks"]
    ]
    assert not {b["block_id"] for b in first["blocks"]} & {b["block_id"] for b in second["blocks"]}


async def test_a_whisper_is_for_one_person_and_is_escaped(slack: Messenger, stub: Stub) -> None:
    await slack.whisper(PLACE, "U0BOB", "Trop tard <!here> & *merci*")
    body = stub.last("POST chat.postEphemeral").json
    assert (body["channel"], body["user"]) == (CHANNEL, "U0BOB")
    assert body["text"] == "Trop tard &lt;!here&gt; &amp; *merci*"
    assert body["blocks"][0]["text"]["type"] == "plain_text"


async def test_a_message_is_found_by_its_mark_on_any_page(slack: Messenger, stub: Stub) -> None:
    def history(asked: Asked) -> Reply:
        if "cursor" not in asked.query:
            near = [
                marked("1.1", "inc-2"),
                marked("1.2", "inc-1", "other"),
                {"ts": "1.3"},
                {"ts": "1.4", "metadata": {}},
                {"ts": "1.5", "metadata": {"event_type": "raccord", "event_payload": {"ref": 5}}},
                {"ts": "1.6", "metadata": {"event_type": 1, "event_payload": [CHANNEL]}},
            ]
            return ok(messages=near, has_more=True, response_metadata={"next_cursor": "p2="})
        assert asked.query["cursor"] == "p2="
        return ok(messages=[marked("1789999999.000001", "inc-1")], response_metadata={"next_cursor": None})

    stub.on("GET conversations.history", history)
    assert await slack.find("inc-1", since=SINCE) == Place(channel=CHANNEL, message="1789999999.000001")
    assert stub.last("GET conversations.history").query["include_all_metadata"] == "1"
    assert await slack.find("inc-3", since=SINCE) is None


async def test_the_search_begins_a_little_before_and_loses_no_microsecond(
    slack: Messenger, stub: Stub
) -> None:
    stub.on("GET conversations.history", ok(messages=[]))
    since = datetime(2026, 9, 21, 14, 18, 20, 123456, tzinfo=UTC)
    await slack.find("inc-1", since=since)
    oldest = stub.last("GET conversations.history").query["oldest"]
    assert oldest == f"{int(since.timestamp()) - 300}.123456"


async def test_a_reply_is_found_below_its_message_only(slack: Messenger, stub: Stub) -> None:
    stub.on(
        "GET conversations.replies",
        ok(messages=[marked(TS, "inc-1"), marked("1790000005.000100", "inc-1.late")]),
    )
    found = await slack.find("inc-1.late", since=SINCE, reply_to=PLACE)
    assert found == Place(channel=CHANNEL, message="1790000005.000100")
    assert stub.last("GET conversations.replies").query["ts"] == TS
    assert stub.count("GET conversations.history") == 0


async def test_below_a_deleted_message_there_is_no_reply(slack: Messenger, stub: Stub) -> None:
    stub.on("GET conversations.replies", no("thread_not_found"))
    assert await slack.find("inc-1.late", since=SINCE, reply_to=PLACE) is None


async def test_without_the_right_to_read_nobody_guesses_whether_it_was_posted(
    slack: Messenger, stub: Stub
) -> None:
    stub.on(
        "GET conversations.history", no("missing_scope", needed="channels:history", provided="chat:write")
    )
    with pytest.raises(Auth, match="channels:history"):
        await slack.find("inc-1", since=SINCE)
    stub.on("GET conversations.history", no("missing_scope"))
    with pytest.raises(Auth, match="channels:history or groups:history"):
        await slack.find("inc-1", since=SINCE)


async def test_an_endless_history_is_given_up(slack: Messenger, stub: Stub) -> None:
    stub.on("GET conversations.history", ok(messages=[], response_metadata={"next_cursor": "again"}))
    with pytest.raises(Permanent, match="quieter channel"):
        await slack.find("inc-1", since=SINCE)
    assert stub.count("GET conversations.history") == 50


@pytest.mark.parametrize(
    "word",
    [
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "channel_not_found",
        "is_archived",
        "is_inactive",
    ],
)
async def test_a_message_that_cannot_be_edited_any_more_is_gone(
    slack: Messenger, stub: Stub, word: str
) -> None:
    stub.on("POST chat.update", no(word))
    with pytest.raises(NotFound):
        await slack.update(PLACE, NOTICE)


async def test_people_are_asked_for_in_lower_case_and_remembered(slack: Messenger, stub: Stub) -> None:
    assert [
        await slack.user_of(e)
        for e in ("Anne@Example.fr", " anne@example.fr", "x@example.fr", "X@example.fr")
    ] == [
        "U0ANNE",
        "U0ANNE",
        None,
        None,
    ]
    assert stub.count("GET users.lookupByEmail") == 2
    assert stub.last("GET users.lookupByEmail")
    assert await slack.user_of("no address") is None
    assert stub.count("GET users.lookupByEmail") == 2


async def test_who_left_is_nobody(slack: Messenger, stub: Stub) -> None:
    stub.on("GET users.lookupByEmail", ok(user={"id": "U0GONE", "deleted": True}))
    assert await slack.user_of("gone@example.fr") is None


@pytest.fixture
async def client(stub: Stub) -> AsyncIterator[SlackClient]:
    given = {"base_url": stub.url, "bot_token": TOKEN, "channel": CHANNEL}
    client = SlackClient("slack", SlackSettings.model_validate(given))
    yield client
    await client.close()


@pytest.mark.parametrize(("email", "hours"), [("anne@example.fr", 24), ("nobody@example.fr", 1)])
async def test_the_known_are_remembered_for_a_day_and_the_unknown_for_an_hour(
    client: SlackClient, stub: Stub, email: str, hours: int
) -> None:
    now = [1000.0]
    people = People(client, now=lambda: now[0])
    await people.find(email)
    now[0] += hours * 3600 - 1
    await people.find(email)
    assert stub.count("GET users.lookupByEmail") == 1
    now[0] += 1
    await people.find(email)
    assert stub.count("GET users.lookupByEmail") == 2


async def test_a_failed_lookup_is_not_remembered(client: SlackClient, stub: Stub) -> None:
    people = People(client)
    stub.on("GET users.lookupByEmail", Reply(fault=Fault.RESET))
    with pytest.raises(Transient):
        await people.find("anne@example.fr")
    stub.on("GET users.lookupByEmail", member)
    assert await people.find("anne@example.fr") == "U0ANNE"


async def test_those_on_the_list_decide_by_id_or_address_and_nobody_else(
    connect: Connect, stub: Stub
) -> None:
    slack = connect(people=["U0BOSS", "Anne@example.fr", "nobody@example.fr"])
    assert await slack.may_decide("U0BOSS")
    assert stub.count("GET users.lookupByEmail") == 0
    assert await slack.may_decide("U0ANNE")
    assert not await slack.may_decide("U0BOB")
    assert not await slack.may_decide("")
    assert not await slack.may_decide("anne@example.fr")
    assert not await connect(people=[]).may_decide("U0BOSS")


async def test_the_token_says_which_workspace_is_ours(connect: Connect, stub: Stub) -> None:
    stub.on("POST auth.test", granted(NEEDED, enterprise_id="E1"))
    slack = connect(team=None)
    assert await slack.is_ours(("T012", "E1"))
    assert not await slack.is_ours(("T999",))
    assert not await slack.is_ours(("T999", "E1"))
    assert stub.count("POST auth.test") == 1


async def test_an_organisation_s_token_is_at_home_in_each_of_its_workspaces(
    connect: Connect, stub: Stub
) -> None:
    stub.on("POST auth.test", granted(NEEDED, team_id="E1", enterprise_id="E1", is_enterprise_install=True))
    slack = connect(team=None)
    assert await slack.is_ours(("T012", "E1"))
    assert not await slack.is_ours(("T012", "E2"))


async def test_a_team_in_the_settings_is_not_asked_for(connect: Connect, stub: Stub) -> None:
    slack = connect(team="T012")
    assert await slack.is_ours(("T012",))
    assert not await slack.is_ours(("T999",))
    assert stub.count("POST auth.test") == 0


async def test_while_slack_cannot_say_whose_the_token_is_nothing_is_decided(
    connect: Connect, stub: Stub
) -> None:
    stub.on("POST auth.test", no("internal_error"))
    slack = connect(team=None)
    with pytest.raises(Transient):
        await slack.is_ours(("T012",))
    stub.on("POST auth.test", granted(NEEDED))
    assert await slack.is_ours(("T012",))


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def granted(scopes: str | None, **fields: Any) -> Reply:
    body = {"ok": True, "team_id": "T012", "team": "Acme", "user_id": "UBOT"} | fields
    return Reply(body, headers={} if scopes is None else {"X-OAuth-Scopes": scopes})


NEEDED = "chat:write,users:read,users:read.email,channels:history"


async def test_a_complete_set_up_passes_every_check(connect: Connect, stub: Stub) -> None:
    stub.on("POST auth.test", granted(NEEDED))
    stub.on("GET conversations.history", ok(messages=[]))
    slack = connect(people=["anne@example.fr"], webhook_secret="x" * 32)
    checks = await slack.check()
    assert {c.name: c.state for c in checks} == dict.fromkeys(
        ("workspace", "permissions", "channel", "buttons", "people"), CheckState.OK
    )
    assert "T012" in checks[0].found
    assert stub.count("POST chat.postMessage") == 0
    await slack.probe()


@pytest.mark.parametrize(
    ("scopes", "state", "says"),
    [
        ("chat:write,users:read.email,users:read", CheckState.FAIL, "channels:history or groups:history"),
        ("users:read,users:read.email,groups:history", CheckState.FAIL, "Add chat:write under"),
        ("", CheckState.FAIL, "chat:write, users:read, users:read.email"),
        (NEEDED + ",groups:history, admin", CheckState.WARN, "does not use admin:"),
        (None, CheckState.WARN, "Compare"),
    ],
)
async def test_missing_and_needless_permissions_are_named(
    slack: Messenger, stub: Stub, scopes: str | None, state: CheckState, says: str
) -> None:
    stub.on("POST auth.test", granted(scopes))
    found = by_name(await slack.check())["permissions"]
    assert found.state is state
    assert says in found.remedy


async def test_each_gap_in_the_set_up_is_one_line(connect: Connect, stub: Stub) -> None:
    stub.on("POST auth.test", granted(NEEDED, team_id="T999"))
    stub.on("GET conversations.history", no("not_in_channel"))
    found = by_name(await connect(people=["nobody@example.fr"]).check())
    assert found["workspace"].state is CheckState.FAIL
    assert found["channel"].state is CheckState.FAIL
    assert "/invite" in found["channel"].found
    assert found["buttons"].state is CheckState.WARN
    assert found["people"].state is CheckState.WARN
    assert "nobody@example.fr" in found["people"].found
    assert by_name(await connect().check())["people"].state is CheckState.WARN


async def test_a_refused_token_is_one_failed_check_and_a_failed_probe(slack: Messenger, stub: Stub) -> None:
    stub.on("POST auth.test", no("invalid_auth"))
    assert [c.state for c in await slack.check()] == [CheckState.FAIL]
    with pytest.raises(Auth):
        await slack.probe()


async def test_instants_are_exact_over_a_margin_at_the_epoch(slack: Messenger, stub: Stub) -> None:
    stub.on("GET conversations.history", ok(messages=[]))
    await slack.find("inc-1", since=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=1))
    assert stub.last("GET conversations.history").query["oldest"].startswith("0.")
