"""A cell of a report as people read it."""

from datetime import date
from decimal import Decimal

from raccord.domain.report.publication import Cell, Linked
from raccord.domain.values.money import Money
from raccord.texts import formats

_LINKS = ("https://", "http://")


def said(cell: Cell, language: str) -> str:
    """Write a cell in a language; nothing where it is empty. Texts stay as they were typed."""
    match cell:
        case None:
            return ""
        case Linked(text=text):
            return text
        case Money():
            return formats.money(cell, language)
        case date():
            return formats.day(cell, language)
        case Decimal() | int():
            return formats.number(cell, language)
        case text:
            return text


def link(cell: Cell) -> str:
    """Return where a cell leads; nothing where that is no page."""
    return cell.url if isinstance(cell, Linked) and cell.url.startswith(_LINKS) else ""
