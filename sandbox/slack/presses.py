"""A person presses a button: finds it, and builds the signed `block_actions` request."""

import itertools
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.core.delivery import Outgoing, Target
from sandbox.slack.blocks import buttons
from sandbox.slack.settings import APP, DOMAIN, TEAM
from sandbox.slack.signing import signature
from sandbox.slack.workspace import Json, Message, Version, Workspace

_FIELDS = {"channel", "ts", "user", "action_id", "block_id", "value", "old"}


@dataclass(frozen=True)
class Press:
    """One click of `user` on `button` as `version` of `message` shows it."""

    message: Message
    version: Version
    user: str
    block_id: str
    button: Json


def found(workspace: Workspace, wanted: Mapping[str, Any]) -> Press:
    """The button that `wanted` means; raises ValueError with a sentence."""
    if unknown := set(wanted) - _FIELDS:
        raise ValueError(f"A press has no field {sorted(unknown)[0]!r}.")
    message = _message(workspace, wanted)
    user = wanted.get("user")
    if user not in workspace.channels[message.channel].members:
        raise ValueError(f"{user!r} is not in that channel.")
    if message.ephemeral_to not in (None, user):
        raise ValueError(f"Only {message.ephemeral_to} sees that message.")
    old = wanted.get("old") is True
    for version in reversed(message.versions) if old else [message.now]:
        match _matching(version, wanted):
            case [(block_id, button)]:
                return Press(message, version, user, block_id, button)
            case [_, _, *_]:
                raise ValueError("Several buttons match: name the action_id, the block_id or the value.")
    raise ValueError("The message never had that button." if old else "The message has no such button.")


def _message(workspace: Workspace, wanted: Mapping[str, Any]) -> Message:
    for message in workspace.messages:
        if (message.channel, message.ts) == (wanted.get("channel"), wanted.get("ts")):
            if message.deleted and wanted.get("old") is not True:
                break
            return message
    raise ValueError("There is no such message: 'channel' and 'ts' are those of /_control/messages.")


def _matching(version: Version, wanted: Mapping[str, Any]) -> list[tuple[str, Json]]:
    if "action_id" not in wanted and "value" not in wanted:
        raise ValueError("A press names the button's action_id or its value.")
    return [
        (block_id, button)
        for block_id, button in buttons(version.blocks)
        if wanted.get("action_id", button["action_id"]) == button["action_id"]
        and wanted.get("block_id", block_id) == block_id
        and wanted.get("value", button.get("value")) == button.get("value")
    ]


class Clicks:
    """Numbers clicks, so that no two have the same `action_ts` or `trigger_id`."""

    def __init__(self) -> None:
        self._numbers = itertools.count(time.time_ns() // 1000)

    def payload(self, press: Press, *, workspace: Workspace, response_url: str) -> Json:
        """Slack docs, `block_actions`: an ephemeral message is not repeated in it."""
        message, person = press.message, workspace.people[press.user]
        channel = workspace.channels[message.channel]
        ephemeral = message.ephemeral_to is not None
        number = next(self._numbers)
        payload: Json = {
            "type": "block_actions",
            "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM},
            "api_app_id": APP,
            "token": "deprecated-verification-token",
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": ephemeral,
            },
            "trigger_id": f"{number}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}",
            "team": {"id": TEAM, "domain": DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
            "state": {"values": {}},
            "response_url": response_url,
            "actions": [_action(press, f"{number // 1_000_000}.{number % 1_000_000:06d}")],
        }
        if message.thread_ts:
            payload["container"]["thread_ts"] = message.thread_ts
        return (
            payload
            if ephemeral
            else {**payload, "message": message.shown(metadata=False, version=press.version)}
        )


def _action(press: Press, action_ts: str) -> Json:
    kept: Json = {
        name: press.button[name] for name in ("style", "value", "url", "confirm") if name in press.button
    }
    return {
        "type": "button",
        "action_id": press.button["action_id"],
        "block_id": press.block_id,
        "text": press.button["text"],
        **kept,
        "action_ts": action_ts,
    }


def signed(payload: Json, target: Target, *, now: int) -> Outgoing:
    """One form field holding JSON, in which Slack writes every `/` as `\\/` and nothing outside ASCII."""
    text = json.dumps(payload, separators=(",", ":")).replace("/", "\\/")
    body = urlencode({"payload": text}).encode()
    return Outgoing(
        url=target.url or "",
        body=body,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "application/json,*/*",
            "X-Slack-Request-Timestamp": str(now),
            "X-Slack-Signature": signature(target.secret, now, body),
        },
    )
