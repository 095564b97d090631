"""What pages have in common: templates that share a style, and tables of typed cells."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from raccord.domain.report.publication import Cell, ColumnKind, Table
from raccord.texts.report.cells import link, said

_MANY = 8
"""A table of more columns is set in smaller type on paper."""
_SHORT = 12
"""A table of so many rows stays on one sheet."""
_WHOLE = 14
"""A number or a day of so many letters is not broken into lines."""
_RIGHT = (ColumnKind.MONEY, ColumnKind.NUMBER)


def template(name: str) -> Template:
    """Return a template of a page, which may include others: `page.css`, `table.html`."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_source),
    )


def _source(name: str) -> str:
    return files("raccord.texts").joinpath("templates", name).read_text("utf-8")


def table_view(table: Table, language: str) -> dict[str, Any]:
    """Return a table as `table.html` shows it."""
    kinds = [each.kind for each in table.columns]
    sizes = ("many" if len(kinds) > _MANY else "", "short" if len(table.rows) <= _SHORT else "")
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "size": " ".join(filter(None, sizes)),
        "columns": [(each.title, "number" if each.kind in _RIGHT else "") for each in table.columns],
        "rows": [
            [_cell(cell, kind, language) for cell, kind in zip(row.cells, kinds, strict=True)]
            for row in table.rows
        ],
    }


def _cell(cell: Cell, kind: ColumnKind, language: str) -> tuple[str, str, str]:
    """Return what a cell says, where it leads and how it looks."""
    text = said(cell, language)
    whole = kind is ColumnKind.DATE or (len(text) <= _WHOLE and " " not in text)
    return text, link(cell), "number" if kind in _RIGHT else "whole" if whole else ""
