"""The calls about databases, data sources and their rows (notion.md 3)."""

import time

from sandbox.notion import query, schema, texts
from sandbox.notion.call import Call, icon_of, parent_named, trashed_after
from sandbox.notion.errors import Json, misplaced, only
from sandbox.notion.store import Node, new_id


def create_database(call: Call) -> Json:
    """A database with its first data source; its columns belong to `initial_data_source` (notion.md 3)."""
    given = call.fields("parent", "title", "description", "is_inline", "icon", "initial_data_source")
    parent = parent_named(call, given.get("parent"), "page_id")
    source = only(given.get("initial_data_source", {}), ("properties", "title"), "initial_data_source")
    place = "initial_data_source.properties"
    columns = schema.columns(source.get("properties"), place, call.settings)
    blank = {"title": [], "description": [], "is_inline": False}
    content = blank | _about(call, given)
    node = Node(new_id(), "database", parent, call.by, content, icon=icon_of(given))
    name = texts.rich_text(source["title"], "title", call.settings) if "title" in source else content["title"]
    call.workspace.add(node)
    call.workspace.add(Node(new_id(), "data_source", node, call.by, {"title": name}, columns))
    return call.view.of(node)


def update_database(call: Call) -> Json:
    given = call.fields("title", "description", "is_inline", "in_trash", "archived")
    node = call.find("database")
    trashed, about = trashed_after(node, given), _about(call, given)
    node.trashed, node.content = trashed, node.content | about
    node.touched(call.by)
    return call.view.of(node)


def create_data_source(call: Call) -> Json:
    """One more beside those of a database (notion.md 1: a user may add a second one)."""
    given = call.fields("parent", "title", "properties")
    parent = parent_named(call, given.get("parent"), "database_id")
    title = texts.rich_text(given.get("title", []), "title", call.settings)
    columns = schema.columns(given.get("properties"), "properties", call.settings)
    node = call.workspace.add(Node(new_id(), "data_source", parent, call.by, {"title": title}, columns))
    return call.view.of(node)


def update_data_source(call: Call) -> Json:
    given, node = call.fields("title", "properties", "in_trash", "archived"), call.find("data_source")
    trashed, about = trashed_after(node, given), _about(call, given)
    if "properties" in given:
        node.columns = schema.changed(node.columns, given["properties"], "properties", call.settings)
    node.trashed, node.content = trashed, node.content | about
    node.touched(call.by)
    return call.view.of(node)


def query_rows(call: Call) -> Json:
    """Rows that are not in the trash; a new one may not be there yet (notion.md 5)."""
    given = call.fields("filter", "sorts", "start_cursor", "page_size")
    node = call.find("data_source")
    latest = time.monotonic() - max(call.settings.query_lag, call.hidden_for)
    rows = [row for row in node.kept if row.born <= latest]
    found = query.matching(rows, given, node.columns, call.settings)
    results, cursor = query.page(found, given)
    return call.view.list("page_or_data_source", [call.view.of(row) for row in results], cursor)


def _about(call: Call, given: Json) -> Json:
    """What a database or a data source says of itself, as far as it is given."""
    found: Json = {
        name: texts.rich_text(given[name], name, call.settings)
        for name in ("title", "description")
        if name in given
    }
    if "is_inline" in given:
        if not isinstance(given["is_inline"], bool):
            raise misplaced("is_inline", "should be a boolean")
        found["is_inline"] = given["is_inline"]
    return found
