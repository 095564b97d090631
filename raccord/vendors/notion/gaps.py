"""The database of gaps: a row for each gap of each week, by its key; people's own columns stay.

The database is known by the column of our keys, whatever people call it, and is looked for among what is
below the parent. A column of amounts has one currency, so that a sum of it means something.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from raccord.connectors.errors import NotFound
from raccord.domain.report.publication import Cell, Column, ColumnKind, Publication, Row, Table
from raccord.domain.values.money import Money
from raccord.vendors.notion.client import Json, NotionClient
from raccord.vendors.notion.texts import leads, of_cell, rich, same
from raccord.vendors.notion.wire import Block, DataSource, Page, Text

KEY, WEEK, LINK = "Raccord key", "Raccord week", "Raccord link"
_FORMATS = {"EUR": "euro", "USD": "dollar", "GBP": "pound"}
_OTHER = "number_with_commas"
_COMPUTED = frozenset(
    (
        "created_time",
        "created_by",
        "last_edited_time",
        "last_edited_by",
        "formula",
        "rollup",
        "unique_id",
        "button",
    )
)
_CURRENCY = re.compile(r" \([A-Z]{3}\)")

Schema = dict[str, Json]


class Gaps:
    """The gaps below one parent page. It remembers where its rows are kept."""

    def __init__(self, client: NotionClient, parent: str) -> None:
        self._client = client
        self._parent = parent
        self._source = ""

    async def write(self, publication: Publication, below: Sequence[Block]) -> None:
        """Bring a week's rows up to date; `below` are the blocks below the parent."""
        table = publication.table(publication.gaps)
        if not table.columns:
            return
        source = await self._ready(table, below)
        title = next(name for name, each in source.properties.items() if each.type == "title")
        week, language = str(publication.week), publication.language
        wanted = {f"{week}/{row.key}": dict(_values(row, table, week, language, title)) for row in table.rows}
        there = await self._there(source.id, week)
        for key, values in wanted.items():
            row = there.pop(key, None)
            if row is None:
                parent = {"type": "data_source_id", "data_source_id": source.id}
                await self._client.create_page(parent, values)
            elif not all(_stands(value, row.properties.get(name, {})) for name, value in values.items()):
                await self._client.update_page(row.id, {"properties": values})
        for row in there.values():
            await self._take_away(row, table, title)

    async def _take_away(self, row: Page, table: Table, title: str) -> None:
        """Trash the row of a gap that is no more; one that people wrote into is emptied, until it returns."""
        ours = {name: each for name, each in row.properties.items() if _is_ours(name, table)}
        others = (each for name, each in row.properties.items() if name not in (*ours, title))
        if not any(map(_is_typed, others)) and not await self._client.children(row.id):
            await self._client.update_page(row.id, {"in_trash": True})
            return
        kept = (title, KEY, WEEK)
        kinds = {name: str(each.get("type")) for name, each in ours.items() if name not in kept}
        empty: Schema = {name: {kind: [] if kind == "rich_text" else None} for name, kind in kinds.items()}
        if not all(_stands(value, ours[name]) for name, value in empty.items()):
            await self._client.update_page(row.id, {"properties": empty})

    async def _there(self, source: str, week: str) -> dict[str, Page]:
        """Return a week's rows by their keys; of two with the same, which a lag can leave, the later goes."""
        found: dict[str, Page] = {}
        rows = await self._client.rows(source, {"property": WEEK, "rich_text": {"equals": week}})
        for row in sorted(rows, key=lambda each: each.created_time):
            if row.in_trash:
                continue
            if (key := _plain(row.properties.get(KEY, {}))) in found:
                await self._client.update_page(row.id, {"in_trash": True})
            else:
                found[key] = row
        return found

    async def _ready(self, table: Table, below: Sequence[Block]) -> DataSource:
        """Return where the rows are kept, with all columns: made if it is not there."""
        schema = _schema(table)
        source = await self._known(below)
        if source is None:
            self._source = await self._create(table, schema)
            source = await self._client.data_source(self._source)
        lacking = {name: each for name, each in schema.items() if name not in source.properties}
        if lacking := {name: each for name, each in lacking.items() if "title" not in each}:
            await self._client.update_data_source(source.id, {"properties": lacking})
        return source

    async def _known(self, below: Sequence[Block]) -> DataSource | None:
        if self._source:
            with suppress(NotFound):
                return await self._client.data_source(self._source)
        for block in below:
            if block.type == "child_database":
                # A view of a database that is elsewhere and not shared with us looks the same.
                with suppress(NotFound):
                    for each in (await self._client.database(block.id)).data_sources:
                        source = await self._client.data_source(each.id)
                        if KEY in source.properties:
                            self._source = source.id
                            return source
        return None

    async def _create(self, table: Table, schema: Schema) -> str:
        content = {
            "parent": {"type": "page_id", "page_id": self._parent},
            "title": rich(table.title),
            "is_inline": False,
            "initial_data_source": {"properties": schema},
        }
        return (await self._client.create_database(content)).data_sources[0].id


