"""What a workspace holds: pages, blocks, databases and their data sources, in one tree."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.notion import values
from sandbox.notion.blocks import Draft
from sandbox.notion.errors import Json, not_found
from sandbox.notion.schema import Columns
from sandbox.notion.settings import BOT


@dataclass
class Node:
    """`kind` is `page`, `database`, `data_source`, or a block's own. `parent` is None at the top.

    `children` are in order: blocks, pages and databases under a page; data sources under a database; rows,
    which are pages, under a data source.
    """

    id: str
    kind: str
    parent: "Node | None"
    by: str
    content: Json = field(default_factory=dict)
    """A block's; a database's title; a data source's name. A page's values by the id of the column."""
    columns: Columns = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    icon: Json | None = None
    trashed: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    edited: datetime = field(default_factory=lambda: datetime.now(UTC))
    edited_by: str = BOT
    born: float = field(default_factory=time.monotonic)

    @property
    def is_block(self) -> bool:
        return self.kind not in ("page", "database", "data_source")

    @property
    def in_trash(self) -> bool:
        """Itself, or what it is in."""
        return self.trashed or (self.parent is not None and self.parent.in_trash)

    @property
    def kept(self) -> list["Node"]:
        """The children that are not in the trash."""
        return [child for child in self.children if not child.trashed]

    @property
    def schema(self) -> Columns | None:
        """The columns of a row's data source; None for a page under a page."""
        return self.parent.columns if self.parent and self.parent.kind == "data_source" else None

    def line(self) -> Iterator["Node"]:
        """Itself and everything that it is in."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def touched(self, by: str) -> None:
        self.edited, self.edited_by = datetime.now(UTC), by


class Workspace:
    """Every node by its id, and which pages are shared with the integration."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.shared: set[str] = set()

    def find(self, id_: str, *kinds: str, app: bool) -> Node:
        """A node of one of these kinds (`block`: anything that stands on a page) that the caller sees: the
        app sees what is under a shared page (notion.md 2).
        """
        node = self.nodes.get(id_)
        if node is None or (app and self.shared.isdisjoint(each.id for each in node.line())):
            raise not_found(kinds[0], id_)
        fits = node.kind in kinds or ("block" in kinds and node.kind != "data_source")
        if not fits:
            raise not_found(kinds[0], id_)
        return node

    def add(self, node: Node, *, after: Node | None = None, first: bool = False) -> Node:
        self.nodes[node.id] = node
        if node.parent:
            siblings = node.parent.children
            place = 0 if first else len(siblings) if after is None else siblings.index(after) + 1
            siblings.insert(place, node)
        return node

    def put(
        self, drafts: list[Draft], parent: Node, by: str, *, after: Node | None = None, first: bool = False
    ) -> list[Node]:
        """Add blocks with what is in them, one after the other."""
        added: list[Node] = []
        for draft in drafts:
            node = Node(new_id(), draft.kind, parent, by, draft.content, edited_by=by)
            self.add(node, after=added[-1] if added else after, first=first and not added)
            self.put(draft.children, node, by)
            added.append(node)
        return added

    def title(self, node: Node) -> str:
        """What a page, a database or a data source is called."""
        if node.kind != "page":
            return values.text_of("title", node.content["title"])
        return values.text_of("title", node.content.get("title", []))


def new_id() -> str:
    return str(uuid.uuid4())


def stamp(moment: datetime) -> str:
    """To the minute, as Notion tells times."""
    return moment.strftime("%Y-%m-%dT%H:%M:00.000Z")


def parent_of(node: Node) -> Json:
    """How an answer names what something is in."""
    parent = node.parent
    if parent is None:
        return {"type": "workspace", "workspace": True}
    if parent.kind == "data_source":
        assert parent.parent is not None  # noqa: S101 - a data source is in a database
        return {"type": "data_source_id", "data_source_id": parent.id, "database_id": parent.parent.id}
    kind = parent.kind if not parent.is_block else "block"
    return {"type": f"{kind}_id", f"{kind}_id": parent.id}
