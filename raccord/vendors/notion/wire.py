"""Notion's answers: the fields Raccord reads of them, under Notion's names."""

from typing import Any, Generic, TypeVar

from pydantic import Field

from raccord.connectors.http.reading import Wire


class Author(Wire):
    id: str = ""


class Text(Wire):
    """A piece of rich text."""

    plain_text: str | None = None
    href: str | None = None
    text: dict[str, Any] | None = None

    @property
    def said(self) -> str:
        return self.plain_text if self.plain_text is not None else str((self.text or {}).get("content", ""))

    @property
    def url(self) -> str:
        link = (self.text or {}).get("link") or {}
        return str(self.href or link.get("url") or "")


class Titled(Wire):
    title: str = ""


class Said(Wire):
    rich_text: tuple[Text, ...] = ()


class TableOf(Wire):
    table_width: int = 0


class Cells(Wire):
    cells: tuple[tuple[Text, ...], ...] = ()


class Block(Wire):
    """A block of any kind: only its own kind's field is there."""

    id: str
    type: str
    created_by: Author = Author()
    in_trash: bool = False
    child_page: Titled = Titled()
    child_database: Titled = Titled()
    paragraph: Said = Said()
    heading_2: Said = Said()
    table: TableOf = TableOf()
    table_row: Cells = Cells()


class Page(Wire):
    """A page, or a row of a database: that has more properties than its title."""

    id: str
    url: str = ""
    created_time: str = ""
    in_trash: bool = False
    properties: dict[str, dict[str, Any]] = {}


T = TypeVar("T", bound=Wire)


class Listed(Wire, Generic[T]):
    results: tuple[T, ...]
    has_more: bool = False
    next_cursor: str | None = None

    @property
    def following(self) -> str | None:
        return self.next_cursor if self.has_more else None


class Named(Wire):
    id: str
    name: str = ""


class Database(Wire):
    id: str
    data_sources: tuple[Named, ...] = ()


class Property(Wire):
    type: str = ""


class DataSource(Wire):
    id: str
    properties: dict[str, Property] = {}


class Bot(Wire):
    """Whom the token belongs to."""

    id: str
    name: str | None = Field(default=None)


class Done(Wire):
    """The answer to a write of which nothing is needed."""

    object: str = ""
