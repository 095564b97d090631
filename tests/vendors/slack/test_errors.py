"""Each way a request can go wrong, through Slack's real client and over real HTTP."""

import traceback
from datetime import UTC, datetime, timedelta

import pytest

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
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Notice, Place
from tests.vendors.slack.conftest import CHANNEL, TOKEN, TS, Connect
from tests.vendors.slack.stub import Fault, Reply, Stub, no

CANARY = "canary.person@example.fr"
PLACE = Place(channel=CHANNEL, message=TS)
NOTICE = Notice(title=f"About {CANARY}")
SINCE = datetime(2026, 11, 20, tzinfo=UTC)
HTML = f"<html>{CANARY}</html>".encode()


async def failed_post(slack: Messenger, stub: Stub, reply: Reply) -> ConnectorError:
    stub.on("POST chat.postMessage", reply)
    with pytest.raises(ConnectorError) as caught:
        await slack.post(NOTICE, ref="inc-1")
    return checked(caught.value, stub, "POST chat.postMessage")


async def failed_find(slack: Messenger, stub: Stub, reply: Reply) -> ConnectorError:
    stub.on("GET conversations.history", reply)
    with pytest.raises(ConnectorError) as caught:
        await slack.find("inc-1", since=SINCE)
    return checked(caught.value, stub, "GET conversations.history")


def checked(found: ConnectorError, stub: Stub, method: str) -> ConnectorError:
    """No error quotes an answer, a message or the token, and no write is ever repeated by the client."""
    told = "".join(traceback.format_exception(found))
    assert CANARY not in told
    assert TOKEN not in told
    assert CHANNEL in str(found)
    assert stub.count(method) <= 1
    return found


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("ratelimited", RateLimited),
        ("rate_limited", RateLimited),
        ("message_limit_exceeded", RateLimited),
        ("request_timeout", Transient),
        ("team_added_to_org", Transient),
        ("org_login_required", Transient),
        ("external_channel_migrating", Transient),
        ("internal_error", AmbiguousWrite),
        ("fatal_error", AmbiguousWrite),
        ("service_unavailable", AmbiguousWrite),
        ("invalid_auth", Auth),
        ("not_authed", Auth),
        ("token_revoked", Auth),
        ("token_expired", Auth),
        ("account_inactive", Auth),
        ("missing_scope", Forbidden),
        ("not_allowed_token_type", Auth),
        ("no_permission", Forbidden),
        ("ekm_access_denied", Forbidden),
        ("restricted_action", Forbidden),
        ("restricted_action_thread_locked", Forbidden),
        ("restricted_action_read_only_channel", Forbidden),
        ("app_access_restricted", Forbidden),
        ("access_denied", Forbidden),
        ("accesslimited", Forbidden),
        ("channel_not_found", Forbidden),
        ("not_in_channel", Forbidden),
        ("is_archived", Forbidden),
        ("is_inactive", Forbidden),
        ("user_not_found", Permanent),
        ("user_disabled", Permanent),
        ("messages_tab_disabled", Forbidden),
        ("message_not_found", NotFound),
        ("thread_not_found", NotFound),
        ("invalid_thread_ts", NotFound),
        ("cannot_reply_to_message", NotFound),
        ("invalid_blocks", Permanent),
        ("invalid_blocks_format", Permanent),
        ("msg_blocks_too_long", Permanent),
        ("msg_too_long", Permanent),
        ("no_text", Permanent),
        ("invalid_arg_name", Permanent),
        ("too_many_attachments", Permanent),
        ("metadata_too_large", Permanent),
        ("a_word_of_next_year", Permanent),
    ],
)
async def test_each_word_of_slack_has_its_error_and_a_sentence(
    slack: Messenger, stub: Stub, word: str, kind: type[ConnectorError]
) -> None:
    reply = no(word, response_metadata={"messages": [f"[ERROR] {CANARY}"]}, needed="chat:write")
    found = await failed_post(slack, stub, reply)
    assert type(found) is kind
    assert str(found).endswith(".")
    if isinstance(found, Permanent):
        assert found.code == word
    if isinstance(found, AmbiguousWrite):
        assert found.answered


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "service_unavailable"])
async def test_slack_s_own_failures_are_harmless_on_reads(slack: Messenger, stub: Stub, word: str) -> None:
    assert type(await failed_find(slack, stub, no(word))) is Transient


