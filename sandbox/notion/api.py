"""The calls of the API: pages, blocks, databases and data sources (notion.md 3)."""

import time
from dataclasses import dataclass
from typing import Any

from sandbox.notion import blocks, query, schema, texts, values
from sandbox.notion.errors import Json, in_trash, invalid, misplaced, only
from sandbox.notion.settings import BOT, LATEST, PERSON, NotionSettings
from sandbox.notion.store import Node, Workspace, new_id
from sandbox.notion.view import View

_PAGE_FIELDS = ("parent", "properties", "children", "icon", "cover")
_CHANGES = ("properties", "icon", "cover", "in_trash", "archived")


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


def me(call: Call) -> Json:
    del call
    bot = {"owner": {"type": "workspace", "workspace": True}, "workspace_name": "Hexalab"}
    return {"object": "user", "id": BOT, "name": "Raccord", "avatar_url": None, "type": "bot", "bot": bot}


def retrieve(call: Call, kind: str) -> Json:
    node = call.find(kind)
    return call.view.block(node) if kind == "block" else call.view.of(node)


def create_page(call: Call) -> Json:
    """A row of a data source, or a page under a page, with its first blocks."""
    given = call.fields(*_PAGE_FIELDS)
    parent = _parent(call, given.get("parent"), "page_id", "data_source_id")
    columns = parent.columns if parent.kind == "data_source" else None
    first = blocks.drafts(given.get("children", []), "children", call.settings)
    content = values.written({}, given.get("properties", {}), columns, call.settings)
    node = Node(new_id(), "page", parent, call.by, content, edited_by=call.by)
    node.icon = _icon(given)
    call.workspace.add(node)
    call.workspace.put(first, node, call.by)
    return call.view.of(node)


def update_page(call: Call) -> Json:
    given, node = call.fields(*_CHANGES), call.find("page")
    _trash(node, given)
    if "properties" in given:
        node.content = values.written(node.content, given["properties"], node.schema, call.settings)
    if "icon" in given:
        node.icon = _icon(given)
    node.touched(call.by)
    return call.view.of(node)


def create_database(call: Call) -> Json:
    """A database with its first data source; its columns belong to `initial_data_source` (notion.md 3)."""
    given = call.fields("parent", "title", "description", "is_inline", "icon", "initial_data_source")
    parent = _parent(call, given.get("parent"), "page_id")
    title = texts.rich_text(given.get("title", []), "title", call.settings)
    source = only(given.get("initial_data_source", {}), ("properties", "title"), "initial_data_source")
    place = "initial_data_source.properties"
    columns = schema.columns(source.get("properties"), place, call.settings)
    node = Node(
        new_id(), "database", parent, call.by, {"title": title, "is_inline": given.get("is_inline", False)}
    )
    node.icon = _icon(given)
    call.workspace.add(node)
    name = texts.rich_text(
        source.get("title", given.get("title", [])), "initial_data_source.title", call.settings
    )
    call.workspace.add(Node(new_id(), "data_source", node, call.by, {"title": name}, columns))
    return call.view.of(node)


def update_database(call: Call) -> Json:
    given, node = call.fields("title", "is_inline", "in_trash", "archived", "icon"), call.find("database")
    _trash(node, given)
    if "title" in given:
        node.content = {**node.content, "title": texts.rich_text(given["title"], "title", call.settings)}
    if "is_inline" in given:
        node.content = {**node.content, "is_inline": given["is_inline"]}
    node.touched(call.by)
    return call.view.of(node)


def create_data_source(call: Call) -> Json:
    """One more beside those of a database (notion.md 1: a user may add a second one)."""
    given = call.fields("parent", "title", "properties")
    parent = _parent(call, given.get("parent"), "database_id")
    title = texts.rich_text(given.get("title", []), "title", call.settings)
    columns = schema.columns(given.get("properties"), "properties", call.settings)
    node = call.workspace.add(Node(new_id(), "data_source", parent, call.by, {"title": title}, columns))
    return call.view.of(node)


