"""Checks Block Kit blocks as strictly as Slack does, and fills in what Slack fills in.

Limits are those of Slack's reference pages for blocks, elements and composition objects. Mistakes are named
by Slack's own sentences, each with a JSON pointer.
"""

import copy
import json
import secrets
from collections.abc import Callable
from typing import Any

from sandbox.slack.errors import Refused, explained

Json = dict[str, Any]
_MOST_BLOCKS = 50
# Slack documents no sum; users measured `msg_blocks_too_long` from about 13,200 characters on (2025-04).
_MOST_CHARACTERS = 13_200


def checked(blocks: Any) -> list[Json]:
    """A copy as Slack stores it: ids given to blocks and buttons without one, defaults written out."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    if wrong := _Checker().mistakes(blocks):
        raise explained("invalid_blocks", wrong)
    if len(json.dumps(blocks, ensure_ascii=False)) > _MOST_CHARACTERS:
        raise Refused("msg_blocks_too_long")
    return [_completed(block) for block in copy.deepcopy(blocks)]


def buttons(blocks: list[Json]) -> list[tuple[str, Json]]:
    """Every button with the id of its block, in order."""
    found = []
    for block in blocks:
        elements = [*block.get("elements", []), block.get("accessory") or {}]
        found += [(block["block_id"], each) for each in elements if each.get("type") == "button"]
    return found


class _Checker:
    """Collects what is wrong with a list of blocks."""

    def __init__(self) -> None:
        self._wrong: list[str] = []
        self._kinds: dict[str, Callable[[Json, str], None]] = {
            "header": self._header,
            "section": self._section,
            "context": self._context,
            "divider": lambda block, at: self._only(block, at, ()),
            "actions": self._actions,
            "image": self._image_block,
        }

    def mistakes(self, blocks: list[Json]) -> list[str]:
        if len(blocks) > _MOST_BLOCKS:
            self._say(f"no more than {_MOST_BLOCKS} items allowed", "/blocks")
        seen: list[Any] = []
        for number, block in enumerate(blocks):
            self._block(block, f"/blocks/{number}")
            block_id = block.get("block_id")
            if block_id is not None and block_id in seen:
                self._say(f'block_id "{block_id}" already exists', f"/blocks/{number}/block_id")
            seen.append(block_id)
        return self._wrong

    def _block(self, block: Json, at: str) -> None:
        kind = block.get("type")
        if kind is None:
            self._say("missing required field: type", at)
        elif kind not in self._kinds:
            self._say(f"unsupported type: {kind}", f"{at}/type")
        else:
            self._short(block, "block_id", at, 255)
            self._kinds[kind](block, at)

    def _header(self, block: Json, at: str) -> None:
        self._only(block, at, ("text",))
        self._text(block, "text", at, most=150, plain=True)

    def _section(self, block: Json, at: str) -> None:
        self._only(block, at, ("text", "fields", "accessory", "expand"))
        if "text" not in block and "fields" not in block:
            self._say("missing required field: text or fields", at)
        if "text" in block:
            self._text(block, "text", at, most=3000)
        if "fields" in block:
            for here, _ in self._items(block, "fields", at, most=10):
                self._text(block["fields"], here, f"{at}/fields", most=2000)
        if "accessory" in block:
            self._element(block["accessory"], f"{at}/accessory", ("button", "image"))

    def _context(self, block: Json, at: str) -> None:
        self._only(block, at, ("elements",))
        for here, each in self._items(block, "elements", at, most=10):
            if isinstance(each, dict) and each.get("type") == "image":
                self._image(each, f"{at}/elements/{here}")
            else:
                self._text(block["elements"], here, f"{at}/elements", most=3000)

    def _actions(self, block: Json, at: str) -> None:
        self._only(block, at, ("elements",))
        seen: list[Any] = []
        for here, each in self._items(block, "elements", at, most=25):
            self._element(each, f"{at}/elements/{here}", ("button",))
            action = each.get("action_id") if isinstance(each, dict) else None
            if action is not None and action in seen:
                self._say(f'action_id "{action}" already exists', f"{at}/elements/{here}/action_id")
            seen.append(action)

    def _image_block(self, block: Json, at: str) -> None:
        self._only(block, at, ("image_url", "alt_text", "title"))
        self._image(block, at)

    def _element(self, element: Any, at: str, kinds: tuple[str, ...]) -> None:
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in kinds:
            self._say(f"unsupported type: {kind}", f"{at}/type")
        elif kind == "image":
            self._image(element, at)
        else:
            self._button(element, at)

    def _button(self, button: Json, at: str) -> None:
        names = ("text", "action_id", "url", "value", "style", "confirm", "accessibility_label")
        self._only(button, at, names, ids=False)
        self._text(button, "text", at, most=75, plain=True)
        for name, most in (("action_id", 255), ("url", 3000), ("value", 2000), ("accessibility_label", 75)):
            self._short(button, name, at, most)
        if button.get("style", "primary") not in ("primary", "danger"):
            self._say("must be one of: primary, danger", f"{at}/style")
        if "confirm" in button:
            self._confirm(button["confirm"], f"{at}/confirm")

    def _confirm(self, confirm: Any, at: str) -> None:
        if not isinstance(confirm, dict):
            self._say("must be an object", at)
            return
        self._only({"type": "", **confirm}, at, ("title", "text", "confirm", "deny", "style"), ids=False)
        self._text(confirm, "title", at, most=100, plain=True)
        self._text(confirm, "text", at, most=300)
        self._text(confirm, "confirm", at, most=30, plain=True)
        self._text(confirm, "deny", at, most=30, plain=True)

    def _image(self, image: Json, at: str) -> None:
        for name, most in (("image_url", 3000), ("alt_text", 2000)):
            if name not in image:
                self._say(f"missing required field: {name}", at)
            self._short(image, name, at, most)

    def _text(self, owner: Any, name: Any, at: str, *, most: int, plain: bool = False) -> None:
        """A text object: `plain_text` or `mrkdwn`, and neither empty nor too long."""
        here = f"{at}/{name}"
        if isinstance(owner, dict) and name not in owner:
            self._say(f"missing required field: {name}", at)
            return
        match owner[name]:
            case {"type": "plain_text" | "mrkdwn" as kind, "text": str(text), **others}:
                if plain and kind == "mrkdwn":
                    self._say("must be one of: plain_text", f"{here}/type")
                allowed = {"emoji"} if kind == "plain_text" else {"verbatim"}
                for other in sorted(set(map(str, others)) - allowed):
                    self._say(f"invalid additional property: {other}", here)
                self._length(text, most, f"{here}/text")
            case _:
                self._say("failed to match all allowed schemas", here)

    def _items(self, owner: Json, name: str, at: str, *, most: int) -> list[tuple[int, Any]]:
        items = owner.get(name)
        if not isinstance(items, list) or not items:
            self._say("must have at least 1 item" if items == [] else f"missing required field: {name}", at)
            return []
        if len(items) > most:
            self._say(f"no more than {most} items allowed", f"{at}/{name}")
        return list(enumerate(items))

    def _only(self, owner: Json, at: str, names: tuple[str, ...], *, ids: bool = True) -> None:
        allowed = {"type", *names, *(("block_id",) if ids else ())}
        for name in sorted(set(owner) - allowed):
            self._say(f"invalid additional property: {name}", at)

    def _short(self, owner: Json, name: str, at: str, most: int) -> None:
        value = owner.get(name)
        if isinstance(value, str):
            # Slack takes an empty value of a button, but no empty id and no empty url.
            self._length(value, most, f"{at}/{name}", least=0 if name == "value" else 1)
        elif name in owner:
            self._say("must be a string", f"{at}/{name}")

    def _length(self, text: str, most: int, at: str, *, least: int = 1) -> None:
        if len(text) < least:
            self._say(f"must be more than {least - 1} characters", at)
        if len(text) > most:
            self._say(f"must be less than {most + 1} characters", at)

    def _say(self, mistake: str, at: str) -> None:
        self._wrong.append(f"{mistake} [json-pointer:{at}]")


def _completed(block: Json) -> Json:
    block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
    for owner in (block, *block.get("elements", []), *block.get("fields", []), block.get("accessory") or {}):
        _defaults(owner)
        _defaults(owner.get("text"))
    for _, button in buttons([block]):
        button.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return block


def _defaults(text: Any) -> None:
    match text:
        case {"type": "plain_text"}:
            text.setdefault("emoji", True)
        case {"type": "mrkdwn"}:
            text.setdefault("verbatim", False)