@pytest.mark.parametrize("word", [f"no {CANARY}", CANARY, "", None, 5, {"a": CANARY}])
async def test_an_error_that_is_no_word_is_never_quoted(slack: Messenger, stub: Stub, word: object) -> None:
    assert type(await failed_post(slack, stub, Reply({"ok": False, "error": word}))) is AmbiguousWrite
    assert type(await failed_find(slack, stub, Reply({"ok": False, "error": word}))) is Transient


async def test_what_to_do_is_said(slack: Messenger, stub: Stub) -> None:
    assert "/invite" in str(await failed_post(slack, stub, no("not_in_channel")))
    stub.seen.clear()
    assert "chat:write" in str(await failed_post(slack, stub, no("missing_scope")))
    stub.seen.clear()
    assert "bot_token" in str(await failed_post(slack, stub, no("invalid_auth")))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("0", 1), ("-5", None), ("soon", None), (None, None), ("9" * 9, 86400)],
)
async def test_the_wait_is_what_slack_asks_for_within_reason(
    slack: Messenger, stub: Stub, header: str | None, seconds: int | None
) -> None:
    headers = {"Retry-After": header} if header else {}
    for reply in (
        Reply({"ok": False, "error": "ratelimited"}, 429, headers),
        Reply(b"slow down", 429, headers | {"Content-Type": "text/plain"}),
    ):
        stub.seen.clear()
        found = await failed_post(slack, stub, reply)
        assert isinstance(found, RateLimited)
        if seconds:
            assert found.retry_after == timedelta(seconds=seconds)
        else:
            assert timedelta(seconds=30) <= found.retry_after <= timedelta(seconds=45)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(HTML, headers={"Content-Type": "text/html"}),
        Reply(HTML),
        Reply(HTML, headers={"Content-Type": "text/plain"}),
        Reply(HTML, headers={"Content-Type": "application/gzip"}),
        Reply(b""),
        Reply([CANARY]),
        Reply(b'"ok"'),
        Reply(b"null"),
        Reply({"message": CANARY}, 404),
        Reply(HTML, 404, {"Content-Type": "text/html"}),
        Reply({"ok": True}, 500),
        Reply(HTML, 502, {"Content-Type": "text/html"}),
        Reply({"ok": False, "error": "internal_error"}, 503),
    ],
)
async def test_an_answer_of_somebody_else_may_hide_a_posted_message(
    slack: Messenger, stub: Stub, reply: Reply
) -> None:
    found = await failed_post(slack, stub, reply)
    assert isinstance(found, AmbiguousWrite)
    assert found.answered is (reply.status >= 500)
    assert type(await failed_find(slack, stub, reply)) is Transient


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "channel": CHANNEL, "ts": 1.5}, {"ok": "yes"}])
async def test_a_success_without_its_fields_is_looked_at_again(
    slack: Messenger, stub: Stub, body: dict[str, object]
) -> None:
    assert type(await failed_post(slack, stub, Reply(body | {"note": CANARY}))) is AmbiguousWrite
    assert type(await failed_find(slack, stub, Reply({"ok": True, "messages": CANARY}))) is Poison


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.TRUNCATE])
async def test_a_dropped_connection_is_exactly_one_request(
    slack: Messenger, stub: Stub, fault: Fault
) -> None:
    found = await failed_post(slack, stub, Reply({"ok": True}, fault=fault))
    assert isinstance(found, AmbiguousWrite)
    assert not found.answered
    assert stub.count("POST chat.postMessage") == 1


async def test_a_dropped_read_is_asked_again_later(slack: Messenger, stub: Stub) -> None:
    stub.on("GET conversations.history", Reply(fault=Fault.RESET))
    with pytest.raises(Transient):
        await slack.find("inc-1", since=SINCE)


async def test_a_dropped_edit_and_whisper_are_exactly_one_request_too(slack: Messenger, stub: Stub) -> None:
    for method in ("POST chat.update", "POST chat.postEphemeral"):
        stub.on(method, Reply(fault=Fault.RESET))
    with pytest.raises(AmbiguousWrite):
        await slack.update(PLACE, NOTICE)
    with pytest.raises(AmbiguousWrite):
        await slack.whisper(PLACE, "U0BOB", CANARY)
    assert stub.count("POST chat.update") == stub.count("POST chat.postEphemeral") == 1


async def test_a_silent_slack_is_given_up_after_the_timeout(connect: Connect, stub: Stub) -> None:
    slack = connect(timeout=timedelta(seconds=0.2))
    assert type(await failed_post(slack, stub, Reply(fault=Fault.STALL))) is AmbiguousWrite
    assert type(await failed_find(slack, stub, Reply(fault=Fault.STALL))) is Transient