def update_data_source(call: Call) -> Json:
    given, node = call.fields("title", "properties", "in_trash", "archived", "icon"), call.find("data_source")
    _trash(node, given)
    if "properties" in given:
        node.columns = schema.changed(node.columns, given["properties"], "properties", call.settings)
    if "title" in given:
        node.content = {"title": texts.rich_text(given["title"], "title", call.settings)}
    node.touched(call.by)
    return call.view.of(node)


def query_rows(call: Call) -> Json:
    """Rows that are not in the trash; a new one may not be there yet (notion.md 5)."""
    given = call.fields("filter", "sorts", "start_cursor", "page_size", "in_trash", "archived")
    node = call.find("data_source")
    latest = time.monotonic() - max(call.settings.query_lag, call.hidden_for)
    rows = [row for row in node.kept if row.born <= latest]
    found = query.matching(rows, given, node.columns, call.settings)
    results, cursor = query.page(found, given)
    return call.view.list("page_or_data_source", [call.view.of(row) for row in results], cursor)


def children(call: Call) -> Json:
    given = only(call.given, ("start_cursor", "page_size"), "")
    node = call.find("block")
    if node.kind == "database":
        return call.view.list("block", [], None)
    found, cursor = query.page(node.kept, given)
    return call.view.list("block", [call.view.block(child) for child in found], cursor)


def append(call: Call) -> Json:
    """Blocks at the end, or where `after` or `position` says (notion.md 1)."""
    given, node = call.fields("children", "after", "position"), call.find("block")
    if "children" not in given:
        raise misplaced("children", "should be defined, instead was `undefined`.")
    if node.in_trash:
        raise in_trash()
    if node.kind == "database":
        raise invalid("Block does not support children.")
    drafts = blocks.drafts(given["children"], "children", call.settings, under=node.kind)
    for draft in drafts:
        blocks.must_fit(draft.kind, draft.content, node.kind, node.content.get("table_width"))
    after, first = _position(given, node)
    added = call.workspace.put(drafts, node, call.by, after=after, first=first)
    for each in node.line():
        each.touched(call.by)
    return call.view.list("block", [call.view.block(child) for child in added], None)


def update_block(call: Call) -> Json:
    node = call.find("block")
    given = call.fields(node.kind, "type", "in_trash", "archived")
    _trash(node, given)
    if node.kind in given:
        if not node.is_block:
            raise invalid("A page and a database are updated as what they are.")
        node.content = blocks.changed(node.kind, node.content, given[node.kind], call.settings)
    node.touched(call.by)
    return call.view.block(node)


def delete_block(call: Call) -> Json:
    """To the trash, with what is in it."""
    node = call.find("block")
    if node.in_trash:
        raise in_trash()
    node.trashed = True
    node.touched(call.by)
    return call.view.block(node)


def _parent(call: Call, given: Any, *names: str) -> Node:
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


def _trash(node: Node, given: Json) -> None:
    """Into the trash or out of it. What lies there takes no other change."""
    wanted = given.get("in_trash", given.get("archived"))
    if wanted is not None and not isinstance(wanted, bool):
        raise misplaced("in_trash", "should be a boolean")
    if node.in_trash and wanted is not False:
        raise in_trash()
    if wanted is not None:
        node.trashed = wanted


def _icon(given: Json) -> Json | None:
    if given.get("cover") is not None:
        raise misplaced("cover", "should be null: the sandbox keeps no pictures.")
    return blocks.icon(given["icon"], "icon") if given.get("icon") is not None else None


def _position(given: Json, node: Node) -> tuple[Node | None, bool]:
    """The sibling to come after, and whether to come first."""
    after = given.get("after")
    if "position" in given:
        position = only(given["position"], ("type", "after_block"), "position")
        match position.get("type"):
            case "start":
                return None, True
            case "end":
                return None, False
            case "after_block":
                after = only(position.get("after_block"), ("id",), "position.after_block").get("id")
            case _:
                raise misplaced("position.type", "should be `after_block`, `start` or `end`.")
    if after is None:
        return None, False
    wanted = uuid_of(after, "body.after")
    sibling = next((child for child in node.kept if child.id == wanted), None)
    if sibling is None:
        raise invalid(f"Block {wanted} is not a child of {node.id}.")
    return sibling, False
