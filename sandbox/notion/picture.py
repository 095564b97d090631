"""The workspace as people read it: pages with their blocks, databases with their rows."""

from typing import Any

from sandbox.notion import texts, values
from sandbox.notion.errors import Json
from sandbox.notion.store import Node, Workspace


def shown(workspace: Workspace) -> dict[str, Any]:
    """Every page and database, trashed ones too, in the order in which they were made."""
    nodes = workspace.nodes.values()
    return {
        "shared": sorted(workspace.shared),
        "pages": [_page(workspace, node) for node in nodes if node.kind == "page"],
        "databases": [_database(workspace, node) for node in nodes if node.kind == "database"],
    }


def _page(workspace: Workspace, node: Node) -> Json:
    return {
        "id": node.id,
        "title": workspace.title(node) if node.schema is None else _row_title(node),
        "icon": node.icon and node.icon["emoji"],
        "parent": node.parent.id if node.parent else None,
        "row": node.schema is not None,
        "in_trash": node.in_trash,
        "shared": not workspace.shared.isdisjoint(each.id for each in node.line()),
        "blocks": [_block(workspace, child) for child in node.kept],
    }


def _block(workspace: Workspace, node: Node) -> Json:
    if not node.is_block:
        return {"type": f"child_{node.kind}", "id": node.id, "text": workspace.title(node)}
    content = node.content
    found: Json = {
        "type": node.kind,
        "id": node.id,
        "text": texts.plain(content.get("rich_text", [])),
        "parts": [_part(part) for part in content.get("rich_text", [])],
        "children": [_block(workspace, child) for child in node.kept],
    }
    match node.kind:
        case "table_row":
            found["cells"] = [[_part(part) for part in cell] for cell in content["cells"]]
        case "table":
            found["header"] = content["has_column_header"]
        case "callout":
            found["icon"] = (content["icon"] or {}).get("emoji")
            found["color"] = content["color"]
        case "image":
            found["text"] = texts.plain(content["caption"])
    return found


def _part(part: Json) -> Json:
    look = part["annotations"]
    return {
        "text": part["plain_text"],
        "href": part["href"],
        "bold": look["bold"],
        "italic": look["italic"],
        "color": look["color"],
    }


def _database(workspace: Workspace, node: Node) -> Json:
    return {
        "id": node.id,
        "title": workspace.title(node),
        "parent": node.parent.id if node.parent else None,
        "in_trash": node.in_trash,
        "data_sources": [
            {
                "id": source.id,
                "name": workspace.title(source),
                "columns": {name: column["type"] for name, column in source.columns.items()},
                "rows": [_row(row) for row in source.children],
            }
            for source in node.kept
        ],
    }


def _row(row: Node) -> Json:
    columns = row.schema or {}
    cells = {
        name: values.text_of(column["type"], row.content.get(column["id"]))
        for name, column in columns.items()
    }
    hues = {
        name: row.content[column["id"]]["color"]
        for name, column in columns.items()
        if column["type"] == "select" and row.content.get(column["id"])
    }
    return {"id": row.id, "in_trash": row.in_trash, "values": cells, "colors": hues}


def _row_title(node: Node) -> str:
    return values.text_of("title", node.content.get("title", []))
