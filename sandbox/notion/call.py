"""One call: its body, who asks, by which version; and what the parts of a body that many calls share mean."""

from dataclasses import dataclass
from typing import Any

from sandbox.notion import blocks
from sandbox.notion.errors import Json, in_trash, invalid, misplaced, only
from sandbox.notion.settings import BOT, LATEST, PERSON, NotionSettings
from sandbox.notion.store import Node, Workspace
from sandbox.notion.view import View


@dataclass
class Call:
    """One call. `id` is that of its path; `given` its body, or a list's query."""

    workspace: Workspace
    settings: NotionSettings
    version: str
    view: View
    given: Json
    app: bool
    id: str = ""
    hidden_for: float = 0.0

    @property
    def by(self) -> str:
        return BOT if self.app else PERSON

    def find(self, *kinds: str, id_: str | None = None) -> Node:
        return self.workspace.find(id_ or self.id, *kinds, app=self.app)

    def fields(self, *names: str) -> Json:
        """The body, with no other fields. notion.md 1: `archived` and `after` went with 2026-03-11."""
        gone = ("archived", "after") if self.version >= LATEST else ("position",)
        return only(self.given, tuple(name for name in names if name not in gone), "")


def parent_named(call: Call, given: Any, *names: str) -> Node:
    parent = only(given, ("type", *names), "parent")
    found = [name for name in names if name in parent]
    if len(found) != 1 or parent.get("type", found[0]) != found[0]:
        raise misplaced("parent", f"should name exactly one of {', '.join(names)}.")
    (name,) = found
    node = call.find(name.removesuffix("_id"), id_=uuid_of(parent[name], f"body.parent.{name}"))
    if node.in_trash:
        raise in_trash()
    return node


def uuid_of(value: Any, at: str) -> str:
    """An id with its dashes, however it was written."""
    digits = value.replace("-", "").lower() if isinstance(value, str) else ""
    if len(digits) != 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise invalid(
            f"{at.partition('.')[0]} failed validation: {at} should be a valid uuid, instead was `{value}`."
        )
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def trashed_after(node: Node, given: Json) -> bool:
    """Whether it lies in the trash afterwards. What lies there takes no other change."""
    wanted = given.get("in_trash", given.get("archived"))
    if wanted is not None and not isinstance(wanted, bool):
        raise misplaced("in_trash", "should be a boolean")
    if node.in_trash and wanted is not False:
        raise in_trash()
    return node.trashed if wanted is None else wanted


def icon_of(given: Json) -> Json | None:
    if given.get("cover") is not None:
        raise misplaced("cover", "should be null: the sandbox keeps no pictures.")
    return blocks.icon(given["icon"], "icon") if given.get("icon") is not None else None
