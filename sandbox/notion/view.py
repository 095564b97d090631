"""Objects as Notion answers them, by the version that was asked for (notion.md 1)."""

from typing import Any

from sandbox.notion import values
from sandbox.notion.errors import Json
from sandbox.notion.settings import LATEST
from sandbox.notion.store import Node, Workspace, parent_of, stamp


class View:
    """`origin`: where the sandbox is served; what looks like an address of a page leads to its panel."""

    def __init__(self, workspace: Workspace, version: str, origin: str) -> None:
        self._workspace = workspace
        self._version = version
        self._origin = origin

    def of(self, node: Node) -> Json:
        """A page, a database, a data source, or a block."""
        match node.kind:
            case "page":
                return self._page(node)
            case "database":
                return self._database(node)
            case "data_source":
                return self._data_source(node)
        return self.block(node)

    def block(self, node: Node) -> Json:
        """What stands on a page: also a page and a database as a block in another page."""
        kind, content = node.kind, node.content
        if not node.is_block:
            kind, content = f"child_{node.kind}", {"title": self._workspace.title(node)}
        has_children = node.kind != "database" and bool(node.kept)
        return self._common("block", node) | {"has_children": has_children, "type": kind, kind: content}

    def list(self, kind: str, results: list[Json], cursor: str | None) -> Json:
        return {
            "object": "list",
            "results": results,
            "has_more": cursor is not None,
            "next_cursor": cursor,
            "type": kind,
            kind: {},
        }

    def _page(self, node: Node) -> Json:
        return self._common("page", node) | {
            "cover": None,
            "icon": node.icon,
            "properties": values.shown(node.content, node.schema),
            "url": self._url(node),
            "public_url": None,
        }

    def _database(self, node: Node) -> Json:
        sources = [{"id": one.id, "name": self._workspace.title(one)} for one in node.kept]
        return self._common("database", node) | {
            "title": node.content["title"],
            "description": node.content["description"],
            "is_inline": node.content["is_inline"],
            "icon": node.icon,
            "cover": None,
            "data_sources": sources,
            "url": self._url(node),
        }

    def _data_source(self, node: Node) -> Json:
        assert node.parent is not None  # noqa: S101 - it is in a database
        return self._common("data_source", node) | {
            "title": node.content["title"],
            "description": [],
            "icon": node.icon,
            "properties": node.columns,
            "database_parent": parent_of(node.parent),
            "url": self._url(node),
        }

    def _common(self, kind: str, node: Node) -> Json:
        def user(id_: str) -> Json:
            return {"object": "user", "id": id_}

        common: dict[str, Any] = {
            "object": kind,
            "id": node.id,
            "parent": parent_of(node),
            "created_time": stamp(node.created),
            "last_edited_time": stamp(node.edited),
            "created_by": user(node.by),
            "last_edited_by": user(node.edited_by),
            "in_trash": node.in_trash,
        }
        # notion.md 1: `archived` went with 2026-03-11.
        return common if self._version >= LATEST else common | {"archived": node.in_trash}

    def _url(self, node: Node) -> str:
        shown = "panel" if node.schema is not None or node.kind != "page" else node.id.replace("-", "")
        return f"{self._origin}/#notion-{shown}"
