"""Texts and cells as Notion's rich text, in pieces that it takes (notion page, section 4)."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from raccord.connectors.lengths import cut
from raccord.domain.report.publication import Cell
from raccord.texts.report.cells import said
from raccord.vendors.notion.wire import Text

_LONGEST = 2000
"""Of a piece of text, counted as JavaScript does: beyond 16 bits a character is two. Of a URL too."""
_PIECES = 20
"""Of the 100 that Notion takes of one text: with more, a row of a table could be too large for a request."""

Rich = list[dict[str, Any]]


def rich(text: str, url: str = "") -> Rich:
    """Return a text in pieces, each a link where it leads somewhere."""
    link = {"url": url} if leads(url) else None
    shown = cut(text, _LONGEST * _PIECES, size=_size)
    return [{"type": "text", "text": {"content": piece, "link": link}} for piece in _pieces(shown)]


def of_cell(cell: Cell, language: str, url: str = "") -> Rich:
    """Return a cell as a reader of the language writes it."""
    return rich(said(cell, language), url)


def leads(url: str) -> bool:
    """Whether Notion takes it as a link."""
    return urlsplit(url).scheme in ("http", "https") and len(url) <= _LONGEST


def same(wanted: Rich, found: Iterable[Text]) -> bool:
    """Whether a text stands there already, in whatever pieces."""
    there = [(each.said, each.url) for each in found]
    return _joined(
        (each["text"]["content"], (each["text"]["link"] or {}).get("url", "")) for each in wanted
    ) == (_joined(there))


def _joined(pieces: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return pieces with neighbours that lead to the same place as one."""
    joined: list[tuple[str, str]] = []
    for text, url in pieces:
        if joined and joined[-1][1] == url:
            joined[-1] = (joined[-1][0] + text, url)
        elif text:
            joined.append((text, url))
    return joined


def _pieces(text: str) -> Iterator[str]:
    start, size = 0, 0
    for place, character in enumerate(text):
        if size + _size(character) > _LONGEST:
            yield text[start:place]
            start, size = place, 0
        size += _size(character)
    if text[start:]:
        yield text[start:]


def _size(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
