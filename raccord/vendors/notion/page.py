"""A week's page: found among what is below the parent, which is told at once, and brought up to date.

Blocks that others made are never touched; of ours only those are written that say something else.
"""

from collections.abc import Sequence

from raccord.connectors.http.writing import write_json
from raccord.domain.report.publication import Publication
from raccord.vendors.notion.blocks import DIVIDER, MOST_ROWS, Cells, Section, row_block, said, sections, title
from raccord.vendors.notion.client import Json, NotionClient
from raccord.vendors.notion.texts import rich, same
from raccord.vendors.notion.wire import Block, Page

_HEADING, _TABLE, _PARAGRAPH, _ROW = "heading_2", "table", "paragraph", "table_row"
_LARGEST = 400_000
"""Bytes of one append: 500 KB are taken (notion page, section 4)."""


async def write_page(
    client: NotionClient, publication: Publication, parent: str, below: Sequence[Block]
) -> Page:
    """Make the page of a week, or bring it up to date; `below` are the blocks below the parent."""
    wanted, name = sections(publication), title(publication)
    author = (await client.me()).id
    page = await _found(client, str(publication.week), below, author)
    if page is None:
        blocks = [block for section in wanted for block in section.blocks()]
        place = {"type": "page_id", "page_id": parent}
        page = await client.create_page(place, _titled(name), [*blocks, DIVIDER])
    elif name != _title_of(page):
        await client.update_page(page.id, {"properties": _titled(name)})
    await _Parts(client, page.id, author).show(wanted)
    return page


async def _found(client: NotionClient, week: str, below: Sequence[Block], author: str) -> Page | None:
    """Return a week's page: the first of ours whose title begins with the week."""
    for block in below:
        ours = block.type == "child_page" and block.created_by.id == author
        if ours and block.child_page.title.split(" ")[0] == week:
            return await client.page(block.id)
    return None


def _titled(name: str) -> Json:
    return {"title": {"title": rich(name)}}


def _title_of(page: Page) -> str:
    found = (each for each in page.properties.values() if each.get("type") == "title")
    return "".join(piece.get("plain_text", "") for each in found for piece in each.get("title", ()))


class _Parts:
    """The blocks of one page that are ours, by the heading they stand under."""

    def __init__(self, client: NotionClient, page: str, author: str) -> None:
        self._client = client
        self._page = page
        self._author = author

    async def show(self, wanted: Sequence[Section]) -> None:
        parts = await self._parts()
        for section in wanted:
            await self._show(section, parts.pop(section.title, []))
        for left in parts.values():
            await self._delete(left)

    async def _parts(self) -> dict[str, list[Block]]:
        parts: dict[str, list[Block]] = {"": []}
        under = ""
        for block in await self._client.children(self._page):
            if block.created_by.id != self._author:
                continue
            if block.type == _HEADING:
                under = "".join(piece.said for piece in block.heading_2.rich_text)
            if block.type in (_HEADING, _TABLE, _PARAGRAPH):
                parts.setdefault(under, []).append(block)
        return parts

    async def _show(self, section: Section, blocks: Sequence[Block]) -> None:
        table = next((each for each in blocks if each.type == _TABLE), None)
        if table is None or table.table.table_width != section.width:
            # A table keeps the width it was made with, and what people threw away has no place any more.
            await self._delete(blocks)
            blocks = await self._client.append(self._page, section.blocks())
            table = next(each for each in blocks if each.type == _TABLE)
        texts = [each for each in blocks if each.type == _PARAGRAPH]
        for block, text in zip(texts, section.texts, strict=False):
            if not same(wanted := rich(text), block.paragraph.rich_text):
                change = said(_PARAGRAPH, wanted)
                await self._client.update_block(block.id, {_PARAGRAPH: change[_PARAGRAPH]})
        await self._fill(table.id, section.cells)

    async def _fill(self, table: str, wanted: Sequence[Cells]) -> None:
        """Write the rows that differ, take those away that are too many, append those that lack."""
        rows = [each for each in await self._client.children(table) if each.type == _ROW]
        for row, cells in zip(rows, wanted, strict=False):
            if not _same(cells, row):
                await self._client.update_block(row.id, {_ROW: row_block(cells)[_ROW]})
        await self._delete(rows[len(wanted) :])
        for batch in _batches([row_block(cells) for cells in wanted[len(rows) :]]):
            await self._client.append(table, batch)

    async def _delete(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            await self._client.delete_block(block.id)


def _same(cells: Cells, row: Block) -> bool:
    found = row.table_row.cells
    return len(found) == len(cells) and all(map(same, cells, found))


def _batches(blocks: Sequence[Json]) -> list[list[Json]]:
    batches: list[list[Json]] = []
    size = _LARGEST
    for block in blocks:
        length = len(write_json(block).encode())
        if size + length > _LARGEST or len(batches[-1]) == MOST_ROWS:
            batches.append([])
            size = 0
        batches[-1].append(block)
        size += length
    return batches
