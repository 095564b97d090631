"""`chat.postMessage`, `chat.update`, `chat.postEphemeral`."""

import json
import re
from typing import Any

from sandbox.slack import blocks
from sandbox.slack.call import Call
from sandbox.slack.errors import Refused
from sandbox.slack.workspace import Channel, Json

_TS = re.compile(r"\d{10}\.\d{6}")
_LONGEST_POST, _LONGEST_UPDATE, _LONGEST_MARKDOWN, _LARGEST_METADATA = 40_000, 4_000, 12_000, 16_384


def post_message(call: Call) -> Json:
    """Anybody's post for the simulator's purposes: a person's counts against no limit and needs no scope."""
    channel = call.channel(by_name=True)
    if call.by_bot and call.settings.rate_limits:
        call.limits.post(channel.id)
    _may_post(call, channel)
    text, shown = _content(call)
    metadata = _metadata(call)
    thread_ts = _thread(call, channel)
    message = call.workspace.post(
        channel=channel.id,
        user=call.actor,
        text=text[:_LONGEST_POST],
        blocks=shown,
        metadata=metadata or None,
        thread_ts=thread_ts,
        broadcast=call.arguments.get("reply_broadcast", False),
    )
    call.changed = True
    answer: Json = {"channel": channel.id, "ts": message.ts, "message": message.shown(metadata=True)}
    if len(text) > _LONGEST_POST:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


def update(call: Call) -> Json:
    """Slack docs: a text without blocks removes the old blocks; metadata left out is kept."""
    channel, given = call.channel(), call.arguments
    if call.is_archived(channel):
        raise Refused("is_inactive")
    message = call.workspace.find(channel.id, given["ts"])
    if message is None:
        raise Refused("message_not_found")
    if message.user != call.actor:
        raise Refused("cant_update_message")
    if len(given.get("text", "")) > _LONGEST_UPDATE:
        raise Refused("msg_too_long")
    text, shown = _content(call)
    metadata = _metadata(call)
    message.change(
        call.workspace.next_ts(),
        text=text,
        blocks=shown,
        metadata=message.now.metadata if metadata is None else metadata or None,
    )
    call.changed = True
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": text,
        "message": message.shown(metadata=True),
    }


def post_ephemeral(call: Call) -> Json:
    """Slack docs: only for somebody in the channel, from somebody in the channel; never found again."""
    channel, user = call.channel(by_name=True), call.arguments["user"]
    if call.is_archived(channel):
        raise Refused("is_archived")
    if not call.is_member(channel):
        raise Refused("not_in_channel")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    if len(call.arguments.get("text", "")) > _LONGEST_POST:
        raise Refused("msg_too_long")
    text, shown = _content(call)
    message = call.workspace.post(
        channel=channel.id,
        user=call.actor,
        text=text,
        blocks=shown,
        thread_ts=_thread(call, channel),
        ephemeral_to=user,
    )
    call.changed = True
    return {"message_ts": message.ts}


def _may_post(call: Call, channel: Channel) -> None:
    if call.is_archived(channel):
        raise Refused("is_archived")
    if not call.is_member(channel) and not (call.by_bot and call.has("chat:write.public")):
        raise Refused("not_in_channel")


def _content(call: Call) -> tuple[str, list[Json]]:
    given = call.arguments
    if "attachments" in given:
        raise Refused("invalid_attachments")
    if "markdown_text" in given:
        if "text" in given or "blocks" in given:
            raise Refused("markdown_text_conflict")
        if len(given["markdown_text"]) > _LONGEST_MARKDOWN:
            raise Refused("msg_too_long")
        return given["markdown_text"], []
    shown = blocks.checked(given["blocks"]) if "blocks" in given else []
    text: str = given.get("text", "")
    if not text.strip() and not shown:
        raise Refused("no_text")
    return text, shown


def _metadata(call: Call) -> Json | None:
    """None when left out; an empty object removes it on update."""
    given: Any = call.arguments.get("metadata")
    if given is None or given == {}:
        return {} if given == {} else None
    if not isinstance(given, dict):
        raise Refused("invalid_metadata_format")
    kind, payload = given.get("event_type"), given.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(given)) > _LARGEST_METADATA:
        raise Refused("metadata_too_large")
    return {"event_type": kind, "event_payload": payload}


def _thread(call: Call, channel: Channel) -> str | None:
    """The parent's `ts`; the parent itself becomes part of its thread."""
    wanted: str | None = call.arguments.get("thread_ts")
    if wanted is None:
        return None
    if not _TS.fullmatch(wanted):
        raise Refused("invalid_thread_ts")
    parent = call.workspace.find(channel.id, wanted)
    if parent is None:
        raise Refused("thread_not_found")
    if parent.thread_ts not in (None, parent.ts):
        raise Refused("cannot_reply_to_message")
    return parent.ts
