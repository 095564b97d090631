"""What is only read: `auth.test`, `users.*`, `conversations.*` (and opening a direct conversation)."""

import base64
import binascii
import re
import time
from typing import Any

from sandbox.slack.call import Call
from sandbox.slack.errors import Refused
from sandbox.slack.settings import APP, BOT, BOT_USER, DOMAIN, TEAM, TEAM_NAME
from sandbox.slack.workspace import Channel, Json, Message, Person

_TS = re.compile(r"\d{1,10}(\.\d{1,6})?")
_HISTORY_PAGE, _HISTORY_MOST, _REPLIES_MOST = 100, 999, 1000
Moment = tuple[int, int]


def auth_test(call: Call) -> Json:
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": call.workspace.people[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "is_enterprise_install": False,
    }


def lookup_by_email(call: Call) -> Json:
    person = call.workspace.person_by_email(call.arguments["email"].strip())
    if person is None:
        raise Refused("users_not_found")
    return {"user": _user(person, email=True)}


def user_info(call: Call) -> Json:
    person = call.workspace.people.get(call.arguments["user"])
    if person is None:
        raise Refused("user_not_found")
    return {"user": _user(person, email=call.has("users:read.email"))}


def open_conversation(call: Call) -> Json:
    """A direct conversation with one person; opening it again changes nothing."""
    if "channel" in call.arguments:
        channel, opened = call.channel(), False
        if not channel.is_im:
            raise Refused("method_not_supported_for_channel_type")
    else:
        channel, opened = call.workspace.direct(_partner(call))
    call.changed = opened
    shown = {"id": channel.id}
    if call.arguments.get("return_im"):
        shown |= _conversation(call, channel)
    return {**({} if opened else {"no_op": True, "already_open": True}), "channel": shown}


def conversation_info(call: Call) -> Json:
    channel = call.channel()
    call.need("im:read" if channel.is_im else "channels:read")
    return {"channel": _conversation(call, channel)}


def history(call: Call) -> Json:
    """Newest first, without replies unless they were broadcast."""
    channel = _readable(call)
    found = [
        one for one in call.workspace.visible(channel.id) if one.thread_ts in (None, one.ts) or one.broadcast
    ]
    newest_first = _in_range(call, found)[::-1]
    limit = _limit(call, usual=_HISTORY_PAGE, most=_HISTORY_MOST)
    before = _cursor(call)
    left = [one for one in newest_first if before is None or _moment(one.ts) < before]
    return {**_page(call, left[:limit], more=len(left) > limit), "pin_count": 0}


def replies(call: Call) -> Json:
    """The parent, then its replies, oldest first. The `ts` of a reply gives that one message."""
    channel = _readable(call)
    parent = call.workspace.find(channel.id, call.arguments["ts"])
    if parent is None:
        raise Refused("thread_not_found")
    found = _in_range(call, call.workspace.replies(parent))
    limit = _limit(call, usual=_REPLIES_MOST, most=_REPLIES_MOST)
    after = _cursor(call)
    left = [one for one in found if after is None or _moment(one.ts) > after]
    # Slack puts the parent on every page and does not count it against the limit of a later one.
    room = limit - 1 if after is None else limit
    return _page(call, [parent, *left[: max(room, 0)]], more=len(left) > max(room, 0))


def _page(call: Call, messages: list[Message], *, more: bool) -> Json:
    metadata = call.arguments.get("include_all_metadata", False)
    answer: Json = {
        "messages": [_in_conversation(call, one, metadata=metadata) for one in messages],
        "has_more": more,
    }
    if more:
        answer |= {"response_metadata": {"next_cursor": _next_cursor(messages[-1].ts)}}
    return answer


def _in_conversation(call: Call, message: Message, *, metadata: bool) -> Json:
    """A message with what its thread adds to it."""
    shown = message.shown(metadata=metadata)
    if message.thread_ts:
        if parent := call.workspace.find(message.channel, message.thread_ts):
            shown |= {"parent_user_id": parent.user}
        return shown
    if answers := call.workspace.replies(message):
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(answers),
            "reply_users": sorted({one.user for one in answers}),
            "reply_users_count": len({one.user for one in answers}),
            "latest_reply": answers[-1].ts,
        }
    return shown


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need("im:history" if channel.is_im else "channels:history")
    if not call.is_member(channel):
        raise Refused("not_in_channel")
    return channel


def _in_range(call: Call, messages: list[Message]) -> list[Message]:
    """Those between `oldest` and `latest`, and old enough for a stale read."""
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    edges = (oldest, latest) if call.arguments.get("inclusive") else ()
    visible_until = time.time() - call.hidden_for
    return [
        one
        for one in messages
        if one.posted <= visible_until
        and (
            (moment := _moment(one.ts)) in edges
            or ((oldest is None or moment > oldest) and (latest is None or moment < latest))
        )
    ]


def _bound(call: Call, name: str) -> Moment | None:
    text: str | None = call.arguments.get(name)
    if text is None:
        return None
    if not _TS.fullmatch(text):
        raise Refused(f"invalid_ts_{name}")
    return _moment(text)


def _moment(ts: str) -> Moment:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros.ljust(6, "0"))


def _limit(call: Call, *, usual: int, most: int) -> int:
    limit: int = call.arguments.get("limit", usual)
    if not 1 <= limit <= most:
        raise Refused("invalid_limit")
    return limit


def _next_cursor(ts: str) -> str:
    return base64.b64encode(f"next_ts:{ts}".encode()).decode()


def _cursor(call: Call) -> Moment | None:
    text: str = call.arguments.get("cursor", "")
    if not text:
        return None
    try:
        word, _, ts = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused("invalid_cursor") from error
    if word != "next_ts" or not _TS.fullmatch(ts):
        raise Refused("invalid_cursor")
    return _moment(ts)


def _partner(call: Call) -> str:
    users: list[str] = [one.strip() for one in call.arguments.get("users", "").split(",") if one.strip()]
    if not users:
        raise Refused("users_list_not_supplied")
    if any(one not in call.workspace.people for one in users):
        raise Refused("user_not_found")
    if len(users) > 1:
        call.need("mpim:write")
        raise Refused("method_not_supported_for_channel_type")
    if users[0] == BOT_USER:
        raise Refused("cannot_dm_bot")
    return users[0]


def _conversation(call: Call, channel: Channel) -> Json:
    shown: Json = {"id": channel.id, "is_im": channel.is_im, "is_archived": call.is_archived(channel)}
    if channel.is_im:
        return {**shown, "user": next(iter(channel.members - {BOT_USER})), "is_open": True}
    return {
        **shown,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_private": False,
        "is_member": call.is_member(channel),
        "context_team_id": TEAM,
    }


def _user(person: Person, *, email: bool) -> Json:
    profile: dict[str, Any] = {"real_name": person.real_name, "display_name": person.name, "team": TEAM}
    if email and person.email:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name,
        "deleted": False,
        "real_name": person.real_name,
        "tz": "Europe/Paris",
        "is_bot": person.id == BOT_USER,
        "is_app_user": False,
        "profile": profile,
    }