def _schema(table: Table) -> Schema:
    """The columns, of which one is the title of a row, as each database has one."""
    schema: Schema = {table.columns[table.naming].title: {"title": {}}}
    for place, column in enumerate(table.columns):
        match column.kind:
            case _ if place == table.naming:
                continue
            case ColumnKind.MONEY:
                for currency in _currencies(table, place):
                    number = {"format": _FORMATS.get(currency, _OTHER)}
                    schema[_priced(column, currency)] = {"number": number}
            case ColumnKind.NUMBER:
                schema[column.title] = {"number": {"format": _OTHER}}
            case ColumnKind.DATE:
                schema[column.title] = {"date": {}}
            case ColumnKind.TEXT:
                schema[column.title] = {"rich_text": {}}
    return schema | {KEY: {"rich_text": {}}, WEEK: {"rich_text": {}}, LINK: {"url": {}}}


def _currencies(table: Table, place: int) -> list[str]:
    if own := table.columns[place].currency:
        return [own]
    return sorted({cell.currency for row in table.rows if isinstance(cell := row.cells[place], Money)})


def _priced(column: Column, currency: str) -> str:
    return column.title if column.currency else f"{column.title} ({currency})"


def _values(row: Row, table: Table, week: str, language: str, title: str) -> Iterator[tuple[str, Json]]:
    """Yield what stands in each column of ours; `title` is what people call the one that names a row."""
    for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=False)):
        match column.kind:
            case _ if place == table.naming:
                yield title, {"title": of_cell(cell, language)}
            case ColumnKind.MONEY:
                for currency in _currencies(table, place):
                    mine = isinstance(cell, Money) and cell.currency == currency
                    yield _priced(column, currency), {"number": _number(cell) if mine else None}
            case ColumnKind.NUMBER:
                yield column.title, {"number": _number(cell)}
            case ColumnKind.DATE:
                yield column.title, {"date": {"start": cell.isoformat()} if isinstance(cell, date) else None}
            case ColumnKind.TEXT:
                yield column.title, {"rich_text": of_cell(cell, language)}
    yield KEY, {"rich_text": rich(f"{week}/{row.key}")}
    yield WEEK, {"rich_text": rich(week)}
    url = row.url or next(filter(None, table.leads(row)), "")
    yield LINK, {"url": url if leads(url) else None}


def _number(cell: Cell) -> float | int | None:
    match cell:
        case Money():
            return float(cell.amount)
        case Decimal():
            return float(cell)
        case int():
            return cell
        case _:
            return None


def _stands(wanted: Json, found: Mapping[str, Any]) -> bool:
    """Whether a value stands there already."""
    ((kind, value),) = wanted.items()
    there: Any = found.get(kind)
    if kind in ("title", "rich_text"):
        return same(value, _texts(there))
    if kind == "date":
        value, there = (each and each.get("start") for each in (value, there))
    return bool(value == (float(there) if isinstance(there, Decimal) else there))


def _is_ours(name: str, table: Table) -> bool:
    """Whether a column is Raccord's, also that of a currency in which there is no gap any more."""
    prices = (column.title for column in table.columns if column.kind is ColumnKind.MONEY)
    return name in _schema(table) or any(
        name.startswith(price) and _CURRENCY.fullmatch(name.removeprefix(price)) for price in prices
    )


def _is_typed(found: Mapping[str, Any]) -> bool:
    """Whether somebody typed a value, which Notion did not compute."""
    kind = str(found.get("type", ""))
    return kind not in _COMPUTED and found.get(kind) not in (None, "", False, [], {})


def _texts(found: Any) -> list[Text]:
    return [Text.model_validate(each) for each in found or ()]


def _plain(found: Mapping[str, Any]) -> str:
    return "".join(each.said for each in _texts(found.get("rich_text")))
