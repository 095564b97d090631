"""`response_url`: what an app may answer to a click without a token.

Slack docs: five times within 30 minutes; a new message for the person who clicked, unless it asks otherwise.
"""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.slack import blocks
from sandbox.slack.errors import Refused
from sandbox.slack.settings import BOT_USER, TEAM
from sandbox.slack.workspace import Json, Message, Workspace

_USES, _SECONDS = 5, 30 * 60
_FIELDS = {"text", "blocks", "replace_original", "delete_original", "response_type", "thread_ts"}


@dataclass
class _Open:
    message: Message
    user: str
    until: float
    left: int = _USES


class Responses:
    """The addresses that were handed out with clicks."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def open(self, message: Message, user: str) -> str:
        """A new address, as a path below the vendor's prefix."""
        path = f"/actions/{TEAM}/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        self._open[path] = _Open(message, user, time.monotonic() + _SECONDS)
        return path

    def answer(self, path: str, body: bytes, workspace: Workspace) -> tuple[Response, bool]:
        """The answer, and whether the workspace was changed."""
        known = self._open.get(path)
        if known is None or time.monotonic() > known.until:
            return JSONResponse({"ok": False, "error": "expired_url"}, 404), False
        if known.left == 0:
            return JSONResponse({"ok": False, "error": "used_url"}, 404), False
        try:
            _apply(known, _read(body), workspace)
        except Refused as refused:
            return JSONResponse(refused.body(), 400), False
        known.left -= 1
        return JSONResponse({"ok": True}), True


def _read(body: bytes) -> Json:
    try:
        given: Any = json.loads(body)
    except ValueError as error:
        raise Refused("invalid_payload") from error
    if not isinstance(given, dict) or set(given) - _FIELDS:
        raise Refused("invalid_payload")
    return given


def _apply(known: _Open, given: Json, workspace: Workspace) -> None:
    message = known.message
    if given.get("delete_original") is True:
        message.deleted = True
        return
    shown = blocks.checked(given["blocks"]) if given.get("blocks") else []
    text = given.get("text", "")
    if not isinstance(text, str) or not (text.strip() or shown):
        raise Refused("no_text")
    if given.get("replace_original") is True:
        message.change(workspace.next_ts(), text=text, blocks=shown)
        return
    workspace.post(
        channel=message.channel,
        user=BOT_USER,
        text=text,
        blocks=shown,
        thread_ts=given.get("thread_ts"),
        ephemeral_to=None if given.get("response_type") == "in_channel" else known.user,
    )
