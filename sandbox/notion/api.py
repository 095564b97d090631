"""The calls about pages and blocks (notion.md 3)."""

import copy
from typing import Any

from sandbox.notion import blocks, query, values
from sandbox.notion.call import Call, icon_of, parent_named, trashed_after, uuid_of
from sandbox.notion.errors import Json, in_trash, invalid, misplaced, only
from sandbox.notion.settings import BOT
from sandbox.notion.store import Node, new_id

_PAGE_FIELDS = ("parent", "properties", "children", "icon", "cover")
_CHANGES = ("properties", "icon", "cover", "in_trash", "archived")


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
    parent = parent_named(call, given.get("parent"), "page_id", "data_source_id")
    first = blocks.drafts(given.get("children", []), "children", call.settings)
    node = Node(new_id(), "page", parent, call.by, icon=icon_of(given), edited_by=call.by)
    _write(node, given.get("properties", {}), call)
    call.workspace.add(node)
    call.workspace.put(first, node, call.by)
    return call.view.of(node)


def update_page(call: Call) -> Json:
    given, node = call.fields(*_CHANGES), call.find("page")
    trashed, icon = trashed_after(node, given), icon_of(given)
    _write(node, given.get("properties", {}), call)
    node.trashed = trashed
    if "icon" in given:
        node.icon = icon
    node.touched(call.by)
    return call.view.of(node)


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
    trashed = trashed_after(node, given)
    if node.kind in given:
        if not node.is_block:
            raise invalid("A page and a database are updated as what they are.")
        node.content = blocks.changed(node.kind, node.content, given[node.kind], call.settings)
    node.trashed = trashed
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


def _write(node: Node, properties: Any, call: Call) -> None:
    """Write a page's values. A refused one leaves the options of a select as they were."""
    columns = copy.deepcopy(node.schema)
    node.content = values.written(node.content, properties, columns, call.settings)
    if columns is not None and node.parent is not None:
        node.parent.columns = columns


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
